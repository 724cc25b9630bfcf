"""What only SQLite can get wrong: the library, the file, the disk."""

import random
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from events.drivers import apsw as driver
from events.drivers.scrubbing import scrub as scrub_file
from events.journal.port import JournalBroken
from events.journal.rows import MIGRATIONS
from events.journal.sqlite import SqliteJournal
from events.proof.chain import Fault, walk
from tests.events.world import LEDGER, now, sqlite, written


@pytest.mark.parametrize("version", ["3.40.1", "3.44.5", "3.50.6", "3.51.2"])
def test_unsound_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    """A SQLite with the WAL-reset bug is refused before the file is touched."""
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)
    with pytest.raises(driver.UnsoundLibrary, match=version):
        driver.connect(tmp_path / "journal.db")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("version", ["3.44.6", "3.50.7", "3.51.3", "3.52.0"])
def test_sound_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    """Versions with the repair are accepted, also on the two old branches."""
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)
    driver.connect(tmp_path / "journal.db").close()


def test_newer_schema(tmp_path: Path) -> None:
    """A file of a newer release is refused with both versions; nothing in it is changed."""
    connection = driver.connect(tmp_path / "journal.db")
    driver.migrate(connection, (*MIGRATIONS, "CREATE TABLE later (x)"))
    connection.close()
    with pytest.raises(driver.NewerSchema, match="version 3; this release knows 2"):
        SqliteJournal(tmp_path / "journal.db", now)


def test_migrates_forward(tmp_path: Path) -> None:
    """Start runs the scripts that the file has not seen, and those only; one failing is undone."""
    connection = driver.connect(tmp_path / "any.db")
    driver.migrate(connection, ("CREATE TABLE a (x)",))
    driver.migrate(connection, ("never run", "CREATE TABLE b (x)"))
    with pytest.raises(apsw.SQLError):
        driver.migrate(connection, ("never run", "never run", "CREATE TABLE c (x); broken"))
    names = connection.execute("SELECT name FROM sqlite_schema ORDER BY name").fetchall()
    assert names == [("a",), ("b",)]
    assert connection.pragma("user_version") == 2
    connection.close()


async def test_durable_by_default(tmp_path: Path) -> None:
    """The journal's file is in WAL mode and synced at every commit."""
    connection = driver.connect(tmp_path / "journal.db")
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    connection.close()


def test_nothing_removed_is_left(tmp_path: Path) -> None:
    """Where overwriting leaves copies of rows that had moved to another page, `scrub` does not."""
    seeds = iter(range(200, 400))
    careless = next(seed for seed in seeds if _left(tmp_path / f"{seed}.db", seed))
    assert _left(tmp_path / "scrubbed.db", careless, scrub=True) == set()


async def test_each_alone(tmp_path: Path) -> None:
    """In a group of callables one that fails undoes its own writes and nobody else's."""
    connection = driver.connect(tmp_path / "any.db")
    driver.migrate(connection, ("CREATE TABLE a (x)",))
    writer = driver.Writer(connection, driver.each)

    def fails(connection: driver.Connection) -> None:
        driver.insert(connection, "INSERT INTO a", [(2,)])
        raise KeyError("no")

    before = writer.write(lambda c: driver.insert(c, "INSERT INTO a", [(n,) for n in range(99)]))
    failed, counted = writer.write(fails), writer.write(_count)
    await before
    with pytest.raises(KeyError):
        await failed
    assert await counted == 99
    await writer.close()
    with pytest.raises(driver.Broken, match="closed"):
        await writer.write(_count)


async def test_fault_breaks_the_writer(tmp_path: Path) -> None:
    """When the disk fails, all who wait hear it, and nothing is tried again."""

    def fails(_: driver.Connection) -> None:
        raise apsw.FullError("disk full")

    connection = driver.connect(tmp_path / "any.db")
    driver.migrate(connection, ("CREATE TABLE a (x)",))
    writer = driver.Writer(connection, driver.each)
    written_, failed, later = (writer.write(work) for work in (_add, fails, _count))
    for future in (written_, failed, later):
        with pytest.raises(driver.Broken, match="disk full"):
            await future
    with pytest.raises(driver.Broken, match="disk full"):
        await writer.write(_count)
    await writer.close()
    again = driver.connect(tmp_path / "any.db")
    assert _count(again) == 0
    again.close()


async def test_tampering_shows(tmp_path: Path) -> None:
    """One bit changed in the file is found by the chain; in the last link, by the next start."""
    async with sqlite(tmp_path) as journal:
        for number in range(4):
            await written(journal, f"suggestion/{number}")
    _flip(tmp_path, 2)
    async with sqlite(tmp_path) as journal:
        found = walk(LEDGER, await journal.fetch(LEDGER, 0, 9))
        assert found == Fault(3, "prevhash is not the hash of the entry before", "not-chained")
    _flip(tmp_path, 3)
    with pytest.raises(JournalBroken, match="suggestions/630200"):
        SqliteJournal(tmp_path / "journal.db", now)


def _left(path: Path, seed: int, *, scrub: bool = False) -> set[bytes]:
    """Write keys, take most of them away again, and give what of those is still in the file."""
    chance = random.Random(seed)
    half = chance.randint(15, 65)
    owners = [f"person/p{n}" for n in range(half)] + [
        f"opinion/{chance.randbytes(13).hex()}" for _ in range(half)
    ]
    keys = {owner: chance.randbytes(60) for owner in owners}
    gone = chance.sample(owners, int(half * 1.6))
    with closing(driver.connect(path, full=False, secure_delete=True)) as connection:
        connection.execute(
            "CREATE TABLE key (owner TEXT PRIMARY KEY, key BLOB, gone TEXT) STRICT, WITHOUT ROWID"
        )
        connection.executemany("INSERT INTO key (owner, key) VALUES (?, ?)", keys.items())
        for owner in gone:
            connection.execute(
                "UPDATE key SET key = NULL, gone = ? WHERE owner = ?", ("at some instant", owner)
            )
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        if scrub:
            scrub_file(connection)
    held = path.read_bytes()
    return {keys[owner] for owner in gone if keys[owner][-24:] in held}


def _add(connection: driver.Connection) -> None:
    driver.insert(connection, "INSERT INTO a", [(1,)])


def _count(connection: driver.Connection) -> object:
    return connection.execute("SELECT count(*) FROM a").get


def _flip(folder: Path, sequence: int) -> None:
    connection = driver.connect(folder / "journal.db")
    connection.execute(
        "UPDATE entry SET raw = CAST(replace(CAST(raw AS TEXT), 'deputy', 'deputx') AS BLOB)"
        " WHERE place & 4294967295 = ?",
        (sequence,),
    )
    connection.close()
