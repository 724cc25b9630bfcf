"""Fold, then write: each batch of a ledger into documents, written once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.registry import BY_SERVICE
from services.chassis.marks import Marks
from services.chassis.shapes import View
from services.chassis.shelf.port import Shelf, Table

BATCH = 500


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


class Fold:
    """One table and its marks: folds batches into documents, each batch written once."""

    def __init__(self, view: View, place: Table, shelf: Shelf, marks: Marks) -> None:
        """Take a view, the table it is folded into, and where it stands."""
        self.view, self.place, self.marks = view, place, marks
        self._shelf, self.skipped = shelf, set[tuple[str, int]]()
        self._steps, self.sources = view.by_wire, sources(view)
        self.still = asyncio.Lock()
        """Held while entries are folded; whoever holds it sees the table stand still."""

    @classmethod
    async def open(cls, view: View, generation: int, shelf: Shelf, marks: type[Marks] = Marks) -> "Fold":
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
        skips = await self._shelf.skips(self.view.name, self.view.version)
        self.skipped = {(each.ledger, each.sequence) for each in skips}

    async def take(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Fold consecutive entries of one ledger; what was folded before is dropped."""
        async with self.still:
            await self.fold(ledger, entries)

    async def fold(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Do the same for whoever holds `still` already."""
        service, congress = ledger.split("/")
        fresh = [each for each in entries if each.sequence > self.marks[ledger]]
        if not fresh:
            return
        routed = [(each, keys) for each in fresh if (keys := self._keys(ledger, each))]
        ids = list(dict.fromkeys(key for _, keys in routed for key in keys))
        stored = await self._shelf.marks_of(congress, self.place, service, ids) if ids else {}
        parts = {key: _Part(*stored[key]) if key in stored else _Part(0, None) for key in ids}
        for entry, keys in routed:
            for key in keys:
                self._step(parts[key], entry)
        changed = {key: (part.mark, part.document) for key, part in parts.items() if part.touched}
        await self._shelf.put(congress, self.place, service, changed, fresh[-1].sequence)
        await self.marks.move(ledger, fresh[-1].sequence)

    def _keys(self, ledger: str, entry: Entry) -> tuple[str, ...]:
        if (ledger, entry.sequence) in self.skipped:
            return ()
        return self.view.keys(entry) if self.view.etag or entry.type in self._steps else ()

    def _step(self, part: _Part, entry: Entry) -> None:
        if entry.sequence <= part.mark:
            return
        step = self._steps.get(entry.type)
        if part.document is None and step is None:
            return
        if step is not None:
            part.document = step({} if part.document is None else part.document, entry)
        part.mark, part.touched = entry.sequence, True
