"""The chain: each entry names the hash of the one before, so nothing can be changed unseen.

A chain cannot see that its tail was cut off: compare the head with one kept elsewhere.
"""

import re
from binascii import hexlify
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from pydantic_core import from_json

from events.catalogue.envelope import DATA, Entry

Code = Literal[
    "no-entry", "other-sequence", "other-entry", "not-chained", "backdated", "misshapen", "too-long",
    "misplaced", "misfiled", "other-hash", "other-head", "missing", "unreadable",
    "not-signed", "root-left", "checkpoint-broken", "checkpoint-foreign", "checkpoint-other",
]  # fmt: skip
"""What an entry may have against it: in its chain, its store, and what was signed of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a ledger: a sequence and that entry's leaf hash (64 hex digits)."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry at which the chain does not hold, by sequence, and why: a sentence, and its code."""

    sequence: int
    why: str
    code: Code


START = Link(0, "")
INSTANT = 27
MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
PLACE = frozenset(("specversion", "source", "sequence", "id", "recordedtime", "prevhash"))


def leaf(entry: bytes) -> bytes:
    """Give the leaf hash of RFC 6962, SHA-256(0x00 ‖ entry): 32 bytes."""
    return sha256(b"\0" + entry).digest()


def walk(ledger: str, entries: Iterable[bytes], after: Link = START, *, recorded: str = "") -> Link | Fault:
    """Follow the entries of one ledger from `after` on; give the head, or the first fault.

    An entry that was changed shows at the one after it, or in the head. `recorded` is when the
    entry before was taken.
    """
    walking = Walk(ledger, after, recorded, strict=True)
    return walking.take(entries) or walking.head


class Walk:
    """A ledger followed piece by piece; `leaves` has the leaf hashes (32 bytes) of the last piece.

    `strict` reads the head of every entry too, for what comes from elsewhere; without it only
    what the chain stands on is looked at.
    """

    __slots__ = ("_hash", "_ledger", "_recorded", "_sequence", "_strict", "leaves")

    def __init__(self, ledger: str, after: Link = START, recorded: str = "", *, strict: bool = False) -> None:
        """Begin after a link that is known to hold."""
        self._ledger, self._sequence, self._hash, self._strict = ledger, after.sequence, after.hash, strict
        self._recorded = recorded.encode()
        self.leaves: list[bytes] = []

    @property
    def head(self) -> Link:
        """Give how far the ledger holds."""
        return Link(self._sequence, self._hash)

    def take(self, entries: Iterable[bytes]) -> Fault | None:
        """Follow the next entries up to the first fault, and give that.

        All that an entry must begin with is known but the moment, so bytes are compared; only
        one that begins in another way is taken apart, to say what is wrong with it.
        """
        self.leaves = leaves = []
        form, number, before, digest = _heading(self._ledger), self._sequence, self._recorded, b""
        link = _link(self._hash)
        for raw in entries:
            begun = form % (number + 1, number + 1)
            recorded = raw[len(begun) : len(begun) + INSTANT]
            begun += recorded + link
            if not raw.startswith(begun) or not _later(recorded, before) or not self._readable(raw, begun):
                self._stand(number, digest, before)
                return Fault(number + 1, *self._why(raw))
            number, before, digest = number + 1, recorded, sha256(b"\0" + raw).digest()
            leaves.append(digest)
            link = b'","prevhash":"%b",' % hexlify(digest)
        self._stand(number, digest, before)
        return None

    def _stand(self, sequence: int, digest: bytes, recorded: bytes) -> None:
        self._sequence, self._hash, self._recorded = sequence, digest.hex() or self._hash, recorded

    def _readable(self, raw: bytes, begun: bytes) -> bool:
        """Tell whether there is data, and strictly: a head that says nothing of its place a second time."""
        if not self._strict:
            return DATA in raw
        try:
            return PLACE.isdisjoint(from_json(b"{%b}" % raw[len(begun) : raw.index(DATA, len(begun))]))
        except ValueError:
            return False

    def _why(self, raw: bytes) -> tuple[str, Code]:
        try:
            return _fault(self._ledger, Entry(raw), self.head, self._recorded.decode())
        except (ValueError, KeyError, TypeError):
            return "it is no entry", "no-entry"


def _heading(ledger: str) -> bytes:
    """Give the form of all that stands before `recordedtime`: `% (n, n)` makes it that of entry n."""
    source, number = f'"source":"/{ledger}"', '"sequence":"%010d"'
    return f'{{"specversion":"1.0",{source},{number},"id":"{ledger}/%d","recordedtime":"'.encode()


def _link(prevhash: str) -> bytes:
    return b'","prevhash":"%b",' % prevhash.encode() if prevhash else b'",'


def _later(recorded: bytes, before: bytes) -> bool:
    return recorded == before or (recorded > before and MOMENT.fullmatch(recorded) is not None)


def _fault(ledger: str, entry: Entry, after: Link, recorded: str) -> tuple[str, Code]:
    number = after.sequence + 1
    if entry.sequence != number:
        return f"sequence {entry.sequence} stands where {number} belongs", "other-sequence"
    if entry.ledger != ledger or entry.id != f"{ledger}/{number}":
        return f"it says that it is {entry.id}", "other-entry"
    if (entry.prevhash or "") != after.hash:
        return "prevhash is not the hash of the entry before", "not-chained"
    if entry.recordedtime < recorded:
        return "it was recorded earlier than the entry before", "backdated"
    return "it is not written as entries are", "misshapen"
