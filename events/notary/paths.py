"""The hashes of a proof, out of what is kept of a tree."""

from collections.abc import Sequence

from events.notary.port import Notes, Signed
from events.proof import tiles, tree
from events.proof.tree import Span


class TreeBroken(Exception):  # noqa: N818 - it names what was found
    """What is kept of a tree lacks hashes that it had when it was signed."""


async def hashes(
    notes: Notes, signed: Signed, spans: Sequence[Span], fresh: tiles.Tiles | None = None
) -> list[bytes]:
    """Give the hash of each span of a tree; `fresh` are full tiles that are not kept yet.

    Raises:
        TreeBroken: when a tile is missing.

    """
    at_hand = dict(fresh or {})
    missing = tiles.needed(spans, signed.size) - at_hand.keys()
    at = tiles.at({**at_hand, **await notes.tiles(signed.origin, sorted(missing))}, signed.edge)
    try:
        return [tree.folded(span, at) for span in spans]
    except KeyError:
        raise TreeBroken(signed.origin) from None
