"""What only the MongoDB journal can get wrong: lost answers, other writers, the relay's hints."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.brokers.ferret import mongo as server
from events.catalogue.envelope import instant
from events.drivers import motor
from events.drivers.terms import Document, Filter, Index, NotReady, Unreachable, WrongIndexes
from events.journal.mongo import MongoJournal
from events.journal.port import Conflict, EntryTooLarge, JournalAway, JournalBroken, Once, Receipt
from events.proof.chain import Fault, Link, walk
from tests.distributed.databases import DRIVERS, Databases
from tests.events.world import LEDGER, mongo, now, proposed, written

Insert = Callable[[Sequence[Document]], Awaitable[None]]
Mishap = Callable[[Insert, Sequence[Document]], Awaitable[None]]
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.parametrize("driver", DRIVERS)


def planted(monkeypatch: pytest.MonkeyPatch, *faults: Mishap) -> None:
    """Let the first inserts of commits go wrong, one fault for each, the later ones go well."""
    insert, left = motor.Collection.insert_many, iter(faults)

    async def insert_many(self: motor.Collection, documents: Sequence[Document]) -> None:
        if fault := next(left, None):
            await fault(partial(insert, self), documents)
        else:
            await insert(self, documents)

    monkeypatch.setattr(motor.Collection, "insert_many", insert_many)


async def lost_after(insert: Insert, documents: Sequence[Document]) -> None:
    """Write, and lose the answer."""
    await insert(documents)
    raise Unreachable("planted")


async def lost_before(_: Insert, __: Sequence[Document]) -> None:
    """Lose the question."""
    raise Unreachable("planted")


async def lost_between(insert: Insert, documents: Sequence[Document]) -> None:
    """Write half of it, and lose the answer."""
    await insert(documents[: len(documents) // 2])
    raise Unreachable("planted")


async def twice(insert: Insert, documents: Sequence[Document]) -> None:
    """Write, lose the answer, and write again, as a driver that retries by itself."""
    await insert(documents)
    await insert(documents)


async def away(_: Insert, __: Sequence[Document]) -> None:
    """Find no server."""
    raise NotReady("planted")


async def whole(journal: MongoJournal, size: int) -> None:
    """See that the ledger holds, has `size` entries, and that the head is its end."""
    head = walk(LEDGER, await journal.fetch(LEDGER, 0, 10_000))
    stands = (await journal.heads())[LEDGER]
    assert head == Link(size, stands.hash)
    assert stands.sequence == size


@pytest.mark.parametrize("fault", [lost_after, lost_before, twice])
async def test_one_commit(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path, fault: Mishap
) -> None:
    """Whether a lost answer was a yes is read back: one commit, its first receipt."""
    async with mongo(databases, driver, tmp_path) as journal:
        await written(journal, "suggestion/a")
        planted(monkeypatch, fault)
        receipt = await written(journal, "suggestion/b", key="k")
        assert (receipt.first, receipt.repeated) == (2, False)
        assert await journal.recall(LEDGER, Once("deputy/1f0c submit", "k", b"same")) == receipt._replace(
            repeated=True
        )
        await whole(journal, 2)


async def test_group_cut_in_half(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """When half a group was written and nobody heard of it, all of it stands once in the end."""
    async with mongo(databases, driver, tmp_path) as journal:
        planted(monkeypatch, lost_between, lost_between, lost_before)
        receipts = await asyncio.gather(
            *(written(journal, f"suggestion/{n}", key=f"k{n}") for n in range(20))
        )
        assert sorted(receipt.first for receipt in receipts) == list(range(1, 21))
        assert not any(receipt.repeated for receipt in receipts)
        await whole(journal, 20)


async def test_write_that_comes_late(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """A write given up for lost that arrives after all is not written again, and is the answer."""
    late: list[Document] = []

    async def on_its_way(_: Insert, documents: Sequence[Document]) -> None:
        late.extend(documents)
        raise Unreachable("planted")

    async def arrives(insert: Insert, documents: Sequence[Document]) -> None:
        await insert(late)
        await insert(documents)

    planted(monkeypatch, on_its_way, arrives)
    seconds = itertools.count()
    clock = lambda: NOON + dt.timedelta(seconds=next(seconds))  # noqa: E731 - a clock
    async with mongo(databases, driver, tmp_path, clock) as journal:
        receipt = await written(journal, "suggestion/a")
        assert receipt.recorded == instant(NOON)
        await whole(journal, 1)


async def test_loser_of_a_lost_group(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """Nobody hears of a conflict with a commit that does not stand."""
    async with mongo(databases, driver, tmp_path) as journal:
        planted(monkeypatch, lost_before, lost_before, lost_before)
        races = (journal.append(LEDGER, [proposed("seat/3")], {"seat/3": 0}) for _ in range(2))
        won, lost = await asyncio.gather(*races)
        assert isinstance(won, Receipt)
        assert lost == Conflict({"seat/3": await journal.read(LEDGER, "seat/3")})
        await whole(journal, 1)


async def test_another_between_two_looks(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """What another writes while a lost append is looked up counts when it is decided again."""
    find, others = motor.Collection.find, iter(["suggestion/a"])
    async with mongo(databases, driver, tmp_path) as here, mongo(databases, driver, tmp_path) as there:
        await written(here, "suggestion/0")

        async def slow(self: motor.Collection, where: Filter, **rest: Any) -> list[Document]:  # noqa: ANN401
            if "$or" in where and (subject := next(others, None)):
                await written(there, subject)
            return await find(self, where, **rest)

        planted(monkeypatch, lost_before)
        with monkeypatch.context() as patch:
            patch.setattr(motor.Collection, "find", slow)
            answer = await here.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 0})
        assert answer == Conflict({"suggestion/a": await there.read(LEDGER, "suggestion/a")})
        await whole(here, 2)


async def test_server_away(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: motor.Driver, tmp_path: Path
) -> None:
    """Without a server an append is no yes and no no; asked again with its key it is done once."""

    async def finds_nothing(*_: object, **__: object) -> list[Document]:
        raise NotReady("planted")

    async with mongo(databases, driver, tmp_path) as journal:
        planted(monkeypatch, away, lost_after)
        with pytest.raises(JournalAway):
            await written(journal, "suggestion/a", key="a")
        assert not (await written(journal, "suggestion/a", key="a")).repeated
        with monkeypatch.context() as patch:
            planted(patch, lost_after)
            patch.setattr(motor.Collection, "find", finds_nothing)
            for ask in (
                written(journal, "suggestion/b", key="b"),
                journal.fetch(LEDGER, 0, 1),
                journal.heads(),
            ):
                with pytest.raises(JournalAway):
                    await ask
        assert journal.broken is None
        assert (await written(journal, "suggestion/c", key="c")).first == 2
        await whole(journal, 2)


async def test_two_processes(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """Two journals on one ledger lose nothing, double nothing, leave no gap; time never goes back."""
    slow = lambda: now() - dt.timedelta(hours=1)  # noqa: E731 - a clock
    async with (
        mongo(databases, driver, tmp_path) as here,
        mongo(databases, "pymongo", tmp_path, slow) as there,
    ):
        same = [
            written(journal, f"suggestion/{n}", key=f"{n}") for n in range(20) for journal in (here, there)
        ]
        own = [
            written(journal, f"suggestion/{at}-{n}")
            for n in range(20)
            for at, journal in (("here", here), ("there", there))
        ]
        receipts = await asyncio.gather(*same, *own)
        assert sorted(r.first for r in receipts if not r.repeated) == list(range(1, 61))
        assert [r.repeated for r in receipts[:40]].count(True) == 20
        await whole(here, 60)
        races = (journal.append(LEDGER, [proposed("seat/3")], {"seat/3": 0}) for journal in (here, there) * 5)
        answers = await asyncio.gather(*races)
        (won,) = [answer for answer in answers if isinstance(answer, Receipt)]
        lost = Conflict({"seat/3": await there.read(LEDGER, "seat/3")})
        assert [answer for answer in answers if answer != won] == [lost] * 9
        await whole(there, 61)


async def test_what_another_wrote_is_seen(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A journal that has not heard of another's commits decides on them all the same."""
    async with mongo(databases, driver, tmp_path) as here, mongo(databases, driver, tmp_path) as there:
        await written(here, "suggestion/a")
        for version in range(12):
            await written(there, "numbering/3-7", version and version + 1)
        known = {"numbering/3-7": 13, "suggestion/a": 1, "suggestion/new": 0}
        receipt = await here.append(LEDGER, [proposed("suggestion/a")], known)
        assert isinstance(receipt, Receipt)
        assert receipt.first == 14
        answer = await there.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 1})
        assert answer == Conflict({"suggestion/a": await here.read(LEDGER, "suggestion/a", 1)})


async def test_killed_under_writers(tmp_path: Path, driver: motor.Driver) -> None:
    """A server killed while many write has kept whatever it acknowledged, once."""
    async with server(tmp_path / "server") as ferret:
        database = await motor.connect(ferret.url, "test", driver=driver, standalone=True)
        journal = await MongoJournal.open(database, now)

        async def writes(task: int) -> list[Receipt]:
            receipts: list[Receipt] = []
            while len(receipts) < 10:
                try:
                    receipts.append(
                        await written(journal, f"s/{task}-{len(receipts)}", key=f"{task}-{len(receipts)}")
                    )
                except JournalAway:
                    continue
            return receipts

        writing = [asyncio.create_task(writes(task)) for task in range(8)]
        for _ in range(2):
            await journal.changed((await journal.changed(0)) + 1)
            await ferret.kill()
            await ferret.start()
        receipts = [receipt for task in await asyncio.gather(*writing) for receipt in task]
        assert sorted(receipt.first for receipt in receipts) == list(range(1, 81))
        await whole(journal, 80)
        await journal.close()


async def test_tampering_shows(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A changed entry is found by the chain; in the last link, by the next start's first append."""
    async with mongo(databases, driver, tmp_path) as journal:
        for n in range(3):
            await written(journal, f"suggestion/{n}")
    database = await databases.open(tmp_path, "journal", driver)
    for first, found in (
        (2, Fault(3, "prevhash is not the hash of the entry before", "not-chained")),
        (3, None),
    ):
        commits = database.collection("commits")
        (entry,) = (await commits.find({"first": first}))[0]["entries"]
        changed = entry.replace(b"deputy", b"deputx")
        await commits.update_one({"first": first}, {"$set": {"entries": [changed]}})
        async with mongo(databases, driver, tmp_path) as journal:
            if found:
                assert walk(LEDGER, await journal.fetch(LEDGER, 0, 9)) == found
            else:
                with pytest.raises(JournalBroken, match=LEDGER):
                    await written(journal, "suggestion/9")
    await database.close()


async def test_wrong_index(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A journal whose places are not unique is not opened."""
    database = await databases.open(tmp_path, "journal", driver)
    await database.collection("commits").indexes([Index("place", (("ledger", 1), ("first", 1)))])
    with pytest.raises(WrongIndexes, match="place"):
        await MongoJournal.open(database, now)
    await database.close()


async def test_commit_too_large(databases: Databases, driver: motor.Driver, tmp_path: Path) -> None:
    """A commit that a document cannot hold is refused before anything is sent."""
    large = proposed("suggestion/a", '{"x":"' + "y" * 60_000 + '"}')
    async with mongo(databases, driver, tmp_path) as journal:
        with pytest.raises(EntryTooLarge, match="12000000"):
            await journal.append(LEDGER, [large] * 200, {})
        assert await journal.heads() == {}
