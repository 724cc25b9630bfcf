"""Is a ledger what was signed of it? Its leaf hashes against the last checkpoint."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from events.notary.port import Standing
from events.proof import note
from events.proof.chain import Code, Fault
from events.proof.note import Key
from events.proof.tiles import FULL, WIDTH, Address
from events.proof.tree import EMPTY, HASH_BYTES


def asked(standing: Standing) -> Sequence[Address]:
    """Name the full tiles that hold the signed leaf hashes; the rest is in the edge."""
    return [(0, index) for index in range(standing.signed.size // WIDTH)]


def disagreement(
    standing: Standing, tiles: Mapping[Address, bytes], keys: Sequence[Key], leaves: Sequence[bytes]
) -> Fault | None:
    """Tell at which entry the ledger is not what was signed, and why.

    The root counts, under a signature of one of `keys`, the house's own. Tiles only say which entry
    it is; where they were changed along with it, the whole of what was signed is in doubt.
    """
    signed = standing.signed
    if why := _unbelievable(standing, keys):
        return Fault(signed.size, *why)
    if rooted(leaves[: signed.size]) == signed.root and len(leaves) >= signed.size:
        return None
    edge = signed.edge[0] if signed.edge else b""
    kept = [*(tiles.get(each, bytes(FULL)) for each in asked(standing)), edge]
    for index, leaf in enumerate(leaves[: signed.size]):
        start = index % WIDTH * HASH_BYTES
        if kept[index // WIDTH][start : start + HASH_BYTES] != leaf:
            return Fault(index + 1, "its bytes are not those that were signed", "not-signed")
    if len(leaves) < signed.size:
        return Fault(len(leaves) + 1, f"it is missing; {signed.size} entries were signed", "missing")
    return Fault(1, f"somewhere among the first {signed.size} entries the signed root is left", "root-left")


def _unbelievable(standing: Standing, keys: Sequence[Key]) -> tuple[str, Code] | None:
    signed = standing.signed
    try:
        read = note.read(signed.note)
        believed = note.verified(read, keys)
    except note.NoteFaulty as error:
        return f"the checkpoint over it does not hold: {error}", "checkpoint-broken"
    if not believed:
        return "the checkpoint over it is signed by no key of this house", "checkpoint-foreign"
    if read.text != signed.checkpoint.text:
        return "what is kept beside the checkpoint is another one", "checkpoint-other"
    return None


def rooted(leaves: Sequence[bytes]) -> bytes:
    """Give the root of RFC 6962 over leaf hashes, row by row."""
    row = list(leaves)
    while len(row) > 1:
        above = [
            sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        row = above + row[len(row) & ~1 :]
    return row[0] if row else EMPTY
