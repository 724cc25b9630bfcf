"""What the workloads of the journal share: appends under fresh keys, raw group commits of their rows."""

import asyncio
import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

from events.drivers.apsw import Connection, Value, Writer, connect, migrate
from events.journal.port import Once, Proposed, Receipt
from events.journal.rows import MIGRATIONS
from events.journal.sqlite import SqliteJournal
from events.proof.chain import Link, walk
from tests.bench import entries
from tests.bench.timing import Watch

LEDGER = f"training/{entries.CONGRESS}"
Asked = tuple[Sequence[Proposed], Once]
Row = tuple[int, str, bytes]


def asked(size: int, batch: int = 1) -> Sequence[Asked]:
    """Give so many entries to append, `batch` to a commit, each commit under a fresh key."""
    chance, courses = random.Random(7), entries.courses(size)
    parts = [Proposed(*each) for each in courses]
    groups = [parts[first : first + batch] for first in range(0, size, batch)]
    return [(group, _once(chance, number)) for number, group in enumerate(groups)]


def _once(chance: random.Random, number: int) -> Once:
    # As a UUIDv7: time first, so that neighbours in time are neighbours in the index.
    key = f"{number:012x}{chance.randbytes(10).hex()}"
    return Once("staff/b2aruataigdu planCourse", key, chance.randbytes(32))


def opened(path: Path) -> SqliteJournal:
    """Open a journal on the machine's time."""
    return SqliteJournal(path, lambda: dt.datetime.now(dt.UTC))


async def appended(journal: SqliteJournal, all_asked: Sequence[Asked], tasks: int, watch: Watch) -> int:
    """Append with so many tasks; give the commits it took, once the chain has held."""

    async def append(share: Sequence[Asked]) -> None:
        for parts, once in share:
            with watch.lap():
                receipt = await journal.append(LEDGER, parts, {each.subject: 0 for each in parts}, once)
            assert isinstance(receipt, Receipt)

    with watch.going():
        await asyncio.gather(*(append(all_asked[task::tasks]) for task in range(tasks)))
    size = sum(len(parts) for parts, _ in all_asked)
    head = walk(LEDGER, await journal.fetch(LEDGER, 0, size + 1))
    assert isinstance(head, Link), head
    assert head.sequence == size, f"{head.sequence} of {size} are kept"
    return await journal.changed(0)


async def grouped(
    folder: Path, rows: Sequence[Row], keys: Sequence[Sequence[Value]], tasks: int, watch: Watch
) -> int:  # fmt: skip
    """Let tasks hand rows that are ready to one thread, which writes all that wait in one commit."""
    raw = connect(folder / "raw.db")
    migrate(raw, MIGRATIONS)
    groups = list[int]()

    def write(connection: Connection, ready: Sequence[tuple[Row, Sequence[Value]]]) -> Sequence[None]:
        connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", (row for row, _ in ready))
        connection.executemany("INSERT INTO once VALUES (?, ?, ?, ?, ?, ?)", (key for _, key in ready))
        groups.append(len(ready))
        return [None] * len(ready)

    writer = Writer[tuple[Row, Sequence[Value]], None](raw, write)
    waiting = iter(list(zip(rows, keys, strict=True)))

    async def append() -> None:
        for each in waiting:
            with watch.lap():
                await writer.write(each)

    with watch.going():
        await asyncio.gather(*(append() for _ in range(tasks)))
    assert raw.execute("SELECT count(*) FROM entry").get == len(rows) == sum(groups)
    await writer.close()
    return len(groups)


def written(
    folder: Path, rows: Sequence[Row], keys: Sequence[Sequence[Value]], group: int, watch: Watch
) -> int:  # fmt: skip
    """Write the rows of a journal into a new one, `group` commits of a caller in one of ours."""
    raw, each = connect(folder / "raw.db"), len(rows) // len(keys)
    migrate(raw, MIGRATIONS)
    with watch.going():
        for first in range(0, len(keys), group):
            last = first + group
            with watch.lap():
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows[first * each : last * each])
                raw.executemany("INSERT INTO once VALUES (?, ?, ?, ?, ?, ?)", keys[first:last])
                raw.execute("COMMIT")
    assert raw.execute("SELECT count(*) FROM entry").get == len(rows)
    raw.close()
    return -(-len(keys) // group)
