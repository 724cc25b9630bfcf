"""Durable appends of one entry each, beside raw group commits of the same rows.

Each append plans a course, a new stream of one ledger, under a fresh key, synced before it
is answered (WAL, synchronous=FULL), on the event loop that the house runs on. The ceiling
writes the rows that the house wrote, taken from its file, into the same tables:
`executemany` per group, and nothing around it.
"""

import asyncio
import datetime as dt
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import uvloop

from events.drivers.apsw import connect, migrate
from events.journal.port import Once, Proposed, Receipt
from events.journal.rows import MIGRATIONS
from events.journal.sqlite import SqliteJournal
from events.proof.chain import Link, walk
from tests.bench.entries import CONGRESS, planned, sized
from tests.bench.result import Result

ROUNDS = 3
CASES = {1: 3_000, 16: 20_000, 128: 40_000}
LEDGER = f"training/{CONGRESS}"
Asked = tuple[Proposed, Once]


def measure() -> Sequence[Result]:
    """Append with 1, 16 and 128 tasks; rows per second."""
    house: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    ceiling: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    sizes = ""
    for _ in range(ROUNDS):
        for tasks, size in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "journal.db"
                seconds = uvloop.run(_appended(path, tasks, _asked(size)))
                house[tasks].append(size / seconds)
                ceiling[tasks].append(size / _written(path, Path(folder) / "raw.db", tasks))
                sizes = _sizes(path)
    return [
        Result("append", f"{tasks} tasks, FULL", "rows/s", house[tasks], ceiling[tasks], sizes)
        for tasks in CASES
    ]


def _asked(size: int) -> Sequence[Asked]:
    chance = random.Random(7)
    return [_one(chance, number) for number in range(size)]


def _one(chance: random.Random, number: int) -> Asked:
    subject, part = planned(chance)
    # As a UUIDv7: time first, so that neighbours in time are neighbours in the index.
    key = f"{number:012x}{chance.randbytes(10).hex()}"
    return Proposed(subject, part), Once("staff/b2aruataigdu planCourse", key, chance.randbytes(32))


async def _appended(path: Path, tasks: int, asked: Sequence[Asked]) -> float:
    journal = SqliteJournal(path, lambda: dt.datetime.now(dt.UTC))

    async def append(share: Sequence[Asked]) -> None:
        for entry, once in share:
            receipt = await journal.append(LEDGER, [entry], {entry.subject: 0}, once)
            assert isinstance(receipt, Receipt)

    start = time.perf_counter()
    await asyncio.gather(*(append(asked[task::tasks]) for task in range(tasks)))
    seconds = time.perf_counter() - start
    head = walk(LEDGER, await journal.fetch(LEDGER, 0, len(asked) + 1))
    assert isinstance(head, Link)
    assert head.sequence == len(asked)
    await journal.close()
    return seconds


def _written(source: Path, target: Path, group: int) -> float:
    """Write the rows of `source` into a new file, `group` of them in a commit; seconds."""
    house, raw = connect(source, read_only=True), connect(target)
    entries = house.execute("SELECT * FROM entry ORDER BY place").fetchall()
    keys = house.execute("SELECT * FROM once ORDER BY first").fetchall()
    house.close()
    migrate(raw, MIGRATIONS)
    start = time.perf_counter()
    for first in range(0, len(entries), group):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany("INSERT INTO entry VALUES (?, ?, ?)", entries[first : first + group])
        raw.executemany("INSERT INTO once VALUES (?, ?, ?, ?, ?, ?)", keys[first : first + group])
        raw.execute("COMMIT")
    seconds = time.perf_counter() - start
    raw.close()
    return seconds


def _sizes(source: Path) -> str:
    with closing(connect(source, read_only=True)) as house:
        return sized([raw for (raw,) in house.execute("SELECT raw FROM entry")])
