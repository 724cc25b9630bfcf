"""Adapters under contract, and small entries for them."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from events.catalogue.envelope import decided
from events.journal.port import Journal, Once, Proposed, Receipt
from events.journal.sqlite import SqliteJournal

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


# Each opens the journal that lives in a folder: the same folder is the same journal.
JOURNALS = (sqlite,)


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
