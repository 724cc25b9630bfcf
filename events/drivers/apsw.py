"""SQLite through APSW: connections that keep their word, migrations, one writer thread.

An adapter opens its file with `connect`, brings it up to date with `migrate`, reads on a
second connection (`read_only`) on the event loop, and writes through a `Writer`.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import apsw

from events.drivers.grouping import Broken, Grouping, QueueFull, Task

__all__ = [
    "Broken", "Connection", "NewerSchema", "QueueFull", "Unreadable", "UnsoundLibrary", "Value", "Work",
    "Writer", "connect", "each", "insert", "migrate", "values",
]  # fmt: skip

Connection = apsw.Connection
Value = None | int | float | str | bytes
Work = Callable[[apsw.Connection], Any]
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Writing = Callable[[apsw.Connection], Sequence[Answer | Exception]]

SOUND = (3, 51, 3)
SOUND_BRANCHES = {(3, 50): 7, (3, 44): 6}
BUSY_MILLISECONDS = 5_000
MOST_ROWS = 128
Unreadable = (apsw.Error, UnicodeDecodeError)
"""What reading a damaged file raises."""
FATAL = (apsw.IOError, apsw.FullError, apsw.CorruptError, apsw.NoMemError)


class UnsoundLibrary(Exception):  # noqa: N818 - it names what was found
    """The SQLite library can corrupt a WAL that is reset while another connection reads."""


class NewerSchema(Exception):  # noqa: N818 - it names what was found
    """The file was written by a newer release; this one must not touch it."""


def connect(
    path: Path, *, full: bool = True, read_only: bool = False, secure_delete: bool = False
) -> apsw.Connection:
    """Open the database at `path` in WAL mode, created if absent (not when `read_only`).

    `full` syncs at every commit (`synchronous=FULL`: a commit survives a power cut); without
    it NORMAL: consistent, but the last commits may be lost. `secure_delete` overwrites what
    is deleted with zeros (see `scrubbing` for what that leaves). Locks are waited for 5 s.

    Raises:
        UnsoundLibrary: when SQLite has the WAL-reset bug.
        apsw.Error: when the file cannot be opened.

    """
    major, minor, patch = map(int, apsw.sqlite_lib_version().split("."))
    if (major, minor, patch) < SOUND and patch < SOUND_BRANCHES.get((major, minor), patch + 1):
        raise UnsoundLibrary(f"SQLite {apsw.sqlite_lib_version()} has the WAL-reset bug")
    write = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    flags = apsw.SQLITE_OPEN_READONLY if read_only else write
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    if not read_only:
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full" if full else "normal")
        # A statement of many rows keeps a journal of its own: in memory, or it costs a third.
        connection.pragma("temp_store", "memory")
        # A page written again and again goes into the file once every 32 MB, not every 4.
        connection.pragma("wal_autocheckpoint", 8_000)
        connection.pragma("secure_delete", "on" if secure_delete else "off")
    return connection


def migrate(connection: apsw.Connection, scripts: Sequence[str]) -> None:
    """Run the scripts that the file has not seen, each with its version in one commit.

    `scripts[n]` leads from version n to n + 1 (`PRAGMA user_version`); a script that was
    released is never changed again.

    Raises:
        NewerSchema: when the file's version is beyond the last script.

    """
    version = int(connection.pragma("user_version"))
    if version > len(scripts):
        known = f"this release knows {len(scripts)}: start a newer one"
        raise NewerSchema(f"{connection.filename} has schema version {version}; {known}")
    for number in range(version, len(scripts)):
        with connection:
            connection.execute(scripts[number])
            connection.pragma("user_version", number + 1)


def insert(connection: apsw.Connection, into: str, rows: Sequence[Sequence[Value]]) -> None:
    """Insert equally long `rows`; `into` is the statement up to VALUES, `INSERT INTO entry`."""
    values(connection, f"{into} VALUES {{}}", rows)


def values(connection: apsw.Connection, statement: str, rows: Sequence[Sequence[Value]]) -> list[Any]:
    """Run `statement`, whose `VALUES {}` takes all of the equally long `rows`; give what it finds.

    Many rows go in one step: APSW gives up the interpreter lock at each step, and beside a
    busy event loop every return from one may cost the switch interval (5 ms).
    """
    found, start = list[Any](), 0
    while left := len(rows) - start:
        size = min(1 << left.bit_length() - 1, MOST_ROWS)
        row = f"({','.join('?' * len(rows[start]))})"
        bindings = tuple(chain.from_iterable(rows[start : start + size]))
        found += connection.execute(statement.format(",".join([row] * size)), bindings)
        start += size
    return found


def each(connection: apsw.Connection, items: Sequence[Work]) -> Sequence[Any]:
    """Call every item with the connection; what one raises is its answer, its writes undone.

    The group for adapters whose items are callables: `Writer(connection, each)`.
    """
    return [_alone(connection, item) for item in items]


def _alone(connection: apsw.Connection, item: Work) -> object:
    connection.execute("SAVEPOINT item")
    answer: object
    try:
        answer = item(connection)
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised again where the item is awaited
        connection.execute("ROLLBACK TO item")
        answer = error
    connection.execute("RELEASE item")
    return answer


class Writer(Grouping[Item, Answer]):
    """One thread that writes all that is waiting in one transaction: a group commit.

    `group(connection, items)` runs in the thread between BEGIN IMMEDIATE and COMMIT; see `Grouping`
    for its answers. What it raises, or COMMIT, breaks the writer. Where `ahead(items)`, called on the
    loop while the thread is idle, gives something to call with the connection, that takes its place.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        group: Callable[[apsw.Connection, Sequence[Item]], Sequence[Answer | Exception]],
        *,
        ahead: Callable[[Sequence[Item]], Writing[Answer] | None] = lambda _items: None,
        committed: Callable[[], None] = lambda: None,
        limit: int = 10_000,
    ) -> None:
        self._connection = connection

        def plan(items: Sequence[Item]) -> Task[Answer]:
            writing = ahead(items) or (lambda connection: group(connection, items))
            return lambda: self._commit(writing)

        super().__init__(plan, committed, limit)

    async def close(self) -> None:
        """Write what waits, end the thread, close the connection; again is harmless."""
        await super().close()
        self._connection.close()

    def _commit(self, writing: Writing[Answer]) -> Sequence[Answer | Exception]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError as error:  # nothing was tried: the next group may have more luck
            raise QueueFull(str(error)) from error
        answers = writing(self._connection)
        # When this fails, the data may be gone: never sync again, leave it to the next start.
        self._connection.execute("COMMIT")
        return answers
