"""Whatever is done to the file of the journal beside the house, the audit finds it, and names the entry."""

import asyncio
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deploy import auditing
from deploy.stored import InFolder
from events.catalogue.envelope import Entry, placed
from events.drivers.apsw import Connection, Unreadable, connect
from events.drivers.scrubbing import scrub
from events.journal.rows import SEQUENCES
from events.proof.chain import leaf, walk
from services.chassis.auditing.reports import EVERY, REPORTS, STORE
from tests.deploy.records import CITY, DISTRICT, embedded, filled

FLIPS = 600
SEED = 20250227
Ledger = tuple[str, int, list[bytes]]
"""Its name, its number in the file, its entries."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a record that is whole; to be copied."""
    path = tmp_path_factory.mktemp("whole") / "data"

    async def fill() -> None:
        async with embedded(path) as record:
            await filled(record)

    asyncio.run(fill())
    with closing(connect(path / "journal.db")) as journal:
        scrub(journal)
    return path


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """Give a copy to damage."""
    return Path(shutil.copytree(whole, tmp_path / "data"))


def ledger(journal: Connection, congress: str = CITY) -> Ledger:
    """Read a ledger of the file."""
    name = f"suggestions/{congress}"
    number: int = journal.execute("SELECT number FROM ledger WHERE name = ?", (name,)).get
    rows: list[Any] = journal.execute(
        "SELECT raw FROM entry WHERE place >> 32 = ? ORDER BY place", (number,)
    ).fetchall()
    return name, number, [raw for (raw,) in rows]


def put(journal: Connection, number: int, sequence: int, raw: bytes) -> None:
    """Write an entry into its place."""
    place = number << 32 | sequence
    subject = Entry(raw).subject
    journal.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (place, subject, raw))


def rehashed(name: str, raws: list[bytes], start: int) -> list[bytes]:
    """Write entries from `start` on anew, so that each names the one before again."""
    written = raws[: start - 1]
    for sequence, raw in enumerate(raws[start - 1 :], start):
        cut = raw[raw.index(b'"type":') : -1]
        prevhash = leaf(written[-1]).hex() if written else None
        recorded = Entry(raw).recordedtime
        written.append(placed(
            ledger=name, sequence=sequence, recordedtime=recorded, prevhash=prevhash, decided=cut
        ))  # fmt: skip
    return written


def replaced(journal: Connection, number: int, raws: list[bytes]) -> None:
    """Put other entries in the place of a ledger's."""
    journal.execute("DELETE FROM entry WHERE place >> 32 = ?", (number,))
    for sequence, raw in enumerate(raws, 1):
        put(journal, number, sequence, raw)


def edit(journal: Connection, of: Ledger, at: int) -> int:
    """Change a word of an entry."""
    put(journal, of[1], at, of[2][at - 1].replace(b"staff/clerk", b"staff/klerk"))
    return at


def delete(journal: Connection, of: Ledger, at: int) -> int:
    """Take an entry out and close the gap."""
    replaced(journal, of[1], of[2][: at - 1] + of[2][at:])
    return at


def insert(journal: Connection, of: Ledger, at: int) -> int:
    """Put an entry in, which moves the rest."""
    replaced(journal, of[1], [*of[2][: at - 1], of[2][0], *of[2][at - 1 :]])
    return at if at > 1 else 2


def swap(journal: Connection, of: Ledger, at: int) -> int:
    """Change places with the next entry, or the last with the one before."""
    first = min(at, len(of[2]) - 1)
    put(journal, of[1], first, of[2][first])
    put(journal, of[1], first + 1, of[2][first - 1])
    return first


def cut(journal: Connection, of: Ledger, at: int) -> int:
    """Cut the tail off, from an entry on."""
    journal.execute("DELETE FROM entry WHERE place >> 32 = ? AND place & ? >= ?", (of[1], SEQUENCES, at))
    return at


def rehash(journal: Connection, of: Ledger, at: int) -> int:
    """Change an entry and write all after it anew: the chain holds, the signature does not."""
    raws = list(of[2])
    raws[at - 1] = raws[at - 1].replace(b"staff/clerk", b"staff/klerk")
    fresh = rehashed(of[0], raws, at)
    assert getattr(walk(of[0], fresh), "sequence", 0) == len(fresh)
    replaced(journal, of[1], fresh)
    return at


def move(journal: Connection, of: Ledger, at: int) -> int:
    """Take an entry's bytes from the other congress."""
    put(journal, of[1], at, ledger(journal, DISTRICT)[2][at - 1])
    return at


def backdate(journal: Connection, of: Ledger, at: int) -> int:
    """Let an entry be recorded a year earlier, and write all after it anew."""
    raws = list(of[2])
    raws[at - 1] = raws[at - 1].replace(b'"recordedtime":"2025', b'"recordedtime":"2024')
    replaced(journal, of[1], rehashed(of[0], raws, at))
    return at


def misfile(journal: Connection, of: Ledger, at: int) -> int:
    """Keep an entry under another stream, so that its own is read without it."""
    journal.execute("UPDATE entry SET subject = 'suggestion/x' WHERE place = ?", (of[1] << 32 | at,))
    return at


DEEDS = (edit, delete, insert, swap, cut, rehash, move, backdate, misfile)


async def verified(data: Path) -> auditing.Found:
    """Audit a folder."""
    return await auditing.verify(InFolder(data), 0, lambda _done, _of: None)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("deed", DEEDS, ids=[each.__name__ for each in DEEDS])
async def test_every_deed_is_found(
    data: Path, deed: Callable[[Connection, Ledger, int], int], place: str
) -> None:
    """What was done to a ledger is found at the entry where it was done; the other ledger is whole."""
    with closing(connect(data / "journal.db")) as journal:
        of = ledger(journal)
        at = {"first": 1, "middle": len(of[2]) // 2, "last": len(of[2])}[place]
        expected = deed(journal, of, at)
    found = await verified(data)
    faults = {each["ledger"]: each["fault"] for each in found.verified}
    assert not found.sound
    fault = faults[of[0]]
    assert fault is not None
    assert fault["sequence"] == expected, fault
    assert faults[f"suggestions/{DISTRICT}"] is None


async def test_a_whole_ledger_that_is_gone(data: Path) -> None:
    """A ledger of which something was signed is missed when it is not there at all."""
    with closing(connect(data / "journal.db")) as journal:
        name, number, _ = ledger(journal)
        replaced(journal, number, [])
        journal.execute("DELETE FROM ledger WHERE number = ?", (number,))
    faults = {each["ledger"]: each["fault"] for each in (await verified(data)).verified}
    assert [fault and fault["sequence"] for ledger, fault in faults.items() if ledger == name] == [1]


async def test_notes_changed_along_with_the_entries(data: Path) -> None:
    """Who changes what is kept of the signature too lacks the key: the checkpoint does not hold."""
    with closing(connect(data / "journal.db")) as journal:
        of = ledger(journal)
        cut(journal, of, len(of[2]))
    for file in data.glob("notes.db*"):
        file.unlink()
    async with embedded(data) as record:
        record.seeds = [b"another" * 4 + b"four"]
        await record.sign()
    found = await verified(data)
    assert {each["fault"] and each["fault"]["why"] for each in found.verified} == {
        "the checkpoint over it is signed by no key of this house"
    }


async def test_what_is_wrong_with_the_file_is_kept(data: Path) -> None:
    """An entry of no ledger, and a file that is no database: the last report says so."""
    file, where = data / "journal.db", InFolder(data)
    before = await verified(data)
    with closing(connect(file)) as journal:
        journal.execute("INSERT INTO entry VALUES (?, 'x', x'00')", (999 << 32 | 1,))
    stray = await verified(data)
    assert (before.flaws, stray.flaws) == ([], [f"an entry lies at {999 << 32 | 1}, in no ledger"])
    assert await kept(where) == stray.flaws
    for beside in data.glob("journal.db-*"):
        beside.unlink()
    file.write_bytes(b"no database" * 1_000)
    (flaw,) = (await verified(data)).flaws
    assert flaw.startswith("the journal cannot be read: ")
    assert await kept(where) == [flaw]


async def kept(where: InFolder) -> list[str]:
    """Give what the last report says of the store."""
    async with where.opened() as stores:
        shelf = await stores.shelf("suggestions")
        report = await shelf.get(EVERY, REPORTS, "suggestions", [STORE])
    flaws: list[str] = report[STORE]["flaws"]
    return flaws


def contents(file: Path) -> list[Any] | str:
    """Read all that a journal says of its ledgers, or why it cannot be read."""
    try:
        with closing(connect(file, read_only=True)) as journal:
            return [
                *journal.execute("SELECT number, name FROM ledger ORDER BY number"),
                *journal.execute("SELECT place, subject, raw FROM entry ORDER BY place"),
            ]
    except Unreadable as error:
        return type(error).__name__


async def test_bits_flipped_in_the_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of bits flipped anywhere in the file, each that changes what ledgers say is found."""
    chance, file = random.Random(SEED), data / "journal.db"
    sound, before = file.read_bytes(), contents(file)
    changed = 0
    for _ in range(FLIPS):
        bit = chance.randrange(len(sound) * 8)
        damaged = bytearray(sound)
        damaged[bit // 8] ^= 1 << bit % 8
        for beside in data.glob("journal.db-*"):
            beside.unlink()
        file.write_bytes(damaged)
        if contents(file) != before:
            changed += 1
            assert not (await verified(data)).sound, f"bit {bit}"
    with capsys.disabled():
        print(f"\nbit flips: seed {SEED}, {FLIPS} tried, {changed} changed content, all found")
    assert changed > FLIPS // 5
    file.write_bytes(sound)
    assert (await verified(data)).sound
