"""Notes under contract, and ledgers to sign."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from events.drivers.motor import Driver
from events.journal.port import Receipt
from events.journal.sqlite import SqliteJournal
from events.notary.mongo import MongoNotes
from events.notary.port import Notes, Signed, Standing
from events.notary.signing import Notary
from events.notary.sqlite import SqliteNotes
from tests.distributed.databases import Databases
from tests.events.world import LEDGER, now, proposed

HOUSE = "house"
ORIGIN = f"{HOUSE}/{LEDGER}"
SEED, NEXT = bytes(range(32)), bytes(range(1, 33))


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[SqliteNotes]:
    """Open the SQLite notes of a folder, close them afterwards."""
    notes = SqliteNotes(folder / "notes.db")
    try:
        yield notes
    finally:
        await notes.close()


@asynccontextmanager
async def mongo(databases: Databases, driver: Driver, folder: Path) -> AsyncIterator[MongoNotes]:
    """Open the MongoDB notes that belong to a folder, close them afterwards."""
    notes = await MongoNotes.open(await databases.open(folder, "notes", driver))
    try:
        yield notes
    finally:
        await notes.close()


async def grow(journal: SqliteJournal, count: int, ledger: str = LEDGER) -> None:
    """Append so many entries to a ledger, each to a stream of its own."""
    head = (await journal.heads(ledger)).get(ledger)
    start = head.sequence if head else 0
    for number in range(start, start + count):
        stream = f"suggestion/{number:06d}"
        receipt = await journal.append(ledger, [proposed(stream)], {stream: 0})
        assert isinstance(receipt, Receipt)


def notary(journal: SqliteJournal, notes: Notes, *seeds: bytes) -> Notary:
    """Give who signs for the house."""
    return Notary(HOUSE, journal, notes, seeds or (SEED,))


def a_checkpoint(size: int, note: str = "note") -> Signed:
    """Give something to keep."""
    root, edge = bytes([size % 256]) * 32, (b"e" * 32 * (size % 256),)
    return Signed(ORIGIN, size, root, f"{note} {size}", 1_700_000_000, ("vkey",), "ab" * 32, "then", edge)


class Room(NamedTuple):
    """A folder with a journal and notes."""

    folder: Path
    journal: SqliteJournal
    notes: SqliteNotes


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """Give a journal and notes."""
    journal = SqliteJournal(tmp_path / "journal.db", now)
    async with sqlite(tmp_path) as notes:
        yield Room(tmp_path, journal, notes)
    await journal.close()


async def standing(room: Room) -> Standing:
    """Give what is kept of the ledger."""
    found = await room.notes.get(ORIGIN)
    assert found
    return found


def edit(room: Room, statement: str) -> None:
    """Change the journal's file behind everybody's back."""
    with apsw.Connection(str(room.folder / "journal.db")) as connection:
        connection.execute(statement)
