"""Journals that several runs read: made of chance once, the same bytes every time."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from events.catalogue.envelope import Entry
from events.drivers.apsw import Connection, connect, migrate
from events.journal.rows import MIGRATIONS
from tests.bench import entries
from tests.bench.values import Room

LEDGER = f"suggestions/{entries.CONGRESS}"
SUBJECT = "SELECT raw FROM entry WHERE subject = ? ORDER BY place"
ALL = "SELECT raw FROM entry ORDER BY place"


def journal(room: Room, size: int, streams: int) -> Path:
    """Give a journal in which `size` entries follow the beginnings of so many suggestions."""
    path = room.kept / f"journal-{size}-{streams}.db"
    if not path.exists():
        begun, raws = entries.ledger(size, streams)
        entries.sized(raws)
        write(path, [*begun, *raws])
    return path


def write(path: Path, raws: Iterable[bytes]) -> None:
    """Write a ledger into a new journal, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with closing(connect(fresh, full=False)) as file:
        migrate(file, MIGRATIONS)
        rows = ((1 << 32 | each.sequence, each.subject, each.raw) for each in map(Entry, raws))
        with file:
            file.execute("INSERT INTO ledger VALUES (1, ?)", (LEDGER,))
            file.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    fresh.rename(path)


def reading(path: Path) -> "closing[Connection]":
    """Open a journal to read its rows."""
    return closing(connect(path, read_only=True))


def raws(path: Path) -> Sequence[bytes]:
    """Give all entries."""
    with reading(path) as file:
        return [raw for (raw,) in file.execute(ALL)]
