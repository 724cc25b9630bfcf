"""What only the MongoDB journal can get wrong about ledgers that move: other processes, steps cut short."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from events.drivers import motor
from events.drivers.terms import Document, Filter, Unreachable
from events.journal.mongo import MongoJournal
from events.journal.moving import KeyRow, LedgerClosed, LedgerPresent
from events.journal.port import Head, JournalAway
from events.proof.chain import Link, walk
from tests.distributed.databases import DRIVERS, Databases
from tests.distributed.planting import before, lost
from tests.events.world import LEDGER, mongo, written

pytestmark = pytest.mark.parametrize("driver", DRIVERS)


@pytest.fixture
async def here(databases: Databases, driver: motor.Driver, tmp_path: Path) -> AsyncIterator[MongoJournal]:
    """Give a process's journal."""
    async with mongo(databases, driver, tmp_path) as journal:
        yield journal


@pytest.fixture
async def there(databases: Databases, driver: motor.Driver, tmp_path: Path) -> AsyncIterator[MongoJournal]:
    """Give another process's, on the same database."""
    async with mongo(databases, driver, tmp_path) as journal:
        yield journal


@pytest.fixture
async def source(databases: Databases, driver: motor.Driver, tmp_path: Path) -> AsyncIterator[MongoJournal]:
    """Give the journal of another house, with a ledger in it."""
    async with mongo(databases, driver, tmp_path / "source") as journal:
        for number in range(6):
            await written(journal, f"suggestion/{number}", key=f"key-{number}")
        yield journal


async def carried(journal: MongoJournal) -> tuple[Sequence[bytes], Sequence[KeyRow], Head]:
    """Give what of the ledger goes to another house."""
    entries, head = await journal.fetch(LEDGER, 0, 10_000), (await journal.heads())[LEDGER]
    assert walk(LEDGER, entries) == Link(head.sequence, head.hash)
    return entries, await journal.key_rows(LEDGER), head


@pytest.mark.parametrize("size", [0, 3])
@pytest.mark.parametrize("knows", ["the writer", "the other"])
async def test_what_was_decided_before_a_mark_is_not_written_after_it(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, there: MongoJournal, size: int, knows: str
) -> None:
    """A process that has decided, and only has to write, finds the mark that another has just set."""
    writer = here if knows == "the writer" else there
    for number in range(size):
        await written(writer, f"suggestion/{number}", key=f"{number}")
    head = (await there.heads()).get(LEDGER, Head(0, ""))

    async def marked() -> None:
        await there.mark([LEDGER], "moved")

    before(monkeypatch, "insert_many", "commits", marked)
    with pytest.raises(LedgerClosed) as closed:
        await written(here, "suggestion/late", key="late")
    assert (closed.value.why, closed.value.head) == ("moved", head)
    assert (await there.heads()).get(LEDGER, Head(0, "")) == head
    await there.mark([LEDGER], None)
    assert (await written(here, "suggestion/late", key="late")).first == size + 1


async def test_a_mark_follows_what_was_faster(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, there: MongoJournal
) -> None:
    """A commit between the look at the head and the mark stands, and the mark tells of it."""

    async def faster() -> None:
        await written(there, "suggestion/a")

    before(monkeypatch, "insert_one", "commits", faster)
    await here.mark([LEDGER], "copied")
    with pytest.raises(LedgerClosed) as closed:
        await written(here, "suggestion/b")
    assert closed.value.head == (await there.heads())[LEDGER]
    assert closed.value.head.sequence == 1


async def test_a_key_used_just_before_the_mark_is_known(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, there: MongoJournal
) -> None:
    """Nobody hears «closed» of what stands: written by another process, and then marked."""
    find, waiting = motor.Collection.find, [True]

    async def faster() -> None:
        await written(there, "suggestion/a")

    async def slow(self: motor.Collection, where: Filter, **rest: Any) -> list[Document]:  # noqa: ANN401
        if where.get("scope") == "mark" and waiting:
            waiting.clear()
            await written(there, "suggestion/b", key="k")
            await there.mark([LEDGER], "moved")
        return await find(self, where, **rest)

    before(monkeypatch, "insert_many", "commits", faster)
    monkeypatch.setattr(motor.Collection, "find", slow)
    receipt = await written(here, "suggestion/b", key="k")
    assert (receipt.first, receipt.repeated) == (2, True)


async def cut_short(
    monkeypatch: pytest.MonkeyPatch, journal: MongoJournal, source: MongoJournal, inserts: int
) -> None:
    """Take a ledger over, but lose the server after some inserts of one document each."""
    insert, left = motor.Collection.insert_many, iter(range(inserts))

    async def away(self: motor.Collection, documents: Sequence[Document], *, ordered: bool = True) -> None:
        for each in documents:
            if next(left, None) is None:
                raise Unreachable("planted")
            await insert(self, [each], ordered=ordered)

    with monkeypatch.context() as patch:
        patch.setattr(motor.Collection, "insert_many", away)
        with pytest.raises(JournalAway):
            await journal.adopt(LEDGER, *(await carried(source)))


@pytest.mark.parametrize("inserts", [0, 1, 3])
async def test_what_was_cut_short_is_no_ledger_yet(
    monkeypatch: pytest.MonkeyPatch,
    here: MongoJournal,
    there: MongoJournal,
    source: MongoJournal,
    inserts: int,
) -> None:
    """Nobody sees or adds to it; it is begun again, even by a ledger that has grown."""
    await here.mark([LEDGER], "arriving")
    await cut_short(monkeypatch, here, source, inserts)
    assert (await there.heads(), await there.fetch(LEDGER, 0, 10)) == ({}, [])
    assert await there.outbox.behind() == {}
    with pytest.raises(LedgerClosed) as closed:
        await written(there, "suggestion/mine")
    assert (closed.value.why, closed.value.head) == ("arriving", Head(0, ""))
    await written(source, "suggestion/more", key="more")
    await there.adopt(LEDGER, *(await carried(source)))
    assert await carried(here) == await carried(source)
    assert await here.outbox.waiting() == {LEDGER: 0}
    await here.mark([LEDGER], None)
    assert (await written(here, "suggestion/next")).first == 8
    assert (await written(there, "suggestion/next", 8)).first == 9


async def test_what_is_given_up_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, there: MongoJournal, source: MongoJournal
) -> None:
    """Opened again after an attempt, the ledger begins at its beginning, with keys that are its own."""
    await cut_short(monkeypatch, here, source, 4)
    assert await there.marks() == {LEDGER: "arriving"}
    await there.mark([LEDGER], None)
    for number in range(8):
        assert (await written(here, f"suggestion/{number}", key=f"key-{number}")).first == number + 1
    assert (await carried(there))[2].sequence == 8


async def test_a_lost_answer_at_the_end(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, source: MongoJournal
) -> None:
    """Asked again, it is found to be there, whole."""
    await here.mark([LEDGER], "arriving")
    ledger = await carried(source)
    with monkeypatch.context() as patch:
        lost(patch, "bulk", "ledgers")
        with pytest.raises(JournalAway):
            await here.adopt(LEDGER, *ledger)
    await here.adopt(LEDGER, *ledger)
    assert await carried(here) == ledger


@pytest.mark.parametrize("size", [6, 9])
async def test_of_two_who_take_over_one_does(
    monkeypatch: pytest.MonkeyPatch, here: MongoJournal, there: MongoJournal, source: MongoJournal, size: int
) -> None:
    """Another who came in between has the ledger; of the first one's attempt nothing is left."""
    shorter = await carried(source)
    for number in range(6, size):
        await written(source, f"suggestion/{number}", key=f"key-{number}")
    longer = await carried(source)
    await here.mark([LEDGER], "arriving")

    async def other() -> None:
        await there.adopt(LEDGER, *shorter)

    before(monkeypatch, "insert_many", "commits", other)
    with pytest.raises(LedgerPresent):
        await here.adopt(LEDGER, *longer)
    assert await carried(here) == await carried(there) == shorter
    await there.mark([LEDGER], None)
    for number in range(6, 12):
        assert (await written(there, f"suggestion/{number}", key=f"key-{number}")).first == number + 1
