"""Following ledgers for one taker: a poisoned ledger stops alone, a store that is away is waited for."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from events.bus.port import Bus
from events.catalogue.envelope import Entry
from services.chassis import metrics
from services.chassis.marks import Marks
from services.chassis.projecting import BATCH
from services.chassis.shelf.port import Blocked

TRIES = 3
PAUSE = 0.2
LONGEST_PAUSE = 30.0
AWAY_SECONDS = 1.0
log = structlog.get_logger()


class Following:
    """Follows ledgers for one taker; a ledger that fails is tried again alone, then stops."""

    def __init__(
        self, bus: Bus, group: str, services: Sequence[str], take: Callable[..., Any], marks: Marks
    ) -> None:
        """Take the group that shares the work, and `take(ledger, entries)`, which must move the marks."""
        self._bus, self._group, self.services, self._take, self.marks = bus, group, services, take, marks
        self.name = ""
        self.lasting = False
        """Whether a stopped ledger is tried again by itself, for ever, with longer and longer pauses."""
        self.stopped: dict[str, Blocked] = {}
        self.on_block: Callable[[str, Blocked | None], Any] | None = None

    def mark(self, ledger: str) -> int:
        """Give how far a ledger was taken."""
        return self.marks[ledger]

    async def run(self) -> None:
        """Follow for ever; a store that is away is waited for."""
        async with asyncio.TaskGroup() as later:
            while True:
                try:
                    await self._follow(later)
                except ConnectionError as error:
                    log.warning("away", following=self.name, error=str(error))
                    await asyncio.sleep(AWAY_SECONDS)

    async def _follow(self, later: asyncio.TaskGroup) -> None:
        async with aclosing(self._bus.follow(self._group, self.services, self._after)) as batches:
            async for batch in batches:
                if batch.ledger in self.stopped:
                    continue
                entries = [Entry(raw) for raw in batch.entries]
                if not await self._guarded(batch.ledger, entries) and self.lasting:
                    later.create_task(self._persist(batch.ledger))

    async def _after(self, ledger: str) -> int:
        """Take a ledger up; one that stopped here may have gone on elsewhere since, and is tried again."""
        if ledger in self.stopped and not self.lasting:
            await self._note(ledger, None)
        return await self.marks.fresh(ledger)

    async def _persist(self, ledger: str) -> None:
        pause = PAUSE
        while not await self._again(ledger):
            pause = min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _again(self, ledger: str) -> bool:
        try:
            return await self.retry(ledger)
        except ConnectionError as error:
            log.warning("away", following=self.name, error=str(error))
            return False

    async def _guarded(self, ledger: str, entries: Sequence[Entry]) -> bool:
        try:
            if entries[0].sequence > self.marks[ledger] + 1:
                await self._catch_up(ledger, entries[-1].sequence)
            else:
                await self._take(ledger, entries)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it concerns this ledger alone
            return await self.retry(ledger)
        return True

    async def _catch_up(self, ledger: str, to: int) -> None:
        while self.marks[ledger] < to:
            raws = await self._bus.fetch(ledger, self.marks[ledger], BATCH)
            await self._take(ledger, [Entry(raw) for raw in raws])

    async def retry(self, ledger: str) -> bool:
        """Go on with a ledger one entry at a time; tell whether it is whole again."""
        await self._note(ledger, None)
        attempt = 0
        while raws := await self._bus.fetch(ledger, self.marks[ledger], 1):
            entry = Entry(raws[0])
            try:
                await self._take(ledger, [entry])
                attempt = 0
            except ConnectionError:  # a store that is away says nothing against the entry
                raise
            except Exception as error:
                log.exception("entry refused", entry=entry.id, trace=entry.traceparent, attempt=attempt)
                attempt += 1
                if attempt == TRIES:
                    await self._note(ledger, Blocked(entry.sequence, type(error).__name__))
                    return False
                await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
        return True

    async def _note(self, ledger: str, blocked: Blocked | None) -> None:
        if blocked is None:
            self.stopped.pop(ledger, None)
        else:
            self.stopped[ledger] = blocked
        metrics.BLOCKED.labels(self.name, ledger).set(blocked is not None)
        if self.on_block is not None:
            await self.on_block(ledger, blocked)
