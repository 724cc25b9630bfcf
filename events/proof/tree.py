"""The Merkle tree of RFC 6962 over leaf hashes: roots, proofs of inclusion and consistency.

A tree is never held: a proof names the spans it needs, a span the complete subtrees of which it is
made, and whoever asks says where their hashes are. A *node* (level, index) is the complete subtree
over the leaves from index · 2^level on, 2^level of them.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of the tree without leaves."""
HASH_BYTES = 32

Node = tuple[int, int]
Span = tuple[int, int]
"""Leaves from the first index up to the second, as one hash."""
Hashes = Callable[[Node], bytes]


def node(left: bytes, right: bytes) -> bytes:
    """Give the hash above two: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


def nodes(span: Span) -> Iterator[Node]:
    """Give the complete subtrees that a span is made of, from left to right, each smaller than the last."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def folded(span: Span, at: Hashes) -> bytes:
    """Give the hash of a span."""
    found = [at(each) for each in nodes(span)]
    return reduce(lambda right, left: node(left, right), reversed(found)) if found else EMPTY


def root(size: int, at: Hashes) -> bytes:
    """Give the root of a tree of so many leaves."""
    return folded((0, size), at)


def over(leaves: Sequence[bytes]) -> Hashes:
    """Give the hashes of a tree whose leaf hashes are all at hand."""

    def at(which: Node) -> bytes:
        level, index = which
        if level == 0:
            return leaves[index]
        return node(at((level - 1, 2 * index)), at((level - 1, 2 * index + 1)))

    return at


def inclusion(index: int, size: int) -> list[Span]:
    """Give the spans whose hashes prove a leaf, from its sibling up.

    Raises:
        ValueError: when there is no such leaf.

    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    start, end, found = 0, size, list[Span]()
    while end - start > 1:
        middle = start + _half(end - start)
        below = index < middle
        found.append((middle, end) if below else (start, middle))
        start, end = (start, middle) if below else (middle, end)
    return found[::-1]


def consistency(old: int, size: int) -> list[Span]:
    """Give the spans whose hashes prove that a tree grew out of one of `old` leaves.

    Raises:
        ValueError: when it cannot have.

    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves did not grow out of one of {old}")
    if old in {0, size}:
        return []
    start, end, found, whole = 0, size, list[Span](), True
    while old < end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    return [*([] if whole else [(start, end)]), *found[::-1]]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the path proves that the leaf hash stands at `index` under the root."""
    if not (0 <= index < size and all(len(each) == HASH_BYTES for each in path)):
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the path proves that the tree of `size` begins with the one of `old` leaves."""
    if not (0 <= old <= size and all(len(each) == HASH_BYTES for each in path)):
        return False
    if old in {0, size}:
        same = root == old_root if old else old_root == EMPTY
        return same and not path
    place, last, hashes = old - 1, size - 1, list(path)
    while place & 1:
        place, last = place >> 1, last >> 1
    if place == 0:  # the old tree is complete: it proves itself
        hashes.insert(0, old_root)
    if not hashes:
        return False
    return _climbed(place, last, hashes, old_root, root)


def _climbed(place: int, last: int, hashes: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(sibling, before), node(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _half(size: int) -> int:
    """Give the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
