"""A receipt's proof as a file (C2SP tlog-proof), and a proof of consistency: hashes, one a line."""

import binascii
import re
from dataclasses import dataclass
from pathlib import Path

from .merkle import HASH, leaf
from .notes import unpacked
from .report import Unreadable

FIRST = "c2sp.org/tlog-proof@v1"
INDEX = re.compile("index (0|[1-9][0-9]{0,15})")
MOST_BYTES, MOST_HASHES = 1 << 20, 63


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that was read: the entry itself, its index from 0, the path, the signed head."""

    entry: bytes
    index: int
    path: tuple[bytes, ...]
    note: bytes

    @property
    def hash(self) -> bytes:
        """Give the leaf hash of the entry."""
        return leaf(self.entry)


def content(path: Path) -> bytes:
    """Read a small file.

    Raises:
        Unreadable: when it is not there, or too large to be what is asked for.

    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable("read.file", name=path) from error
    if len(raw) > MOST_BYTES:
        raise Unreadable("read.file", name=path)
    return raw


def proof(raw: bytes) -> Proof:
    """Read a proof whose `extra` line carries the entry.

    Raises:
        Unreadable: when it is none.

    """
    head, _, note = raw.partition(b"\n\n")
    try:
        first, extra, index, *path = head.decode().split("\n")
        told = INDEX.fullmatch(index)
        if first != FIRST or not extra.startswith("extra ") or told is None or len(path) > MOST_HASHES:
            raise Unreadable("read.proof")
        hashes = tuple(unpacked(each, HASH) for each in path)
        return Proof(unpacked(extra.removeprefix("extra ")), int(told[1]), hashes, note)
    except (ValueError, binascii.Error) as error:
        raise Unreadable("read.proof") from error


def written(made: Proof) -> bytes:
    """Write a proof."""
    hashes = [binascii.b2a_base64(each, newline=False).decode() for each in made.path]
    extra = binascii.b2a_base64(made.entry, newline=False).decode()
    return "\n".join([FIRST, f"extra {extra}", f"index {made.index}", *hashes, "", ""]).encode() + made.note


def hashes(raw: bytes) -> list[bytes]:
    """Read a proof of consistency: base64, a hash a line.

    Raises:
        Unreadable: when it is none.

    """
    try:
        return [unpacked(each, HASH) for each in raw.decode().split()]
    except (ValueError, binascii.Error) as error:
        raise Unreadable("read.hashes") from error
