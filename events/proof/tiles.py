"""Tiles (C2SP tlog-tiles): a tree's hashes in rows of 256, which never change once they are full.

A tile (level, index) holds the hashes of the nodes (8 · level, 256 · index …). The last tile of a
level may be partial; together these are the tree's *edge*, and a root follows from the edge alone.
"""

from collections.abc import Iterable, Mapping, Sequence

from events.proof import tree
from events.proof.tree import HASH_BYTES, Hashes, Node, Span

WIDTH = 256
HEIGHT = 8
FULL = WIDTH * HASH_BYTES
MOST_LEVEL = 63

Address = tuple[int, int]
"""Level and index of a tile."""
Tiles = Mapping[Address, bytes]
Edge = tuple[bytes, ...]
"""The partial tile of each level, from level 0 up; empty where the level has none."""


def path(address: Address, width: int = WIDTH) -> str:
    """Give where a tile is served below the prefix, `tile/0/x001/234.p/112`."""
    level, index = address
    return f"tile/{level}/{numbered(index, width)}"


def numbered(index: int, width: int = WIDTH) -> str:
    """Write the index, and the width of a partial tile, as the path has them."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    written = "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])
    return written if width == WIDTH else f"{written}.p/{width}"


def read(written: str) -> tuple[int, int] | None:
    """Read index and width as `numbered` writes them; None for what it would not write."""
    digits, partial, width = written.partition(".p/")
    bare = digits.replace("/", "").replace("x", "")
    if not (_decimal(bare) and (not partial or _decimal(width))) or len(written) > len("x000/" * 4):
        return None
    found = int(bare), int(width) if partial else WIDTH
    return found if 0 < found[1] <= WIDTH and numbered(*found) == written else None


def _decimal(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def needed(spans: Iterable[Span], size: int) -> set[Address]:
    """Give the full tiles that have the hashes of spans; the rest is in the edge of a tree of `size`."""
    found = {_tile(node)[0] for span in spans for node in tree.nodes(span)}
    return {(level, index) for level, index in found if index < size >> HEIGHT * (level + 1)}


def at(full: Tiles, edge: Edge) -> Hashes:
    """Give the hashes of a tree out of its full tiles and its edge; KeyError for what they lack."""

    def hash_of(which: Node) -> bytes:
        address, first, count = _tile(which)
        level = address[0]
        kept = full.get(address) or (edge[level] if level < len(edge) else b"")
        cut = kept[first * HASH_BYTES : (first + count) * HASH_BYTES]
        if len(cut) != count * HASH_BYTES:
            raise KeyError(which)
        return _above(cut)

    return hash_of


def _tile(which: Node) -> tuple[Address, int, int]:
    """Give the tile in which a node's hashes are: its address, the first of them, how many."""
    level, index = which
    above = level % HEIGHT
    first = index << above
    return (level // HEIGHT, first // WIDTH), first % WIDTH, 1 << above


def grown(edge: Edge, size: int, leaves: Sequence[bytes]) -> tuple[Edge, Tiles]:
    """Put leaf hashes at the edge of a tree of `size`; give the new edge and the tiles that filled."""
    full, rows, row, level = dict[Address, bytes](), list[bytes](), b"".join(leaves), 0
    while row or level < len(edge):
        row = (edge[level] if level < len(edge) else b"") + row
        index, above = size >> HEIGHT * (level + 1), list[bytes]()
        while len(row) >= FULL:
            tile, row = row[:FULL], row[FULL:]
            full[level, index] = tile
            above.append(_above(tile))
            index += 1
        rows.append(row)
        row, level = b"".join(above), level + 1
    return tuple(rows), full


def _above(row: bytes) -> bytes:
    """Give the hash over a row of hashes, a power of two of them."""
    hashes = [row[start : start + HASH_BYTES] for start in range(0, len(row), HASH_BYTES)]
    return tree.root(len(hashes), tree.over(hashes))
