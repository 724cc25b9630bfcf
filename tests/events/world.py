"""Adapters under contract, and small entries for them."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from events.catalogue.envelope import decided
from events.drivers.motor import Driver
from events.journal.mongo import MongoJournal
from events.journal.port import Journal, Once, Proposed, Receipt
from events.journal.sqlite import SqliteJournal
from tests.distributed.databases import DRIVERS, Databases

LEDGER = "suggestions/630200"
Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """Give the machine's time."""
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def sqlite(folder: Path, clock: Clock = now, limit: int = 10_000) -> AsyncIterator[Journal]:
    """Open the SQLite journal of a folder, close it afterwards."""
    journal = SqliteJournal(folder / "journal.db", clock, limit=limit)
    try:
        yield journal
    finally:
        await journal.close()


@asynccontextmanager
async def mongo(
    databases: Databases, driver: Driver, folder: Path, clock: Clock = now, limit: int = 10_000
) -> AsyncIterator[MongoJournal]:
    """Open the MongoDB journal that belongs to a folder, close it afterwards."""
    journal = await MongoJournal.open(await databases.open(folder, "journal", driver), clock, limit=limit)
    try:
        yield journal
    finally:
        await journal.close()


JOURNALS = ("sqlite", *DRIVERS)


def proposed(subject: str, data: str = "{}") -> Proposed:
    """Propose an entry with this subject and data (JSON)."""
    part = decided(
        type="suggestion.submitted.v1",
        subject=subject,
        time=now(),
        congress="630200",
        actor="deputy/1f0c",
        correlationid="c1",
        dataschema="https://mandate.example/suggestion.submitted.v1.json",
        data=data.encode(),
    )
    return Proposed(subject, part)


async def written(journal: Journal, subject: str, after: int = 0, key: str = "") -> Receipt:
    """Append one entry to a stream at version `after`; it must succeed."""
    once = Once("deputy/1f0c submit", key, b"same") if key else None
    receipt = await journal.append(LEDGER, [proposed(subject)], {subject: after}, once)
    assert isinstance(receipt, Receipt)
    return receipt
