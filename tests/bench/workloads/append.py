"""Durable appends of one entry each, and of a thousand, beside raw group commits of the same rows.

Each append plans a course, a new stream of one ledger, under a fresh key, synced before it is
answered (WAL, synchronous=FULL). The ceiling has the rows ready: the journal's tables and
indexes, `executemany` per group, and nothing around it. Peers keep the same entries, each as
the one event of a new stream; emmett loses events when one store is asked twice at once
(of fifty it kept one), so it is asked one after the other, whatever the tasks.
"""

from collections.abc import Callable
from functools import partial

import uvloop

from tests.bench import entries
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads.appending import LEDGER, appended, asked, opened, written

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


def ceiling(tasks: int, batch: int, room: Room) -> Run:
    """Write rows that are ready."""
    courses, watch = entries.courses(room.size), Watch()
    rows = [
        (1 << 32 | number, subject, entries.entry(LEDGER, number, part))
        for number, (subject, part) in enumerate(courses, 1)
    ]
    entries.sized([raw for _, _, raw in rows])
    keys = [
        (1, once.scope, once.key, once.fingerprint, 1 + number * batch, len(parts))
        for number, (parts, once) in enumerate(asked(room.size, batch))
    ]
    return watch.run(room.size, written(room.folder, rows, keys, tasks, watch))


def _subjects(tasks: int, batch: int) -> tuple[Subject, ...]:
    def subject(name: str, kind: Kind, run: Callable[[int, int, Room], Run]) -> Subject:
        return Subject(name, kind, partial(run, tasks, batch))

    return (
        subject("house", Kind.HOUSE, house),
        subject("raw group commit" if batch == 1 else "raw executemany", Kind.CEILING, ceiling),
        subject("eventsourcing", Kind.PEER, pyeventsourcing.append),
        subject("emmett", Kind.PEER, emmett.append),
    )


APPEND = Workload(
    "append",
    (
        Case("1 task", "entries", "FULL", _subjects(1, 1), quick=False),
        Case("16 tasks", "entries", "FULL", _subjects(16, 1), quick=False),
        Case("128 tasks", "entries", "FULL", _subjects(128, 1)),
        Case("1,000 in a commit", "entries", "FULL", _subjects(1, BATCH)),
    ),
)
