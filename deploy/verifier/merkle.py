"""The Merkle tree of RFC 6962, for whoever checks: leaves, roots, inclusion, consistency. Pure."""

from collections.abc import Sequence
from hashlib import sha256

HASH = 32
EMPTY = sha256(b"").digest()


def leaf(entry: bytes) -> bytes:
    """Hash an entry: SHA-256(00 ‖ entry)."""
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two children: SHA-256(01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that grows by leaves and keeps only the roots of its whole subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """Append a leaf hash."""
        last = self.size
        while last & 1:
            hashed = node(self._whole.pop(), hashed)
            last >>= 1
        self._whole.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """Give the root of the leaves so far."""
        if not self._whole:
            return EMPTY
        *rest, root = self._whole
        for each in reversed(rest):
            root = node(each, root)
        return root


def included(leaf_hash: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a path leads from the leaf at `index` (from 0) to the root of `size` leaves."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash
    for each in path:
        if last == 0 or len(each) != HASH:
            return False
        if at & 1 or at == last:
            found = node(each, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a path shows that the tree of `new` leaves only added to that of `old`."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return new > 0 and not path and old_root == EMPTY
    if not 0 < old < new or any(len(each) != HASH for each in path):
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not steps:
        return False
    before = after = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(each, before), node(each, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, each)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the path of a leaf in the tree of all these leaf hashes, from its sibling upward."""
    steps, level = [], list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            steps.append(level[index ^ 1])
        pairs = [node(level[each], level[each + 1]) for each in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
        index >>= 1
    return steps
