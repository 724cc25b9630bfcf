"""Fold, then write: what is at hand of a ledger into documents, each written once.

While a ledger catches up, its documents stay in memory; they are written when no more of it is
at hand, or when there are too many. A crash repeats work and changes nothing: marks move last.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.registry import BY_SERVICE
from services.chassis.marks import Marks
from services.chassis.shapes import Project, View
from services.chassis.shelf.port import Shelf, Skip, Table
from services.chassis.taking import Taker, wires

BATCH = 500
MOST_ENTRIES, MOST_DOCUMENTS = 200_000, 20_000
"""So many entries of a ledger, and so many documents of a table, wait at most to be written."""


def sources(view: View) -> tuple[str, ...]:
    """Name the services whose events a view folds."""
    return publishers(tuple(view.on))


@cache
def publishers(events: tuple[type[Event], ...]) -> tuple[str, ...]:
    """Name the services that publish these events."""
    wires = {each.wire for each in events}
    return tuple(name for name, published in BY_SERVICE.items() if not wires.isdisjoint(published))


def table(view: View, generation: int) -> Table:
    """Name the place of one generation of a view on the shelf."""
    return Table(view.name, view.version, generation, view.fields)


@dataclass(slots=True)
class _Part:
    """One document while its ledger is folded: its mark and what it is now."""

    mark: int
    document: Any
    touched: bool = False


@dataclass(slots=True)
class _Open:
    """A ledger of which more is at hand: how far it is folded, into which documents."""

    upto: int
    parts: dict[str, _Part] = field(default_factory=dict)


class Fold(Taker):
    """One table and its marks: folds what is at hand of a ledger into documents, and writes them once."""

    def __init__(self, view: View, place: Table, shelf: Shelf, marks: Marks) -> None:
        """Take a view, the table it is folded into, and where it stands."""
        self.view, self.place, self.marks = view, place, marks
        self._shelf, self.skipped = shelf, set[tuple[str, int]]()
        self._steps, self.sources = view.by_wire, sources(view)
        self._open = dict[str, _Open]()
        self.wires = None if view.etag else wires(view.on)
        self.still = asyncio.Lock()
        """Held while entries are folded; whoever holds it sees the table stand still."""

    @classmethod
    async def open(cls, view: View, generation: int, shelf: Shelf, marks: type[Marks] = Marks) -> Self:
        """Declare the table if need be, and read marks and skips."""
        place = table(view, generation)
        await shelf.declare(place)
        fold = cls(view, place, shelf, await marks.open(shelf, place))
        await fold.honour_skips()
        return fold

    async def beside(self, shelf: Shelf) -> "Fold":
        """Begin the same view anew on another shelf, passing over what this one passes over."""
        await shelf.declare(self.place)
        fold = Fold(self.view, self.place, shelf, Marks({}))
        fold.skipped = self.skipped
        return fold

    async def honour_skips(self) -> None:
        """Read again which entries are passed over by decision."""
        skips = await self._shelf.skips()
        self.honour(skips.get((self.view.name, self.view.version), ()))

    def honour(self, skips: Sequence[Skip]) -> None:
        """Pass over what was decided, whatever it was before."""
        self.skipped = {(each.ledger, each.sequence) for each in skips}

    def upto(self, ledger: str) -> int:
        """Give how far a ledger is folded, written or not."""
        standing = self._open.get(ledger)
        return max(self.marks[ledger], standing.upto if standing else 0)

    async def take(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Fold entries of one ledger and write; what was folded before is dropped."""
        async with self.still:
            await self.fold(ledger, entries)

    async def gather(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Fold them, and write them later, when enough has come together or nothing more comes."""
        async with self.still:
            await self.fold(ledger, entries, more=True)

    async def settle(self) -> None:
        """Write all that waits."""
        async with self.still:
            await self.write()

    async def fold(self, ledger: str, entries: Sequence[Entry], *, more: bool = False) -> None:
        """Do the same for whoever holds `still` already."""
        try:
            await self._gather(ledger, entries)
            if sum(len(each.parts) for each in self._open.values()) > MOST_DOCUMENTS:
                await self.write()
            elif not more or self._open[ledger].upto - self.marks[ledger] > MOST_ENTRIES:
                await self._write(ledger)
        except BaseException:
            self._open.pop(ledger, None)  # what was not written is folded again
            raise

    async def write(self) -> None:
        """Write all that waits, for whoever holds `still`."""
        for ledger in [*self._open]:
            await self._write(ledger)

    async def _gather(self, ledger: str, entries: Sequence[Entry]) -> None:
        service, congress = ledger.split("/")
        standing = self._open.get(ledger)
        if standing is None or standing.upto < self.marks[ledger]:  # somebody else went on with it
            standing = self._open[ledger] = _Open(self.marks[ledger])
        parts, routed = standing.parts, list(self._routed(ledger, entries, standing.upto))
        ids = {each[0]: None for each in routed if each[0] not in parts}
        stored = await self._shelf.marks_of(congress, self.place, service, [*ids]) if ids else {}
        parts |= {key: _Part(*stored.get(key, (0, None))) for key in ids}
        for key, number, step, entry in routed:
            self._step(parts[key], number, step, entry)
        if entries:
            standing.upto = max(standing.upto, entries[-1].sequence)
        await asyncio.sleep(0)  # others have their turn between batches

    async def _write(self, ledger: str) -> None:
        """Write the documents, some at a time, and with the last of them the mark."""
        standing, mark = self._open.pop(ledger), self.marks[ledger]
        if standing.upto <= mark:
            return
        service, congress = ledger.split("/")
        changed = [(key, (each.mark, each.document)) for key, each in standing.parts.items() if each.touched]
        while len(changed) > BATCH:
            await self._shelf.put(congress, self.place, service, dict(changed[:BATCH]), mark)
            del changed[:BATCH]
        await self._shelf.put(congress, self.place, service, dict(changed), standing.upto)
        await self.marks.move(ledger, standing.upto)

    def _routed(
        self, ledger: str, entries: Sequence[Entry], upto: int
    ) -> Iterator[tuple[str, int, Project | None, Entry]]:
        """Give each document that a new entry concerns, with its number and what it does there."""
        steps, etag, skipped, keys = self._steps, self.view.etag, self.skipped, self.view.keys
        for entry in entries:
            step = steps.get(entry.type)
            if (step is None and not etag) or (number := entry.sequence) <= upto:
                continue
            if not skipped or (ledger, number) not in skipped:
                for key in keys(entry):
                    yield key, number, step, entry

    @staticmethod
    def _step(part: _Part, number: int, step: Project | None, entry: Entry) -> None:
        if number <= part.mark or (part.document is None and step is None):
            return
        if step is not None:
            part.document = step({} if part.document is None else part.document, entry)
        part.mark, part.touched = number, True
