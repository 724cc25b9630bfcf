"""Is a ledger whole? Its rows as the store has them, followed from the first entry to the last."""

from collections.abc import Sequence
from itertools import count

from events.catalogue.envelope import Entry
from events.journal.port import Stored
from events.proof.chain import Code, Fault, Walk


class Verifying:
    """One ledger followed row by row, in the order of places; `fault` is the first that was met."""

    def __init__(self, ledger: str) -> None:
        """Begin before the first entry."""
        self.ledger = ledger
        self.fault: Fault | None = None
        self._walk = Walk(ledger)

    @property
    def sequence(self) -> int:
        """Give how many entries hold."""
        return self.fault.sequence - 1 if self.fault else self._walk.head.sequence

    @property
    def hash(self) -> str:
        """Give the leaf hash (hexadecimal) of the last entry that holds; empty before the first."""
        return self._walk.head.hash

    def take(self, rows: Sequence[Stored]) -> Sequence[bytes]:
        """Follow the next rows up to the first fault; give the leaf hashes of those that hold."""
        first = self.sequence + 1
        fault = self._walk.take([raw if type(raw) is bytes else b"" for _, _, raw, _ in rows])
        leaves, ends = self._walk.leaves, self._walk.ends
        for number, row, leaf, end in zip(count(first), rows, leaves, ends, strict=False):
            if why := _astray(number, row, leaf, end):
                fault = Fault(number, *why)
                break
        self.fault = fault
        return leaves[: fault.sequence - first] if fault else leaves


def _astray(number: int, row: Stored, leaf: bytes, end: int) -> tuple[str, Code] | None:
    """Tell what the store says wrongly beside an entry."""
    sequence, subject, raw, kept = row
    if sequence != number:
        return f"it lies in the place of {sequence}", "misplaced"
    if raw.find(b'"subject":"%b","time":"' % str(subject).encode(), 0, end) < 0 and not _of(subject, raw):
        return f"it is kept under {subject}, which is not its subject", "misfiled"
    if kept is not None and kept != leaf.hex():
        return "it is kept with a hash that is not its own", "other-hash"
    return None


def _of(subject: str, raw: bytes) -> bool:
    """Tell whether an entry that is written in another way is of a stream."""
    try:
        return Entry(raw).subject == subject
    except (ValueError, KeyError):
        return False
