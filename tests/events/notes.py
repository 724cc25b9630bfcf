"""Notes under contract, and ledgers to sign."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from events.drivers.motor import Driver
from events.journal.port import Receipt
from events.journal.sqlite import SqliteJournal
from events.notary.mongo import MongoNotes
from events.notary.port import Notes, Signed
from events.notary.signing import Notary
from events.notary.sqlite import SqliteNotes
from tests.distributed.databases import Databases
from tests.events.world import LEDGER, proposed

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
