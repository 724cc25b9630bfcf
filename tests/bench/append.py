"""Durable appends of one entry each, beside raw group commits of the same rows.

Each append makes a new stream of one ledger under a fresh key, synced before it is
answered (WAL, synchronous=FULL). The ceiling writes the rows that the house wrote, taken
from its file, into the same tables: `executemany` per group, and nothing around it.
"""

import asyncio
import datetime as dt
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from events.catalogue.envelope import decided
from events.drivers.apsw import connect, migrate
from events.journal.port import Once, Proposed, Receipt
from events.journal.rows import MIGRATIONS
from events.journal.sqlite import SqliteJournal
from events.proof.chain import Link, walk
from tests.bench.result import Result

ROUNDS = 3
CASES = {1: 3_000, 16: 20_000, 128: 40_000}
LEDGER = "suggestions/630200"
Asked = tuple[Proposed, Once]


def measure() -> Sequence[Result]:
    """Append with 1, 16 and 128 tasks; rows per second."""
    house: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    ceiling: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    for _ in range(ROUNDS):
        for tasks, size in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "journal.db"
                seconds = asyncio.run(_appended(path, tasks, _asked(size)))
                house[tasks].append(size / seconds)
                ceiling[tasks].append(size / _written(path, Path(folder) / "raw.db", tasks))
    return [
        Result("append", f"{tasks} tasks, FULL", "rows/s", house[tasks], ceiling[tasks]) for tasks in CASES
    ]


def _asked(size: int) -> Sequence[Asked]:
    chance = random.Random(7)
    return [_one(chance, number) for number in range(size)]


def _one(chance: random.Random, number: int) -> Asked:
    subject = f"suggestion/{chance.randbytes(16).hex()}"
    part = decided(
        type="suggestion.submitted.v1",
        subject=subject,
        time=dt.datetime.now(dt.UTC),
        congress="630200",
        actor="deputy/1f0c9a2b7d",
        correlationid=chance.randbytes(16).hex(),
        rulebook="national@2025",
        calendar="cn@2025",
        dataschema="https://mandate.example/schemas/suggestion.submitted.v1.json",
        data=b'{"title":"%b"}' % (b"x" * chance.randint(1, 300)),
    )
    # As a UUIDv7: time first, so that neighbours in time are neighbours in the index.
    key = f"{number:012x}{chance.randbytes(10).hex()}"
    return Proposed(subject, part), Once("deputy/1f0c9a2b7d submit", key, chance.randbytes(32))


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
