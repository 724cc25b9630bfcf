"""How far ledgers were passed on, and which lack something: pure, and true for one assignment only."""

from collections.abc import Sequence

from events.bus.port import Batch


class Progress:
    """Marks of ledgers, and for those that are behind the sequence that is known to exist.

    Whatever order, number and holes the records have that it is shown, what it gives out is in
    order, gapless and once. What a hole hides is `lacking` until the owner was asked for it.
    """

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}
        self.lacking: dict[str, int] = {}

    def take(self, ledger: str, found: Sequence[tuple[int, bytes]]) -> Batch | None:
        """Give those of some entries (sequence, bytes) that follow the ledger's mark, and move it."""
        mark, entries = self.marks[ledger], list[bytes]()
        for sequence, entry in found:
            if sequence == mark + 1:
                entries.append(entry)
                mark = sequence
            elif sequence > mark:
                self.lacks(ledger, sequence)
        return self.passed(Batch(ledger, entries)) if entries else None

    def lacks(self, ledger: str, sequence: int) -> None:
        """Note that an entry exists which was perhaps not passed on."""
        if sequence > max(self.marks.get(ledger, 0), self.lacking.get(ledger, 0)):
            self.lacking[ledger] = sequence

    def passed(self, batch: Batch) -> Batch:
        """Move the mark over a batch that follows it."""
        self.marks[batch.ledger] += len(batch.entries)
        self.forget(batch.ledger, self.marks[batch.ledger])
        return batch

    def forget(self, ledger: str, upto: int) -> None:
        """Take back that a ledger lacks anything, unless it is above `upto`."""
        if self.lacking.get(ledger, upto + 1) <= upto:
            del self.lacking[ledger]

    def turn(self) -> str | None:
        """Give a ledger that lacks something; they take turns."""
        if not self.lacking:
            return None
        ledger = next(iter(self.lacking))
        self.lacking[ledger] = self.lacking.pop(ledger)
        return ledger
