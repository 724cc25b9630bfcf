"""The past of a service: the same routes on another desk, whose views end at a moment.

Such a desk is folded when it is asked for, from the ledgers alone, onto a scratch shelf; the
last few are kept.
"""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import structlog

from events.bus.port import Source
from events.catalogue.envelope import Entry
from events.catalogue.registry import BY_SERVICE
from services.chassis.clock import FixedClock
from services.chassis.projecting import BATCH, Fold, sources
from services.chassis.referring import Referring
from services.chassis.shelf.port import Shelf
from services.chassis.web.desk import Desk
from services.chassis.web.moments import BEFORE, NOT_WRITTEN, RECALLING, UNFOLDED, Asked, Moment
from services.chassis.web.past_desk import PastDesk

log = structlog.get_logger()
KEPT = 4
"""Moments kept by each service; twice as many may be in use or under way."""
PATIENCE_SECONDS = 10.0
"""How long one waits for a fold; it goes on, and whoever comes again finds it."""
SETTLED = dt.timedelta(seconds=10)
"""What was recorded less long ago may still be on its way into the journal: it is not kept."""


@dataclass(slots=True)
class _Kept:
    """A desk, folded or being folded, and how many answer from it."""

    shelf: Shelf
    desk: asyncio.Task[Desk]
    users: int = 0


class Past:
    """Desks of one service at moments of the past."""

    def __init__(self, present: Desk, source: Source, scratch: Callable[[], Shelf]) -> None:
        """Take the desk of today, where every ledger is read, and what makes an empty shelf."""
        self.present, self._source, self._scratch = present, source, scratch
        self.kept: OrderedDict[tuple[str, Moment], _Kept] = OrderedDict()
        self._began: dict[str, str] = {}
        self.folding = asyncio.Lock()

    async def moment(self, congress: str, asked: Asked) -> Moment:
        """Find out which state of the record is asked for.

        Raises:
            Problem: 410 before the congress's first entry, 422 for a position that was not written.

        """
        recorded = [
            await self._recorded(ledger, sequence) for ledger, sequence in asked.positions.items() if sequence
        ]
        if not (instants := [*recorded, *filter(None, [asked.instant])]):
            raise BEFORE
        moment = Moment(max(instants), tuple(sorted(asked.positions.items())))
        if moment.instant < dt.datetime.fromisoformat(await self._first(congress)):
            raise BEFORE
        return moment

    async def level(self, congress: str, moment: Moment) -> Desk | None:
        """Give the desk of today, at that moment's time, while nothing was written since; else None."""
        marks = dict[str, set[int]]()
        for fold in self.present.folds.values():
            for service in sources(fold.view):
                ledger = f"{service}/{congress}"
                marks.setdefault(ledger, set()).add(await fold.marks.fresh(ledger))
        for ledger, found in marks.items():
            if len(found) > 1 or not await self._ends(ledger, found.pop(), moment):
                return None
        return replace(self.present, clock=FixedClock(moment.instant))

    @asynccontextmanager
    async def at(self, congress: str, moment: Moment) -> AsyncIterator[Desk]:
        """Give the desk at a moment: one fold for all who ask for the same.

        Raises:
            Problem: 503 when it takes longer than one should wait, or too many are under way.

        """
        kept = self.kept.get((congress, moment)) or self._begin(congress, moment)
        self.kept.move_to_end((congress, moment))
        kept.users += 1
        try:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    desk = await asyncio.shield(kept.desk)
            except TimeoutError:
                raise RECALLING from None
            yield desk
        finally:
            kept.users -= 1
            await self._tidy()

    async def close(self) -> None:
        """End what is being folded and let go of everything."""
        for kept in self.kept.values():
            await _gone(kept)
        self.kept.clear()

    def _begin(self, congress: str, moment: Moment) -> _Kept:
        if len(self.kept) >= 2 * KEPT:
            raise RECALLING
        shelf = self._scratch()
        kept = _Kept(shelf, asyncio.create_task(self._folded(congress, moment, shelf), name="recalling"))
        self.kept[congress, moment] = kept
        return kept

    async def _tidy(self) -> None:
        """Let go of the least used, of what failed, and of what is too young to be final."""
        young = self.present.clock.now() - SETTLED
        for key, kept in list(self.kept.items()):
            idle = kept.users == 0 and kept.desk.done()
            failed = idle and (kept.desk.cancelled() or kept.desk.exception() is not None)
            if failed or (idle and (key[1].instant > young or len(self.kept) > KEPT)):
                del self.kept[key]
                await _gone(kept)

    async def _folded(self, congress: str, moment: Moment, shelf: Shelf) -> Desk:
        async with self.folding:  # folds are work: one after the other, each giving way to answers
            folds = {name: await live.beside(shelf) for name, live in self.present.folds.items()}
            for service in BY_SERVICE:
                takers = [fold for fold in folds.values() if service in sources(fold.view)]
                if takers:
                    await self.fold(f"{service}/{congress}", moment, takers)
        today = self.present
        return PastDesk(
            today.service, today.handling, self._referring(folds, shelf), folds, shelf, today.vault,
            today.journal, FixedClock(moment.instant), today.tokens, today.proving, today,
        )  # fmt: skip

    async def fold(self, ledger: str, moment: Moment, folds: Sequence[Fold]) -> None:
        """Fold a ledger on from where it stands up to a moment, a batch at a time."""
        after = min(fold.marks[ledger] for fold in folds)
        while raws := await self._source.fetch(ledger, after, BATCH):
            try:
                entries = [each for each in map(Entry, raws) if moment.holds(each)]
                for fold in folds:
                    await fold.gather(ledger, entries)
            except ConnectionError:
                raise
            except Exception as error:
                log.exception("the past cannot be folded", ledger=ledger, after=after)
                raise UNFOLDED from error
            if len(entries) < len(raws):
                break
            after += len(raws)
        for fold in folds:
            await fold.take(ledger, ())

    def _referring(self, folds: Mapping[str, Fold], shelf: Shelf) -> Referring:
        kinds = {kind: folds[each.view.name] for kind, each in self.present.referring.folds.items()}
        return Referring(self.present.service, kinds, shelf)

    async def _ends(self, ledger: str, mark: int, moment: Moment) -> bool:
        """Tell whether a ledger's last entry of that moment is the one at `mark`."""
        around = [Entry(raw) for raw in await self._source.fetch(ledger, max(mark - 1, 0), 2)]
        return all(moment.holds(each) == (each.sequence <= mark) for each in around)

    async def _recorded(self, ledger: str, sequence: int) -> dt.datetime:
        raws = await self._source.fetch(ledger, sequence - 1, 1)
        if not raws:
            raise NOT_WRITTEN
        return dt.datetime.fromisoformat(Entry(raws[0]).recordedtime)

    async def _first(self, congress: str) -> str:
        if congress not in self._began:
            firsts = [await self._source.fetch(f"{service}/{congress}", 0, 1) for service in BY_SERVICE]
            if not (times := [Entry(raws[0]).recordedtime for raws in firsts if raws]):
                raise BEFORE
            self._began[congress] = min(times)
        return self._began[congress]


async def _gone(kept: _Kept) -> None:
    kept.desk.cancel()
    with suppress(asyncio.CancelledError, Exception):  # whoever waited for it was told
        await kept.desk
    await kept.shelf.close()
