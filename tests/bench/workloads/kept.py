"""Journals that several runs read: made of chance once, the same bytes every time."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from deploy.folder import Folder
from deploy.stored import InFolder
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
        write(path, [[*begun, *raws]])
    return path


def ledgers(room: Room, congresses: Sequence[str], size: int, streams: int) -> Path:
    """Give a journal in which each of these congresses has such a ledger."""
    path = room.kept / f"journal-{len(congresses)}x{size}-{streams}.db"
    if not path.exists():
        write(path, (chain(*entries.ledger(size, streams, each)) for each in congresses))
    return path


def write(path: Path, ledgers: Iterable[Iterable[bytes]]) -> None:
    """Write ledgers into a new journal, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with closing(connect(fresh, full=False)) as file:
        migrate(file, MIGRATIONS)
        with file:
            for number, raws in enumerate(ledgers, 1):
                read = [Entry(raw) for raw in raws]
                rows = ((number << 32 | each.sequence, each.subject, each.raw) for each in read)
                file.execute("INSERT INTO ledger VALUES (?, ?)", (number, read[0].ledger))
                file.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    fresh.rename(path)


def housed(path: Path, journal: Path) -> InFolder:
    """Give the folder of a house whose journal this is, for who only reads it."""
    Folder.open(path, "bench").close()
    (path / "journal.db").symlink_to(journal.resolve())
    return InFolder(path)


def reading(path: Path) -> "closing[Connection]":
    """Open a journal to read its rows."""
    return closing(connect(path, read_only=True))


def raws(path: Path) -> Sequence[bytes]:
    """Give all entries."""
    with reading(path) as file:
        return [raw for (raw,) in file.execute(ALL)]
