"""Growth: what a view costs to fold, and how much memory that takes, at 10⁴ to 10⁷ entries.

The ledger is not kept anywhere: its entries are made of a thousand suggestions told again and
again, numbered on, and folded as they come, so memory is the fold's own. Ten times on the way a
stretch of it is timed beside the same stretch of a ledger that has just begun: neighbours meet the
same machine, while rates of runs that lie minutes apart do not.
"""

import os
import time
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

import uvloop

from events.catalogue.envelope import Entry
from services.chassis.projecting import BATCH, Fold
from services.chassis.shelf.sqlite import SqliteShelf
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.timing import Watch, resident_mb
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept

STREAMS, SIZES = 1_000, (10_000, 100_000, 1_000_000, 10_000_000)
LOOKS = 10


class _Growing:
    """A board and its ledger, which goes on for ever."""

    def __init__(self, shelf: SqliteShelf, fold: Fold) -> None:
        self.shelf, self.fold, self.count = shelf, fold, 0
        self._batches = _batches()

    @classmethod
    async def begun(cls, path: Path) -> "_Growing":
        """Begin, with every suggestion's first entries."""
        shelf = SqliteShelf(path)
        growing = cls(shelf, await Fold.open(BOARD, 1, shelf))
        await growing.on(1)
        return growing

    async def on(self, entries: int) -> float:
        """Fold so many entries more, in whole batches, and write; give the seconds of it."""
        seconds = 0.0
        for batch in islice(self._batches, -(-entries // BATCH)):
            start = time.perf_counter()
            await self.fold.gather(kept.LEDGER, batch)
            seconds += time.perf_counter() - start
            self.count += len(batch)
        start = time.perf_counter()
        await self.fold.take(kept.LEDGER, ())
        return seconds + time.perf_counter() - start

    async def end(self) -> None:
        """See that nothing is missing, and close."""
        assert self.fold.marks[kept.LEDGER] == self.count
        assert await self.shelf.size(self.fold.place) == STREAMS
        await self.shelf.close()


def _batches() -> Iterator[list[Entry]]:
    """Number the entries of a short ledger on, round after round; the first batch are the beginnings."""
    begun, raws = entries.ledger(STREAMS * 7, STREAMS)
    cut = [raw.partition(b'"recordedtime"') for raw in raws]
    yield [Entry(raw) for raw in begun]
    for first in count(0, BATCH):
        numbers = range(first, first + BATCH)
        yield [_numbered(len(begun) + 1 + number, *cut[number % len(cut)]) for number in numbers]


def _numbered(sequence: int, _place: bytes, name: bytes, rest: bytes) -> Entry:
    place = f'{{"specversion":"1.0","source":"/{kept.LEDGER}","sequence":"{sequence:010d}",'
    return Entry(f'{place}"id":"{kept.LEDGER}/{sequence}",'.encode() + name + rest)


async def _folded(size: int, room: Room) -> Run:
    watch, ratios = Watch(), list[float]()
    long = await _Growing.begun(room.folder / "long.db")
    for look in range(LOOKS):
        watch.seconds += await long.on(size // LOOKS)
        fresh = await _Growing.begun(room.folder / f"fresh-{look}.db")
        pair = [fresh, long] if look % 2 else [long, fresh]
        seconds = {each: await each.on(size // LOOKS**2) for each in pair}
        ratios.append(seconds[long] / seconds[fresh])
        await fresh.end()
    await long.end()
    also = {"resident MB": resident_mb(os.getpid()), "late beside early": median(ratios)}
    return watch.run(size, also=also)


def house(size: int, room: Room) -> Run:
    """Fold so many entries into the board."""
    return uvloop.run(_folded(size, room))


GROWTH = Workload(
    "growth",
    tuple(
        Case(
            f"{size:,} entries", "entries", "NORMAL",
            (Subject("house", Kind.HOUSE, partial(house, size)),),
            size=size, quick=False, rounds=1,
        )
        for size in SIZES
    ),
)  # fmt: skip
