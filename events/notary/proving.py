"""What the notes prove to others: checkpoints, tiles, and that an entry stands where it was signed."""

import asyncio
import time
from dataclasses import dataclass

from events.notary.paths import TreeBroken, hashes
from events.notary.port import Notes, Standing
from events.proof import checkpoint, note, tiles, tree
from events.proof.chain import leaf
from events.proof.inclusion import Proof
from events.proof.tiles import WIDTH, Address

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof for an entry as it is stored now; `why` says by a code what does not hold.

    `entry-changed`: the stored bytes are not those signed; `entry-missing`: there are none;
    `tree-changed`: what is kept of the tree does not come to the signed root.
    """

    proof: Proof
    why: str | None

    @property
    def sound(self) -> bool:
        """Tell whether the proof holds."""
        return self.why is None


class Proving:
    """The proofs of a house, out of its notes; holds no key."""

    def __init__(self, house: str, notes: Notes) -> None:
        self._house, self._notes = house, notes

    async def standing(self, ledger: str, *, refused: bool = False) -> Standing | None:
        """Give what was signed of a ledger; where nothing was, only a refusal that is asked for."""
        found = await self._notes.get(checkpoint.origin(self._house, ledger))
        if found and (found.signed.size or (refused and found.refused)):
            return found
        return None

    async def signed(self, ledger: str, size: int, patience: float) -> Standing | None:
        """Give what was signed once it covers so many entries; None when it does not in time."""
        end = time.monotonic() + patience
        while True:
            found = await self.standing(ledger)
            if found and found.signed.size >= size:
                return found
            if time.monotonic() >= end:
                return None
            await asyncio.sleep(POLL_SECONDS)

    async def tile(self, ledger: str, address: Address, width: int) -> bytes | None:
        """Give a tile of what was signed, or the first `width` hashes of it."""
        standing = await self.standing(ledger)
        if standing is None:
            return None
        level, index = address
        edge, filled = standing.signed.edge, standing.signed.size >> tiles.HEIGHT * (level + 1)
        kept = edge[level] if level < len(edge) and index == filled else b""
        if index < filled:
            kept = (await self._notes.tiles(standing.signed.origin, [address])).get(address, b"")
        wanted = width * tree.HASH_BYTES
        return kept[:wanted] if len(kept) >= wanted else None

    async def prove(self, standing: Standing, sequence: int, stored: bytes | None) -> Proven:
        """Prove an entry that was signed, as it is stored now: by what a witness saw, where one did."""
        signed = standing.signed
        seen = standing.cosigned_size >= sequence
        whole = note.read(standing.witnessed if seen else signed.note)
        told, index = checkpoint.read(whole.text), sequence - 1
        spans = [(index, sequence), *tree.inclusion(index, told.size)]
        try:
            stood, *path = await hashes(self._notes, signed, spans)
        except TreeBroken:
            return Proven(Proof(stored, index, (), whole), "tree-changed")
        why = None
        if stored is None:
            why = "entry-missing"
        elif leaf(stored) != stood:
            why = "entry-changed"
        if not tree.included(stood, index, told.size, path, told.root):
            why = "tree-changed"
        return Proven(Proof(stored, index, tuple(path), whole), why)


def bundle_of(index: int, width: int) -> tuple[int, int]:
    """Give the entries of a bundle: after which sequence, up to which."""
    return index * WIDTH, index * WIDTH + width
