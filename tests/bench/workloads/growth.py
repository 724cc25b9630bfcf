"""Growth: what a view costs to fold, and how much memory that takes, at 10⁴ to 10⁷ entries.

The ledger is not kept anywhere: its entries are made of a thousand suggestions told again and
again, numbered on, and folded as they come, so memory is the fold's own.
"""

import os
from collections.abc import Iterator
from functools import partial

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


def _batches(size: int) -> Iterator[list[Entry]]:
    """Number the entries of a short ledger on, round after round."""
    begun, raws = entries.ledger(STREAMS * 7, STREAMS)
    cut = [raw.partition(b'"recordedtime"') for raw in raws]
    yield [Entry(raw) for raw in begun]
    for first in range(0, size, BATCH):
        last = min(first + BATCH, size)
        yield [_numbered(len(begun) + 1 + number, *cut[number % len(cut)]) for number in range(first, last)]


def _numbered(sequence: int, _place: bytes, name: bytes, rest: bytes) -> Entry:
    place = f'{{"specversion":"1.0","source":"/{kept.LEDGER}","sequence":"{sequence:010d}",'
    return Entry(f'{place}"id":"{kept.LEDGER}/{sequence}",'.encode() + name + rest)


async def _folded(size: int, room: Room) -> Run:
    watch, shelf = Watch(), SqliteShelf(room.folder / "shelf.db")
    fold, count = await Fold.open(BOARD, 1, shelf), 0
    for batch in _batches(size):
        count += len(batch)
        with watch.going():
            await fold.gather(kept.LEDGER, batch)
    with watch.going():
        await fold.take(kept.LEDGER, ())
    assert fold.marks[kept.LEDGER] == count
    assert await shelf.size(fold.place) == STREAMS
    await shelf.close()
    return watch.run(count, also={"resident MB": resident_mb(os.getpid())})


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
