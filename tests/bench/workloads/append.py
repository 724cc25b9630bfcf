"""Durable appends of one entry each, and of a thousand, beside raw writes of the same rows.

Each append plans a course, a new stream of one ledger, under a fresh key, synced before it is
answered (WAL, synchronous=FULL). The ceilings have the rows ready, in the journal's tables and
indexes. Raw group commit: as many tasks hand them to one thread, which writes those that wait in
one commit and answers, with nothing decided and nothing encoded. Raw executemany: the same rows in
groups of as many, with no tasks to answer, so nobody could stand on it. Peers keep the same entries, each as
the one event of a new stream; emmett loses events when one store is asked twice at once
(of fifty it kept one), so it is asked one after the other, whatever the tasks.
"""

from collections.abc import Callable, Sequence
from functools import partial

import uvloop

from events.drivers.apsw import Value
from tests.bench import entries
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads.appending import LEDGER, Row, appended, asked, grouped, opened, written

BATCH = 1_000


def house(tasks: int, batch: int, room: Room) -> Run:
    """Append through the port of the journal."""
    watch, waiting = Watch(), asked(room.size, batch)

    async def append() -> int:
        journal = opened(room.folder / "journal.db")
        commits = await appended(journal, waiting, tasks, watch)
        await journal.close()
        return commits

    return watch.run(room.size, uvloop.run(append()))


def grouping(tasks: int, batch: int, room: Room) -> Run:
    """Hand over rows that are ready, task by task."""
    watch, (rows, keys) = Watch(), _ready(room, batch)
    return watch.run(len(rows), uvloop.run(grouped(room.folder, rows, keys, tasks, watch)))


def ceiling(tasks: int, batch: int, room: Room) -> Run:
    """Write rows that are ready."""
    watch, (rows, keys) = Watch(), _ready(room, batch)
    return watch.run(len(rows), written(room.folder, rows, keys, tasks, watch))


def _ready(room: Room, batch: int) -> tuple[Sequence[Row], Sequence[Sequence[Value]]]:
    size = max(batch, room.size // batch * batch)  # of whole batches only
    courses = entries.courses(size)
    rows = [
        (1 << 32 | number, subject, entries.entry(LEDGER, number, part))
        for number, (subject, part) in enumerate(courses, 1)
    ]
    entries.sized([raw for _, _, raw in rows])
    keys = [
        (1, once.scope, once.key, once.fingerprint, 1 + number * batch, len(parts))
        for number, (parts, once) in enumerate(asked(size, batch))
    ]
    return rows, keys


def _subjects(tasks: int, batch: int) -> tuple[Subject, ...]:
    def subject(name: str, kind: Kind, run: Callable[[int, int, Room], Run]) -> Subject:
        return Subject(name, kind, partial(run, tasks, batch))

    return (
        subject("house", Kind.HOUSE, house),
        *([subject("raw group commit", Kind.CEILING, grouping)] if batch == 1 else []),
        subject("raw executemany", Kind.CEILING, ceiling),
        subject("eventsourcing", Kind.PEER, pyeventsourcing.append),
        subject("emmett", Kind.PEER, emmett.append),
    )


APPEND = Workload(
    "append",
    (
        Case("1 task", "entries", "FULL", _subjects(1, 1), quick=False),
        Case("16 tasks", "entries", "FULL", _subjects(16, 1), quick=False),
        Case("128 tasks", "entries", "FULL", _subjects(128, 1)),
        Case("1,000 in a commit", "entries", "FULL", _subjects(1, BATCH), quick=False),
    ),
)
