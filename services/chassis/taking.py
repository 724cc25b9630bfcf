"""Whoever folds ledgers or acts upon them, as those who follow ledgers know him."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from events.catalogue.entry import TYPE, Entry
from events.catalogue.event import Event
from services.chassis.marks import Marks


class Taker(ABC):
    """Takes entries of ledgers and moves its marks.

    `wires`: the types that it needs to be given (None: all). Others may be left out, but for the
    last of those that are passed together, which says how far they go.
    """

    marks: Marks
    wires: frozenset[bytes] | None

    def upto(self, ledger: str) -> int:
        """Give how far a ledger was taken."""
        return self.marks[ledger]

    @abstractmethod
    async def take(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Take entries of one ledger that follow each other, and move its mark."""

    async def gather(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Do the same while more is at hand: the mark may wait, and what stands on it."""
        await self.take(ledger, entries)

    async def settle(self) -> None:  # noqa: B027 - most have nothing that waits
        """Do what waits."""


def wires(events: Iterable[type[Event]]) -> frozenset[bytes]:
    """Give the types of the entries that hold these events."""
    return frozenset(each.wire.encode() for each in events)


def sifted(raws: Sequence[bytes], wires: frozenset[bytes] | None) -> list[Entry]:
    """Read the entries of these types (None: all), and the last one whatever it is: how far they go."""
    if wires is None:
        return [Entry(raw) for raw in raws]
    wanted = (raw for raw in raws[:-1] if raw[(at := raw.find(TYPE) + 9) : raw.find(b'"', at)] in wires)
    return [Entry(raw) for raw in (*wanted, *raws[-1:])]
