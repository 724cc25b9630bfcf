"""The notary: reads what was added to each ledger, hashes it again, and signs what it found.

It signs only what goes on from what it has signed before. A ledger that does not is a fork, and is
not signed again until an operator has looked. A checkpoint is kept before it is shown.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from events.catalogue.envelope import Entry
from events.notary.paths import TreeBroken, hashes
from events.notary.port import Notes, Signed, Source, nothing
from events.proof import note, tiles, tree
from events.proof.chain import Fault, leaf, walk
from events.proof.checkpoint import origin
from events.proof.note import NoteFaulty, Signer

MOST_ENTRIES = 512
"""Signed at once."""
AT_ONCE = 64
"""Hashed without a pause: less than a millisecond, so that commands beside it do not wait."""
LEDGERS = 32
log = structlog.get_logger()
Changed = Callable[[int], Awaitable[int]]


class Forked(Exception):  # noqa: N818 - it names what was found
    """The ledger does not go on from what was signed."""


async def readmitted(notes: Notes, name: str) -> bool:
    """Let the notary look at a refused origin again; False when it was not refused."""
    standing = await notes.get(name)
    if standing is None or standing.refused is None:
        return False
    await notes.refuse(name, None)
    return True


class Notary:
    """Signs the ledgers of a house. `seeds` are its keys, each of which signs; `prefixes` choose ledgers."""

    def __init__(
        self, house: str, source: Source, notes: Notes, seeds: Sequence[bytes],
        prefixes: Sequence[str] = ("",),
    ) -> None:  # fmt: skip
        self._house, self._source, self._notes, self._seeds = house, source, notes, seeds
        self._prefixes = prefixes
        self._known = dict[str, tuple[int, str]]()
        self._looked = False
        self.refused = dict[str, str]()
        """Why a ledger is not signed any more, by ledger."""
        self.unsigned = 0
        """How many entries waited for a signature when it last looked."""

    def signers(self, ledger: str) -> list[Signer]:
        """Give the keys of a ledger; they bear its name in the world."""
        return [Signer(origin(self._house, ledger), seed) for seed in self._seeds]

    async def run(self, changed: Changed, pause: float) -> None:
        """Sign for ever: after commits, a round at most every `pause` seconds."""
        seen = -1
        while True:
            try:
                seen = await changed(seen)
                more = True
                while more:
                    more = await self.round()
            except ConnectionError as error:
                log.warning("nothing is signed: a store is away", error=type(error).__name__)
                seen = -1
            await asyncio.sleep(pause)

    async def round(self) -> bool:
        """Sign what every ledger has grown by; tell whether one has more than is signed at once."""
        found = dict[str, tuple[int, str]]()
        for prefix in self._prefixes:
            found |= {name: (at.sequence, at.hash) for name, at in (await self._source.heads(prefix)).items()}
        gone = {name: (0, "") for name in await self._signed_before() if name not in found}
        waiting = [name for name, at in (found | gone).items()
                   if name in self.refused or self._known.get(name) != at]  # fmt: skip
        self.unsigned = sum(max(0, found[name][0] - self._known.get(name, (0, ""))[0])
                            for name in waiting if name in found)  # fmt: skip
        more = False
        for start in range(0, len(waiting), LEDGERS):
            signing = [self.sign(name) for name in waiting[start : start + LEDGERS]]
            more = any(await asyncio.gather(*signing)) or more
        self._looked = self._looked or not more
        return more

    async def _signed_before(self) -> Sequence[str]:
        """Name the ledgers with signatures, so that one that has vanished is missed."""
        if not self._looked:  # until a round has come to its end, it knows a part of them only
            cut = len(origin(self._house, ""))
            names = [each.signed.origin[cut:] for each in await self._notes.all()
                     if each.signed.origin.startswith(origin(self._house, ""))]  # fmt: skip
            return [name for name in names if name.startswith(tuple(self._prefixes))]
        return [*self._known, *self.refused]

    async def readmit(self, ledger: str) -> bool:
        """Sign a refused ledger again, unless it is refused anew; False when it was not refused."""
        if not await readmitted(self._notes, origin(self._house, ledger)):
            return False
        await self.sign(ledger)
        return True

    async def sign(self, ledger: str) -> bool:
        """Sign what a ledger has grown by, or with keys that have changed; tell whether there is more."""
        name = origin(self._house, ledger)
        standing = await self._notes.get(name) or nothing(name)
        if standing.refused is not None:
            self.refused[ledger] = standing.refused
            return False
        self.refused.pop(ledger, None)
        try:
            signed, full = await self._next(ledger, standing.signed)
        except Forked as error:
            log.error("A LEDGER IS NOT SIGNED ANY MORE", ledger=ledger, why=str(error))  # noqa: TRY400 - no fault of the code
            await self._notes.refuse(name, str(error))
            self.refused[ledger] = str(error)
            return False
        if signed != standing.signed and not await self._notes.put(signed, full, standing.signed.size):
            return True  # another was faster: look again
        self._known[ledger] = (signed.size, signed.head)
        return signed.size - standing.signed.size == MOST_ENTRIES

    async def _next(self, ledger: str, last: Signed) -> tuple[Signed, tiles.Tiles]:
        """Give the next checkpoint and the tiles that fill; the last tree when nothing was added."""
        before = max(last.size - 1, 0)
        entries = await self._source.fetch(ledger, before, MOST_ENTRIES + last.size - before)
        if last.size and (not entries or leaf(entries[0]).hex() != last.head):
            raise Forked(f"entry {last.size} was signed, and is not there any more as it was")
        added = entries[1:] if last.size else entries
        if not added:
            return self._again(ledger, last), {}
        head = await self._walked(ledger, added, last)
        edge, full = tiles.grown(last.edge, last.size, [leaf(each) for each in added])
        size = last.size + len(added)
        root = tree.root(size, tiles.at({}, edge))
        recorded = Entry(added[-1]).recordedtime
        new = Signed(last.origin, size, root, "", 0, (), head, recorded, edge)
        await self._goes_on(last, new, full)
        return self._under_keys(ledger, new), full

    def _again(self, ledger: str, last: Signed) -> Signed:
        """Give the last checkpoint under the present keys: a ledger at rest follows when they change."""
        vkeys = [each.key.vkey for each in self.signers(ledger)]
        if not last.size or list(last.vkeys) == vkeys:
            return last
        try:
            kept = note.read(last.note)
            held = note.verified(kept, [note.key(each) for each in last.vkeys])
        except NoteFaulty:
            raise Forked("the note of what was signed does not hold") from None
        if not held or kept.text != last.checkpoint.text:  # damage is not signed over
            raise Forked("the note of what was signed is of something else")
        if set(vkeys).isdisjoint(last.vkeys):
            log.warning("a ledger is signed on by keys none of which signed it before", ledger=ledger)
        return self._under_keys(ledger, last)

    def _under_keys(self, ledger: str, new: Signed) -> Signed:
        """Sign a checkpoint with every present key."""
        text, keys = new.checkpoint.text, self.signers(ledger)
        whole = note.signed(text, [each.sign(text) for each in keys])
        vkeys = tuple(each.key.vkey for each in keys)
        return replace(new, note=whole, time=int(time.time()), vkeys=vkeys)

    @staticmethod
    async def _walked(ledger: str, added: Sequence[bytes], last: Signed) -> str:
        """Follow the chain over what was added; give the hash at its end."""
        link, recorded = last.link, last.recorded
        for start in range(0, len(added), AT_ONCE):
            part = added[start : start + AT_ONCE]
            found = walk(ledger, part, link, recorded=recorded)
            if isinstance(found, Fault):
                raise Forked(f"entry {found.sequence}: {found.why}")
            link, recorded = found, Entry(part[-1]).recordedtime
            await asyncio.sleep(0)
        return link.hash

    async def _goes_on(self, last: Signed, new: Signed, full: tiles.Tiles) -> None:
        """See that the new tree begins with the signed one, by the proof that others would be given."""
        try:
            path = await hashes(self._notes, new, tree.consistency(last.size, new.size), full)
        except TreeBroken:
            raise Forked("a tile of what was signed is missing") from None
        if not tree.consistent(last.size, last.root, new.size, new.root, path):
            raise Forked("what is kept of the tree does not come to the signed root")
