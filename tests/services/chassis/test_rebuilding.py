"""A view folded again beside the live one: equal, it takes over; different, it does not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from events.catalogue.envelope import Entry
from services.chassis import following
from services.chassis.projecting import Fold
from services.chassis.rebuilding import rebuild, refold
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service, View
from services.chassis.shelf.port import Skip
from services.chassis.shelf.sqlite import SqliteShelf
from tests.services.chassis.following import (
    CONGRESS,
    LEDGER,
    OTHER,
    SEEN,
    TAGGED,
    dumped,
    issued,
    poisonous,
    settled,
)
from tests.world import ports, running, say

pytestmark = pytest.mark.timeout(30)
SERVICE = Service("suggestions", "Numbers", (), (SEEN, TAGGED))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Try again at once; nothing is poisonous before or after."""
    monkeypatch.setattr(following, "PAUSE", 0)
    poisonous.clear()
    yield
    poisonous.clear()


@pytest.fixture
async def standing(tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports of a house where numbers were given in two congresses."""
    async with ports(tmp_path) as opened:
        for number in range(1, 21):
            await say(opened, LEDGER, f"numbering/{number % 3}", issued(number))
        await say(opened, OTHER, "numbering/1", issued(1))
        yield opened


@pytest.fixture
async def at_work(standing: Ports) -> AsyncIterator[Running]:
    """A service that has folded them."""
    async with running(SERVICE, standing) as opened:
        await settled(opened)
        yield opened


def silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


def on_sqlite(standing: Ports) -> SqliteShelf:
    """Give the shelf as what it is."""
    assert isinstance(standing.shelf, SqliteShelf)
    return standing.shelf


@pytest.mark.parametrize("view", [SEEN, TAGGED])
async def test_equal_and_switched(standing: Ports, at_work: Running, view: View) -> None:
    """Beside the live generation, equal to the byte, the new one takes over."""
    live = at_work.desk.folds[view.name]
    before, told = await dumped(on_sqlite(standing), live), list[tuple[int, int]]()
    report = await at_work.rebuild(view.name, lambda done, of: told.append((done, of)))
    fresh = at_work.desk.folds[view.name]
    assert (report.differing, report.switched) == ([], True)
    assert report.documents == await standing.shelf.size(fresh.place) > 0
    assert (live.place.generation, fresh.place.generation) == (1, 2)
    assert (await standing.shelf.live())[view.name, 1] == 2
    assert await dumped(on_sqlite(standing), fresh) == before
    assert live.place not in await standing.shelf.tables()
    assert told[-1] == (21, 21)


async def test_it_goes_on_afterwards(standing: Ports, at_work: Running) -> None:
    """What is written after a rebuild arrives in the new generation, also after a restart."""
    await at_work.rebuild("seen", silent)
    await say(standing, LEDGER, "numbering/new", issued(77))
    await settled(at_work)
    fold = at_work.desk.folds["seen"]
    found = await standing.shelf.get(CONGRESS, fold.place, "suggestions", ["numbering/new"])
    assert found == {"numbering/new": {"seen": [77]}}
    assert at_work.failed() == []
    await at_work.stop()
    async with running(SERVICE, standing) as again:
        assert again.desk.folds["seen"].place.generation == 2
        assert again.desk.folds["seen"].marks[LEDGER] == 21


@pytest.mark.parametrize(
    ("key", "mark", "document"),
    [
        ("all", 20, {"seen": [1, 2]}), ("numbering/1", 19, None), ("planted", 20, {"seen": []}),
        ("all", 21, {"seen": list(range(1, 21))}),
    ],
)  # fmt: skip
async def test_a_difference_is_an_incident(
    standing: Ports, at_work: Running, key: str, mark: int, document: dict[str, object] | None
) -> None:
    """A document changed, removed, planted or wrongly marked is reported, and nothing switches."""
    live = at_work.desk.folds["seen"]
    await standing.shelf.put(CONGRESS, live.place, "suggestions", {key: (mark, document)}, 20)
    report = await at_work.rebuild("seen", silent)
    assert (report.differing, report.switched) == ([f"{LEDGER} {key}"], False)
    assert at_work.desk.folds["seen"] is live
    assert (await standing.shelf.live())["seen", 1] == 1
    assert {each.generation for each in await standing.shelf.tables()} == {1}


async def test_writes_go_on_meanwhile(standing: Ports, at_work: Running) -> None:
    """What is written while it is folded again is in both, and none of it is a difference."""

    async def write() -> None:
        for number in range(100, 160):
            await say(standing, LEDGER, f"numbering/{number % 3}", issued(number))
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    reports = [await at_work.rebuild("seen", silent) for _ in range(3)]
    await writing
    await settled(at_work)
    assert [(each.differing, each.switched) for each in reports] == [([], True)] * 3
    final = await at_work.rebuild("seen", silent)
    assert (final.switched, at_work.desk.folds["seen"].marks[LEDGER]) == (True, 80)


async def test_one_rebuild_at_a_time(standing: Ports, at_work: Running) -> None:
    """Two who ask at once have it rebuilt twice, one after the other, and neither spoils the other's."""
    reports = await asyncio.gather(*(at_work.rebuild("seen", silent) for _ in range(3)))
    assert [(each.differing, each.switched) for each in reports] == [([], True)] * 3
    place = at_work.desk.folds["seen"].place
    assert (place.generation, at_work.failed()) == (4, [])
    assert [each for each in await standing.shelf.tables() if each.view == "seen"] == [place]


async def test_a_live_one_that_is_behind(standing: Ports) -> None:
    """A live generation that has not caught up is no incident: both are compared at equal marks."""
    live = await Fold.open(SEEN, 1, standing.shelf)
    await standing.shelf.switch("seen", 1, 0, 1)
    half = await standing.bus.fetch(LEDGER, 0, 8)
    await live.take(LEDGER, [Entry(each) for each in half])
    report, fold = await rebuild(live, standing.shelf, standing.bus, silent)
    assert (report.differing, report.switched) == ([], True)
    assert fold.marks.all() == {LEDGER: 20, OTHER: 1}


async def test_what_is_stopped_stays_stopped(standing: Ports, at_work: Running) -> None:
    """A poison entry stops the rebuild too, and readers keep what they have."""
    poisonous.add(50)
    await say(standing, LEDGER, "numbering/50", issued(50))
    await settled(at_work)
    live = at_work.desk.folds["seen"]
    with pytest.raises(ExceptionGroup):
        await at_work.rebuild("seen", silent)
    assert (at_work.desk.folds["seen"], (await standing.shelf.live())["seen", 1]) == (live, 1)
    poisonous.clear()
    assert (await at_work.rebuild("seen", silent)).switched


async def test_skipped_before_it_was_tried_again(standing: Ports, at_work: Running) -> None:
    """A decision to pass over an entry holds for both generations, and is no difference."""
    poisonous.add(50)
    for number in (50, 51):
        await say(standing, LEDGER, "numbering/1", issued(number))
    await settled(at_work)
    await standing.shelf.skip("seen", 1, Skip(LEDGER, 21, "staff/clerk", "损坏"))
    report = await at_work.rebuild("seen", silent)
    await settled(at_work)
    assert (report.differing, report.switched) == ([], True)
    assert at_work.followings["seen"].stopped == {}
    assert at_work.desk.folds["seen"].marks[LEDGER] == 22


async def test_what_was_left_over_is_dropped(standing: Ports, at_work: Running) -> None:
    """A generation that a crash left half folded does not end up in the next one."""
    half = await Fold.open(SEEN, 2, standing.shelf)
    await standing.shelf.put(CONGRESS, half.place, "suggestions", {"rest": (1, {"seen": []})}, 5)
    assert (await at_work.rebuild("seen", silent)).switched
    place = at_work.desk.folds["seen"].place
    assert await standing.shelf.get(CONGRESS, place, "suggestions", ["rest"]) == {}


@pytest.mark.parametrize("batch", [1, 7, 500])
async def test_folded_again_in_any_batches(standing: Ports, batch: int) -> None:
    """Many ledgers side by side, in batches of any size."""
    one, other = [await Fold.open(SEEN, number, standing.shelf) for number in (5, 6)]
    await refold(one, standing.bus, silent)
    await refold(other, standing.bus, silent, batch)
    assert await dumped(on_sqlite(standing), one) == await dumped(on_sqlite(standing), other)
    assert other.marks.all() == {LEDGER: 20, OTHER: 1}
