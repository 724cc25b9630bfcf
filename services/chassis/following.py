"""Following ledgers for one taker: a poisoned ledger stops alone, a store that is away is waited for."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from events.bus.port import Batch, Bus, Gap
from events.catalogue.envelope import Entry
from services.chassis import metrics
from services.chassis.projecting import BATCH
from services.chassis.shelf.port import Blocked
from services.chassis.taking import Taker, sifted

TRIES = 3
PAUSE = 0.2
LONGEST_PAUSE = 30.0
AWAY_SECONDS = 1.0
log = structlog.get_logger()


class Following:
    """Follows ledgers for one taker; a ledger that fails is tried again alone, then stops."""

    def __init__(self, bus: Bus, group: str, services: Sequence[str], taker: Taker) -> None:
        """Take the group that shares the work, and who takes the entries."""
        self._bus, self._group, self.services, self._taker = bus, group, services, taker
        self.marks, self.name = taker.marks, ""
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
                except Gap:
                    await self._taker.settle()  # what stands before it is sound
                    raise

    async def _follow(self, later: asyncio.TaskGroup) -> None:
        async with aclosing(self._bus.follow(self._group, self.services, self._after)) as batches:
            async for batch in batches:
                if batch.ledger in self.stopped:
                    continue
                if not await self._guarded(batch) and self.lasting:
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

    async def _guarded(self, batch: Batch) -> bool:
        ledger, raws = batch.ledger, batch.entries
        try:
            if Entry(raws[0]).sequence > self._taker.upto(ledger) + 1:
                await self._catch_up(ledger, Entry(raws[-1]).sequence)
            else:
                await self._pass(ledger, raws, more=batch.more)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it concerns this ledger alone
            return await self.retry(ledger)
        return True

    async def _catch_up(self, ledger: str, to: int) -> None:
        while (upto := self._taker.upto(ledger)) < to:
            if not (raws := await self._bus.fetch(ledger, upto, BATCH)):
                raise Gap(f"{ledger}/{upto + 1} is missing")
            await self._pass(ledger, raws, more=upto + len(raws) < to)

    async def _pass(self, ledger: str, raws: Sequence[bytes], *, more: bool = False) -> None:
        take = self._taker.gather if more else self._taker.take
        await take(ledger, sifted(raws, self._taker.wires))

    async def retry(self, ledger: str) -> bool:
        """Go on with a ledger, one by one where something fails; tell whether it is whole again."""
        await self._note(ledger, None)
        attempt, alone = 0, 0
        while raws := await self._bus.fetch(ledger, self.marks[ledger], 1 if alone else BATCH):
            try:
                await self._pass(ledger, raws)
                attempt, alone = 0, max(0, alone - 1)
            except ConnectionError:  # a store that is away says nothing against the entry
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this ledger alone
                if len(raws) > 1:
                    alone = len(raws)  # one of these
                    continue
                attempt += 1
                if await self._refused(ledger, Entry(raws[0]), error, attempt):
                    return False
        return True

    async def _refused(self, ledger: str, entry: Entry, error: Exception, attempt: int) -> bool:
        """Pause before the next attempt; stop the ledger when there were enough."""
        where = {"entry": entry.id, "trace": entry.traceparent}
        log.error("entry refused", **where, attempt=attempt - 1, exc_info=error)
        if attempt == TRIES:
            await self._note(ledger, Blocked(entry.sequence, type(error).__name__))
            return True
        await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
        return False

    async def _note(self, ledger: str, blocked: Blocked | None) -> None:
        if blocked is None:
            self.stopped.pop(ledger, None)
        else:
            self.stopped[ledger] = blocked
        metrics.BLOCKED.labels(self.name, ledger).set(blocked is not None)
        if self.on_block is not None:
            await self.on_block(ledger, blocked)
