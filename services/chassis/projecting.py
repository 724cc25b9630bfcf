"""Fold, then write: views follow ledgers, and a poisoned ledger of a view stops alone."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog

from events.bus.port import Bus
from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.registry import BY_SERVICE
from services.chassis import metrics
from services.chassis.marks import Marks
from services.chassis.shapes import View
from services.chassis.shelf.port import Blocked, Shelf, Table

BATCH = 500
TRIES = 3
PAUSE = 0.2
LONGEST_PAUSE = 30.0
log = structlog.get_logger()


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
        self._shelf, self._skipped = shelf, set[tuple[str, int]]()
        self._steps = view.by_wire
        self.still = asyncio.Lock()
        """Held while entries are folded; whoever holds it sees the table stand still."""

    @classmethod
    async def open(cls, view: View, generation: int, shelf: Shelf) -> "Fold":
        """Declare the table if need be, and read marks and skips."""
        place = table(view, generation)
        await shelf.declare(place)
        fold = cls(view, place, shelf, Marks(await shelf.marks(place)))
        await fold.honour_skips()
        return fold

    async def honour_skips(self) -> None:
        """Read again which entries are passed over by decision."""
        skips = await self._shelf.skips(self.view.name, self.view.version)
        self._skipped = {(each.ledger, each.sequence) for each in skips}

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
        if (ledger, entry.sequence) in self._skipped:
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


class Following:
    """Follows ledgers for one taker; a ledger that fails is tried again alone, then stops."""

    def __init__(self, bus: Bus, services: Sequence[str], take: Callable[..., Any], marks: Marks) -> None:
        """Take `take(ledger, entries)`, which must move the marks."""
        self._bus, self.services, self._take, self._marks = bus, services, take, marks
        self.name = ""
        self.lasting = False
        """Whether a stopped ledger is tried again by itself, for ever, with longer and longer pauses."""
        self.stopped: dict[str, Blocked] = {}
        self.on_block: Callable[[str, Blocked | None], Any] | None = None

    def mark(self, ledger: str) -> int:
        """Give how far a ledger was taken."""
        return self._marks[ledger]

    async def run(self) -> None:
        """Follow for ever."""
        async with asyncio.TaskGroup() as later:
            await self._follow(later)

    async def _follow(self, later: asyncio.TaskGroup) -> None:
        async for batch in self._bus.follow(self.services, self._marks.__getitem__):
            if batch.ledger in self.stopped:
                continue
            if not await self._guarded(batch.ledger, [Entry(raw) for raw in batch.entries]) and self.lasting:
                later.create_task(self._persist(batch.ledger))

    async def _persist(self, ledger: str) -> None:
        pause = PAUSE
        while not await self.retry(ledger):
            pause = min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _guarded(self, ledger: str, entries: Sequence[Entry]) -> bool:
        try:
            if entries[0].sequence > self._marks[ledger] + 1:
                await self._catch_up(ledger, entries[-1].sequence)
            else:
                await self._take(ledger, entries)
        except Exception:  # noqa: BLE001 - whatever it is, it concerns this ledger alone
            return await self.retry(ledger)
        return True

    async def _catch_up(self, ledger: str, to: int) -> None:
        while self._marks[ledger] < to:
            raws = await self._bus.fetch(ledger, self._marks[ledger], BATCH)
            await self._take(ledger, [Entry(raw) for raw in raws])

    async def retry(self, ledger: str) -> bool:
        """Go on with a ledger one entry at a time; tell whether it is whole again."""
        await self._note(ledger, None)
        while raws := await self._bus.fetch(ledger, self._marks[ledger], 1):
            entry = Entry(raws[0])
            for attempt in range(TRIES):
                try:
                    await self._take(ledger, [entry])
                    break
                except Exception as error:
                    log.exception("entry refused", entry=entry.id, attempt=attempt)
                    if attempt == TRIES - 1:
                        await self._note(ledger, Blocked(entry.sequence, type(error).__name__))
                        return False
                    await asyncio.sleep(PAUSE * 2**attempt)
        return True

    async def _note(self, ledger: str, blocked: Blocked | None) -> None:
        if blocked is None:
            self.stopped.pop(ledger, None)
        else:
            self.stopped[ledger] = blocked
        metrics.BLOCKED.labels(self.name, ledger).set(blocked is not None)
        if self.on_block is not None:
            await self.on_block(ledger, blocked)
