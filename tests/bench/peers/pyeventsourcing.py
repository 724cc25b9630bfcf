"""eventsourcing (PyPI) on SQLite, as it comes: WAL, synchronous FULL, a recorder per file.

Events carry our entries as their state, so both keep the same bytes. It is synchronous, so
tasks are threads, at most eight: more are slower.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore, SQLiteTrackingRecorder

from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Room, Run

THREADS = 8
LEDGER = f"training/{entries.CONGRESS}"


def recorder(path: Path) -> SQLiteApplicationRecorder:
    """Open the events of a file."""
    found = SQLiteApplicationRecorder(SQLiteDatastore(str(path)))
    found.create_table()
    return found


def append(tasks: int, batch: int, room: Room) -> Run:
    """Insert events, each the first of a new stream, `batch` to a commit."""
    watch, store = Watch(), recorder(room.folder / "events.db")
    stored = [
        StoredEvent(uuid4(), 1, "course:Planned", entries.entry(LEDGER, number, part))
        for number, (_, part) in enumerate(entries.courses(room.size), 1)
    ]
    groups = [stored[first : first + batch] for first in range(0, room.size, batch)]

    def insert(group: Sequence[StoredEvent]) -> None:
        with watch.lap():
            store.insert_events(group)

    threaded(insert, groups, min(tasks, THREADS), watch)
    assert store.max_notification_id() == room.size
    assert counted(room.folder / "events.db", "stored_events") == room.size
    store.datastore.close()
    return watch.run(room.size, len(groups))


def threaded(work: Callable[[Any], None], items: Sequence[Any], threads: int, watch: Watch) -> None:
    """Do the work on all items with so many threads; raise what one of them raised."""
    failed = list[BaseException]()

    def share(number: int) -> None:
        try:
            for item in items[number::threads]:
                work(item)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    running = [threading.Thread(target=share, args=(number,)) for number in range(threads)]
    with watch.going():
        for each in running:
            each.start()
        for each in running:
            each.join()
    if failed:
        raise failed[0]


def counted(path: Path, table: str) -> int:
    """Count the rows of a table, in the file itself."""
    with sqlite3.connect(path) as file:
        (count,) = file.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our names
    return int(count)


__all__ = ["Tracking", "SQLiteTrackingRecorder", "append", "counted", "recorder", "threaded"]
