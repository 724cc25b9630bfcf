"""A service at work while its ledger grows: commit → visible, and a rebuild beside live writes.

Visible: how long after the receipt a view has folded the entry. Rebuild: the board is folded
again beside the live one while 1,000 entries a second are written; `stale s` is the longest
time for which readers saw an old mark, `lag` the most entries the view was behind.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from events.catalogue.envelope import DATA
from events.journal.port import Proposed, Receipt
from services.chassis.projecting import sources
from services.chassis.running import Ports, Running
from services.supervision.service import SERVICE
from services.supervision.views.board import BOARD
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.world import ports, running

GROWTH, TICK = 1_000, 0.02


@asynccontextmanager
async def working(room: Room, journal: Path) -> AsyncIterator[tuple[Ports, Running]]:
    """Let supervision follow a copy of a journal; give it settled."""
    shutil.copy(journal, room.folder / "journal.db")
    async with ports(room.folder) as standing, running(SERVICE, standing) as at_work:
        await _reached(standing, at_work, 600)
        yield standing, at_work


def _source(room: Room) -> tuple[Path, Sequence[Proposed]]:
    """Give a journal, and as many entries that are yet to come."""
    source = kept.journal(room, room.size, max(1, room.size // 100))
    return source, [_again(raw) for raw in kept.raws(source)[-room.size :]]


def _again(raw: bytes) -> Proposed:
    """Give what can be said once more, as it was decided."""
    decided = raw[raw.index(b'"type"') : -1]
    assert DATA in decided
    subject = decided.split(b'"subject":"')[1].split(b'"')[0].decode()
    return Proposed(subject, decided)


async def _reached(standing: Ports, at_work: Running, seconds: float = 10.0) -> None:
    head, service = (await standing.journal.heads())[kept.LEDGER].sequence, kept.LEDGER.partition("/")[0]
    for fold in at_work.desk.folds.values():
        assert service not in sources(fold.view) or await fold.marks.reached(kept.LEDGER, head, seconds)


async def _visible(room: Room) -> Run:
    watch, (source, more) = Watch(), _source(room)
    async with working(room, source) as (standing, at_work):
        marks = at_work.desk.folds[BOARD.name].marks
        for each in more:
            receipt = await standing.journal.append(kept.LEDGER, [each], {})
            assert isinstance(receipt, Receipt)
            with watch.going(), watch.lap():
                assert await marks.reached(kept.LEDGER, receipt.last, 10)
    return watch.run(len(more))


def visible(room: Room) -> Run:
    """Wait for each entry until the board has it."""
    return uvloop.run(_visible(room))


class Seen:
    """What readers of the board see of a ledger that grows, as long as `watch` runs."""

    def __init__(self, standing: Ports, at_work: Running) -> None:
        self._standing, self._at_work = standing, at_work
        self.lag, self.stale = 0, 0.0

    async def watch(self) -> None:
        """Note the largest lag, and the longest time for which an old mark did not move."""
        seen, since = 0, time.perf_counter()
        while True:
            mark = self._at_work.desk.folds[BOARD.name].marks[kept.LEDGER]
            head = (await self._standing.journal.heads())[kept.LEDGER].sequence
            if mark != seen or mark == head:
                seen, since = mark, time.perf_counter()
            self.lag, self.stale = max(self.lag, head - mark), max(self.stale, time.perf_counter() - since)
            await asyncio.sleep(0.005)


async def _written(standing: Ports, more: Sequence[Proposed]) -> None:
    """Write a thousand entries a second."""
    each = int(GROWTH * TICK)
    for first in range(0, len(more), each):
        await standing.journal.append(kept.LEDGER, more[first : first + each], {})
        await asyncio.sleep(TICK)


async def _rebuilt(room: Room) -> Run:
    watch, (source, more) = Watch(), _source(room)
    async with working(room, source) as (standing, at_work):
        seen = Seen(standing, at_work)
        beside = [asyncio.create_task(each) for each in (_written(standing, more), seen.watch())]
        with watch.going():
            report = await at_work.rebuild(BOARD.name, lambda _done, _total: None)
        for each in beside:
            each.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await _reached(standing, at_work)
        assert report.switched, report.differing[:3]
        size = at_work.desk.folds[BOARD.name].marks[kept.LEDGER]
    return watch.run(size, also={"stale s": seen.stale, "lag": seen.lag})


def rebuild(room: Room) -> Run:
    """Rebuild the board while the ledger grows; nothing may differ."""
    return uvloop.run(_rebuilt(room))


LIVE = Workload(
    "live",
    (
        Case(
            "commit → visible", "entries", "FULL", (Subject("house", Kind.HOUSE, visible),),
            size=500, full_size=2_000,
        ),
        Case(
            "rebuild beside writes", "entries", "NORMAL", (Subject("house", Kind.HOUSE, rebuild),),
            size=50_000, full_size=1_000_000,
        ),
    ),
)  # fmt: skip
