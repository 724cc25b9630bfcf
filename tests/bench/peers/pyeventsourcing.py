"""eventsourcing (PyPI) on SQLite, as it comes: WAL, synchronous FULL, a recorder per file.

Events carry our entries as their state, so both keep the same bytes. It is synchronous, so
tasks are threads, at most eight: more are slower.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Notification, StoredEvent, Tracking
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore, SQLiteTrackingRecorder
from pydantic_core import from_json, to_json

from events.catalogue.envelope import Entry
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Room, Run
from tests.bench.workloads import kept

THREADS, SHARE = 8, 20
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


class Documents(SQLiteTrackingRecorder):
    """Documents beside the tracking of what they were folded from, one transaction an event."""

    def take(self, notification: Notification) -> None:
        """Merge the data of one event into its document."""
        entry = from_json(notification.state)
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, Tracking("ours", notification.id))
            cursor.execute("SELECT body FROM document WHERE id = ?", (entry["subject"],))
            found = cursor.fetchone()
            body = {**(from_json(found[0]) if found else {}), **entry["data"]}
            cursor.execute("INSERT OR REPLACE INTO document VALUES (?, ?)", (entry["subject"], to_json(body)))


def project(room: Room) -> Run:
    """Fold a share of the ledger: it would take minutes for all of it."""
    size = room.size // SHARE
    store, watch = recorder(room.folder / "events.db"), Watch()
    raws = kept.raws(kept.journal(room, room.size, max(1, room.size // 100)))[-size:]
    store.insert_events([StoredEvent(uuid4(), 1, "suggestion:Told", raw) for raw in raws])
    documents = Documents(SQLiteDatastore(str(room.folder / "documents.db")))
    documents.create_table()
    with documents.datastore.transaction(commit=True) as cursor:
        cursor.execute("CREATE TABLE document (id TEXT PRIMARY KEY, body BLOB)")
    with watch.going():
        start: int | None = 1
        while page := store.select_notifications(start, 500):
            for each in page:
                documents.take(each)
            start = page[-1].id + 1
    assert documents.max_tracking_id("ours") == size
    assert counted(room.folder / "documents.db", "document") == len({Entry(raw).subject for raw in raws})
    return watch.run(size, size)


class Thing(Aggregate):
    """What a stream is of; its events carry our entries."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.count, self.last = 1, entry["data"]

    @event("Told")
    def told(self, entry: Mapping[str, Any]) -> None:
        """Take one more entry."""
        self.count, self.last = self.count + 1, entry["data"]


def application(path: Path) -> Application[Any]:
    """Open an application on a file."""
    return Application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})


def command(tasks: int, room: Room) -> Run:
    """Make things, and tell each one thing more: load, decide, save."""
    path, size, watch = room.folder / "events.db", room.size // 2 * 2, Watch()
    app = application(path)
    planned = enumerate(entries.courses(size), 1)
    told = [from_json(entries.entry(LEDGER, number, part)) for number, (_, part) in planned]

    def pair(two: Sequence[Mapping[str, Any]]) -> None:
        with watch.lap():
            thing = Thing(two[0])
            app.save(thing)
        with watch.lap():
            found: Thing = app.repository.get(thing.id)
            found.told(two[1])
            app.save(found)

    threaded(pair, list(zip(told[::2], told[1::2], strict=True)), min(tasks, THREADS), watch)
    assert counted(path, "stored_events") == size
    return watch.run(size, size)


def rehydrate(length: int, room: Room) -> Run:
    """Load a thing of so many events, again and again."""
    app, watch = application(room.folder / "events.db"), Watch()
    first, *rest = [from_json(raw) for raw in kept.raws(kept.journal(room, length, 1))[-length:]]
    thing = Thing(first)
    for each in rest:
        thing.told(each)
    app.save(thing)
    times = max(1, room.size // length)
    with watch.going():
        for _ in range(times):
            with watch.lap():
                found: Thing = app.repository.get(thing.id)
            assert found.count == length
    return watch.run(times * length)
