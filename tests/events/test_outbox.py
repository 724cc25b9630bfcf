"""What the relay hears from the MongoDB journal: hints, and the truth where a hint was lost."""

import asyncio
from pathlib import Path

import pytest

from events.drivers import motor
from events.drivers.terms import Unreachable
from events.journal.outbox import MongoOutbox
from events.journal.port import Receipt
from tests.distributed.databases import DRIVERS, Databases
from tests.events.world import LEDGER, mongo, proposed, written

OTHER = "suggestions/630202"
pytestmark = pytest.mark.parametrize("driver", DRIVERS)


async def grown(outbox: MongoOutbox) -> dict[str, int]:
    """Wait for hints; they are not written with the commit, but soon after."""
    async with asyncio.timeout(10):
        while not (found := await outbox.waiting()):
            await asyncio.sleep(0.01)
    return dict(found)


async def test_hint(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A ledger that grew waits until it is relayed to its end; again when it grows again."""
    async with mongo(databases, driver, tmp_path) as journal:
        outbox = journal.outbox
        assert await outbox.waiting() == {}
        for version in (0, 1):
            await written(journal, "suggestion/a", version)
        assert await grown(outbox) == await outbox.behind() == {LEDGER: 0}
        assert await outbox.lease(LEDGER, "one", 60) == 0
        assert await outbox.relayed(LEDGER, "one", 1)
        assert await grown(outbox) == await outbox.behind() == {LEDGER: 1}
        assert await outbox.relayed(LEDGER, "one", 2)
        assert await outbox.waiting() == await outbox.behind() == {}
        assert (await outbox.hinted())[LEDGER] == (await journal.heads())[LEDGER]
        await written(journal, "suggestion/a", 2)
        assert await grown(outbox) == {LEDGER: 2}
        assert (await outbox.hinted())[LEDGER].sequence == 3


async def test_lost_hint(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """A hint that was lost is found by looking, and heads are exact without it."""

    async def lost(*_: object, **__: object) -> None:
        raise Unreachable("planted")

    async with mongo(databases, driver, tmp_path) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(motor.Collection, "bulk", lost)
            await written(journal, "suggestion/a")
            receipt = await journal.append(LEDGER, [proposed("suggestion/b")] * 2, {})
            other = await journal.append(OTHER, [proposed("suggestion/b")], {})
    async with mongo(databases, driver, tmp_path) as journal:
        assert isinstance(receipt, Receipt)
        assert isinstance(other, Receipt)
        assert await journal.outbox.waiting() == {}
        heads = {name: (head.sequence, head.hash) for name, head in (await journal.heads()).items()}
        assert heads == {LEDGER: (3, receipt.hash), OTHER: (1, other.hash)}
        assert await journal.heads(OTHER) == {OTHER: (await journal.heads())[OTHER]}
        assert await journal.outbox.hinted() == {}
        assert await journal.hinted() == await journal.heads(), "who asks first mends what was lost"
        assert await journal.outbox.behind() == {LEDGER: 0, OTHER: 0}
        assert await journal.outbox.waiting() == {LEDGER: 0, OTHER: 0}


async def test_lease(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A ledger has one relay at a time; a mark moves under its lease only, and never back."""
    async with mongo(databases, driver, tmp_path) as journal:
        outbox = journal.outbox
        for ledger in (LEDGER, OTHER):
            await journal.append(ledger, [proposed("suggestion/a")] * 5, {})
        assert await outbox.lease(LEDGER, "one", 60) == 0
        assert await outbox.lease(LEDGER, "two", 60) is None
        assert not await outbox.relayed(LEDGER, "two", 5)
        assert await outbox.relayed(LEDGER, "one", 4)
        assert await outbox.relayed(LEDGER, "one", 3)
        assert await outbox.lease(LEDGER, "one", -1) == 4
        assert await outbox.lease(LEDGER, "two", 60) == 4
        assert not await outbox.relayed(LEDGER, "one", 5)
        assert await outbox.lease(OTHER, "two", 60) == 0
        await outbox.release("two")
        for ledger, mark in ((LEDGER, 4), (OTHER, 0)):
            assert not await outbox.relayed(ledger, "two", 5)
            assert await outbox.lease(ledger, "one", 60) == mark
        assert await outbox.lease("suggestions/630299", "one", 60) is None
