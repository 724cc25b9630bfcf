"""The chain: each entry names the hash of the one before, so nothing can be changed unseen.

A chain cannot see that its tail was cut off: compare the head with one kept elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from events.catalogue.envelope import Entry


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a ledger: a sequence and that entry's leaf hash (64 hex digits)."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry at which the chain does not hold, by sequence, and why."""

    sequence: int
    why: str


START = Link(0, "")


def leaf(entry: bytes) -> bytes:
    """Give the leaf hash of RFC 6962, SHA-256(0x00 ‖ entry): 32 bytes."""
    return sha256(b"\0" + entry).digest()


def walk(ledger: str, entries: Iterable[bytes], after: Link = START, *, recorded: str = "") -> Link | Fault:
    """Follow the entries of one ledger from `after` on; give the head, or the first fault.

    An entry that was changed shows at the one after it, or in the head. `recorded` is when the
    entry before was taken.
    """
    for raw in entries:
        try:
            entry = Entry(raw)
            why = _fault(ledger, entry, after, recorded)
        except (ValueError, KeyError, TypeError):
            return Fault(after.sequence + 1, "it is no entry")
        if why:
            return Fault(after.sequence + 1, why)
        recorded = entry.recordedtime
        after = Link(after.sequence + 1, leaf(raw).hex())
    return after


def _fault(ledger: str, entry: Entry, after: Link, recorded: str) -> str:
    number = after.sequence + 1
    if entry.sequence != number:
        return f"sequence {entry.sequence} stands where {number} belongs"
    if entry.ledger != ledger or entry.id != f"{ledger}/{number}":
        return f"it says that it is {entry.id}"
    if (entry.prevhash or "") != after.hash:
        return "prevhash is not the hash of the entry before"
    if entry.recordedtime < recorded:
        return "it was recorded earlier than the entry before"
    return ""
