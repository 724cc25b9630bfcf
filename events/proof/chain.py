"""The chain: each entry names the hash of the one before, so nothing can be changed unseen.

A chain cannot see that its tail was cut off: compare the head with one kept elsewhere.
"""

from binascii import hexlify
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
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
PIECE = 1_000
MOMENT = b"0000-00-00T00:00:00.000000Z"
ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
PLACE = frozenset(("specversion", "source", "sequence", "id", "recordedtime", "prevhash"))


def leaf(entry: bytes) -> bytes:
    """Give the leaf hash of RFC 6962, SHA-256(0x00 ‖ entry): 32 bytes."""
    return sha256(b"\0" + entry).digest()


def walk(ledger: str, entries: Iterable[bytes], after: Link = START, *, recorded: str = "") -> Link | Fault:
    """Follow the entries of one ledger from `after` on; give the head, or the first fault.

    An entry that was changed shows at the one after it, or in the head. `recorded` is when the
    entry before was taken.
    """
    walking, left = Walk(ledger, after, recorded, strict=True), iter(entries)
    while piece := list(islice(left, PIECE)):
        if fault := walking.take(piece):
            return fault
    return walking.head


class Walk:
    """A ledger followed piece by piece.

    Of the last piece `leaves` has the leaf hashes (32 bytes), `ends` how long the heads are.

    `strict` reads the head of every entry too, for what comes from elsewhere; without it only
    what the chain stands on is looked at.
    """

    __slots__ = ("_hash", "_ledger", "_recorded", "_sequence", "_strict", "ends", "leaves")

    def __init__(self, ledger: str, after: Link = START, recorded: str = "", *, strict: bool = False) -> None:
        """Begin after a link that is known to hold."""
        self._ledger, self._sequence, self._hash, self._strict = ledger, after.sequence, after.hash, strict
        self._recorded = recorded.encode()
        self.leaves, self.ends = list[bytes](), list[int]()

    @property
    def head(self) -> Link:
        """Give how far the ledger holds."""
        return Link(self._sequence, self._hash)

    def take(self, entries: Sequence[bytes]) -> Fault | None:
        """Follow the next entries up to the first fault, and give that."""
        self.leaves, self.ends, fault = [], [], None
        while entries and fault is None:
            alike = 10 ** len(str(self._sequence + 1)) - self._sequence - 1
            fault, entries = self._take(entries[:alike]), entries[alike:]
        return fault

    def _take(self, entries: Sequence[bytes]) -> Fault | None:
        """Look at all at once, and where something is wrong at either half, down to the one.

        Their numbers have as many digits, so what each begins with is as long.
        """
        if self._passed(entries):
            return None
        if len(entries) == 1:
            return Fault(self._sequence + 1, *self._why(entries[0]))
        half = len(entries) // 2
        return self._take(entries[:half]) or self._take(entries[half:])

    def _passed(self, entries: Sequence[bytes]) -> bool:
        """Go on over entries if all hold: what they must begin with is known but for the moments."""
        first, form = self._sequence + 1, _heading(self._ledger)
        leaves = [sha256(b"\0" + raw).digest() for raw in entries]
        start = len(form % (first, first, b"", b""))
        moments = [raw[start : start + len(MOMENT)] for raw in entries]
        links = [_link(self._hash), *(_linked(hexlify(leaf)) for leaf in leaves)]
        begun = [form % (n, n, m, link) for n, m, link in zip(count(first), moments, links, strict=False)]
        ends = [raw.find(DATA, len(begun[0])) for raw in entries]
        if (
            min(ends) < 0
            or not all(map(bytes.startswith, entries, begun))
            or sorted([self._recorded, *moments]) != [self._recorded, *moments]
            or b"".join(moments).translate(ANY_DIGIT) != MOMENT * len(moments)
            or (self._strict and not all(map(_once, entries, map(len, begun), ends)))
        ):
            return False
        self._sequence, self._hash, self._recorded = first + len(leaves) - 1, leaves[-1].hex(), moments[-1]
        self.leaves += leaves
        self.ends += ends
        return True

    def _why(self, raw: bytes) -> tuple[str, Code]:
        try:
            return _fault(self._ledger, Entry(raw), self.head, self._recorded.decode())
        except (ValueError, KeyError, TypeError):
            return "it is no entry", "no-entry"


def _once(raw: bytes, begun: int, end: int) -> bool:
    """Tell whether the head can be read and says nothing of its place a second time."""
    try:
        return PLACE.isdisjoint(from_json(b"{%b}" % raw[begun:end]))
    except ValueError:
        return False


def _heading(ledger: str) -> bytes:
    """Give the form of how an entry begins: `% (n, n, moment, link)` makes it that of entry n."""
    source, number = f'"source":"/{ledger}"', '"sequence":"%010d"'
    return f'{{"specversion":"1.0",{source},{number},"id":"{ledger}/%d","recordedtime":"%b%b'.encode()


def _link(prevhash: str) -> bytes:
    return _linked(prevhash.encode()) if prevhash else b'",'


def _linked(prevhash: bytes) -> bytes:
    return b'","prevhash":"' + prevhash + b'",'


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
