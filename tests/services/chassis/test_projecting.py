"""Fold, then write: in whatever pieces the entries come, and whatever breaks in between."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from events.catalogue.envelope import Entry
from services.chassis import following
from services.chassis.marks import Marks
from services.chassis.projecting import Fold, sources, table
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service, View
from services.chassis.shelf.port import Blocked, Skip
from tests.services.chassis.following import (
    CONGRESS,
    DECLINED,
    LEDGER,
    OTHER,
    SEEN,
    TAGGED,
    Crashing,
    dumped,
    issued,
    poisonous,
    settled,
    told,
)
from tests.world import ports, running, say

pytestmark = pytest.mark.timeout(30)
SERVICE = Service("suggestions", "Numbers", (), (SEEN, TAGGED))
ENTRIES = told(*range(1, 63))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Try again at once; nothing is poisonous before or after."""
    monkeypatch.setattr(following, "PAUSE", 0)
    poisonous.clear()
    yield
    poisonous.clear()


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Crashing]:
    """A shelf that may crash."""
    opened = Crashing(tmp_path / "crashing.db")
    yield opened
    await opened.close()


@pytest.fixture
async def standing(tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports of a house."""
    async with ports(tmp_path) as opened:
        yield opened


def pieces(entries: list[Entry], seed: int) -> Iterator[list[Entry]]:
    """Cut entries into consecutive batches of random sizes."""
    chance, start = random.Random(seed), 0
    while start < len(entries):
        size = chance.randint(1, 12)
        yield entries[start : start + size]
        start += size


@pytest.mark.parametrize("view", [SEEN, TAGGED])
@pytest.mark.parametrize("seed", range(8))
async def test_pieces_make_the_same_whole(shelf: Crashing, view: View, seed: int) -> None:
    """Batches of any size leave the same bytes and marks as one."""
    whole, other = await Fold.open(view, 1, shelf), await Fold.open(view, 2, shelf)
    await whole.take(LEDGER, ENTRIES)
    for batch in pieces(ENTRIES, seed):
        await other.take(LEDGER, batch)
    assert await dumped(shelf, whole) == await dumped(shelf, other)
    assert whole.marks.all() == other.marks.all() == {LEDGER: 62}
    assert (await shelf.marks(other.place))[LEDGER] == 62


@pytest.mark.parametrize("view", [SEEN, TAGGED])
@pytest.mark.parametrize("seed", range(4))
async def test_a_crash_in_between(shelf: Crashing, view: View, seed: int) -> None:
    """Documents written, the mark not: folded again after the restart, nothing counts twice."""
    whole, crashed = await Fold.open(view, 1, shelf), await Fold.open(view, 2, shelf)
    await whole.take(LEDGER, ENTRIES)
    for batch in pieces(ENTRIES, seed):
        shelf.dies = True
        with pytest.raises(ConnectionAbortedError):
            await crashed.take(LEDGER, batch)
        shelf.dies = False
        crashed = await Fold.open(view, 2, shelf)
        assert crashed.marks[LEDGER] == batch[0].sequence - 1
        await crashed.take(LEDGER, batch)
    assert await dumped(shelf, whole) == await dumped(shelf, crashed)


async def test_a_crash_then_other_batches(shelf: Crashing) -> None:
    """Repeated in other batches than before, what was written is passed over, entry by entry."""
    whole, crashed = await Fold.open(SEEN, 1, shelf), await Fold.open(SEEN, 2, shelf)
    await whole.take(LEDGER, ENTRIES)
    shelf.dies = True
    with pytest.raises(ConnectionAbortedError):
        await crashed.take(LEDGER, ENTRIES[:30])
    shelf.dies = False
    crashed = await Fold.open(SEEN, 2, shelf)
    for batch in pieces(ENTRIES, 1):
        await crashed.take(LEDGER, batch)
    assert await dumped(shelf, whole) == await dumped(shelf, crashed)


async def test_what_was_folded_is_dropped(shelf: Crashing) -> None:
    """An entry at or below the ledger's mark is dropped; one write takes a whole batch."""
    fold = await Fold.open(SEEN, 1, shelf)
    await fold.take(LEDGER, ENTRIES[:20])
    before = await dumped(shelf, fold)
    await fold.take(LEDGER, ENTRIES[:20])
    await fold.take(LEDGER, ENTRIES[5:6])
    assert (len(shelf.writes), await dumped(shelf, fold)) == (1, before)
    await fold.take(LEDGER, ENTRIES[10:])
    whole = await Fold.open(SEEN, 2, shelf)
    await whole.take(LEDGER, ENTRIES)
    assert await dumped(shelf, fold) == await dumped(shelf, whole)


async def test_at_or_below_a_documents_mark(shelf: Crashing) -> None:
    """A document ahead of its ledger's mark takes nothing again that is in it."""
    fold = await Fold.open(SEEN, 1, shelf)
    ahead = {"all": (40, {"seen": [99]})}
    await shelf.put(CONGRESS, fold.place, "suggestions", ahead, 0)
    await fold.take(LEDGER, ENTRIES)
    stored = await shelf.get(CONGRESS, fold.place, "suggestions", ["all"])
    assert stored["all"]["seen"] == [99, *(n for n in range(41, 63) if n % 7 != 6)]


async def test_the_mark_is_the_streams_version(shelf: Crashing) -> None:
    """With an ETag every entry of the stream moves the document's mark, folded or not."""
    fold = await Fold.open(TAGGED, 1, shelf)
    await fold.take(LEDGER, ENTRIES)
    versions = {each.subject: each.sequence for each in ENTRIES}
    ids = list(versions)
    found = await shelf.marks_of(CONGRESS, fold.place, "suggestions", ids)
    assert {key: mark for key, (mark, _) in found.items()} == versions
    assert any(each.type == DECLINED.wire for each in ENTRIES if each.sequence in versions.values())


async def test_without_an_etag_only_what_is_folded_counts(shelf: Crashing) -> None:
    """Without, a document's mark is that of the last entry folded into it."""
    fold = await Fold.open(SEEN, 1, shelf)
    await fold.take(LEDGER, told(*range(1, 7)))
    marks = await shelf.marks_of(CONGRESS, fold.place, "suggestions", ["all"])
    assert (marks["all"][0], fold.marks[LEDGER]) == (5, 6)


def test_which_services_a_view_follows() -> None:
    """A view follows the ledgers of whoever publishes what it folds."""
    assert sources(SEEN) == ("suggestions",)
    assert (table(SEEN, 3).view, table(SEEN, 3).generation) == ("seen", 3)


async def test_waiting_for_a_mark() -> None:
    """Who waits for a position hears when it is reached, or that it was not in time."""
    marks = Marks({LEDGER: 4})
    assert await marks.reached(LEDGER, 4, 0)
    assert not await marks.reached(LEDGER, 5, 0.01)
    await marks.move(LEDGER, 5)
    assert await marks.reached(LEDGER, 5, 0)
    assert (marks[OTHER], marks.all()) == (0, {LEDGER: 5})


async def poisoned(standing: Ports, at_work: Running) -> None:
    """Let 3 be poisonous in one ledger, and sound numbers stand in both."""
    poisonous.add(3)
    for number in range(1, 7):
        await say(standing, LEDGER, f"numbering/{number}", issued(number))
        await say(standing, OTHER, f"numbering/{number}", issued(number + 10))
    await settled(at_work)


async def seen(standing: Ports, fold: Fold, ledger: str) -> list[int]:
    """Give the numbers that a view has seen in a ledger."""
    congress = ledger.partition("/")[2]
    found = await standing.shelf.get(congress, fold.place, "suggestions", ["all"])
    return list(found["all"]["seen"])


async def test_poison_stops_one_ledger_of_one_view(standing: Ports) -> None:
    """An entry that cannot be folded stops that ledger in that view, shown as blocked."""
    calm = View("calm", 1, dict, {type(DECLINED): lambda d, _: d})
    service = Service("suggestions", "Numbers", (), (SEEN, calm))
    async with running(service, standing) as at_work:
        await poisoned(standing, at_work)
        fold, following = at_work.desk.folds["seen"], at_work.followings["seen"]
        blocked = {LEDGER: Blocked(3, "ZeroDivisionError")}
        assert following.stopped == await standing.shelf.blocked(fold.place) == blocked
        assert await seen(standing, fold, LEDGER) == [1, 2]
        assert await seen(standing, fold, OTHER) == [11, 12, 13, 14, 15, 16]
        assert at_work.desk.folds["calm"].marks[LEDGER] == 6
        assert at_work.followings["calm"].stopped == {}
        assert at_work.failed() == []


async def test_tried_again(standing: Ports) -> None:
    """After the cause is gone a retry goes on where it stopped, and new entries follow."""
    async with running(SERVICE, standing) as at_work:
        await poisoned(standing, at_work)
        following, fold = at_work.followings["seen"], at_work.desk.folds["seen"]
        assert not await following.retry(LEDGER)
        poisonous.clear()
        assert await following.retry(LEDGER)
        assert following.stopped == await standing.shelf.blocked(fold.place) == {}
        await say(standing, LEDGER, "numbering/7", issued(7))
        await settled(at_work)
        assert await seen(standing, fold, LEDGER) == [1, 2, 3, 4, 5, 6, 7]


async def test_a_passing_fault_stops_nothing(standing: Ports) -> None:
    """A fault that passes is tried again and leaves no trace."""
    poisonous.add(3)
    faults = [1]

    def once(entry: Entry) -> tuple[str, ...]:
        if entry.data["number"] == 3 and faults:
            faults.pop()
            raise TimeoutError
        return ("all",)

    view = View("once", 1, dict, {type(issued(1)): lambda d, _: {"n": d.get("n", 0) + 1}}, keys=once)
    async with running(Service("suggestions", "Numbers", (), (view,)), standing) as at_work:
        await poisoned(standing, at_work)
        assert at_work.followings["once"].stopped == {}
        found = await standing.shelf.get(CONGRESS, table(view, 1), "suggestions", ["all"])
        assert found["all"] == {"n": 6}


async def test_skipped_by_decision(standing: Ports) -> None:
    """An entry passed over by decision is passed over by every rebuild too."""
    async with running(SERVICE, standing) as at_work:
        await poisoned(standing, at_work)
        fold, following = at_work.desk.folds["seen"], at_work.followings["seen"]
        await standing.shelf.skip("seen", 1, Skip(LEDGER, 3, "staff/clerk", "损坏"))
        await fold.honour_skips()
        assert await following.retry(LEDGER)
        assert await seen(standing, fold, LEDGER) == [1, 2, 4, 5, 6]
        report = await at_work.rebuild("seen", lambda *_: None)
        assert (report.differing, report.switched) == ([], True)
        assert await seen(standing, at_work.desk.folds["seen"], LEDGER) == [1, 2, 4, 5, 6]
        assert (await standing.shelf.skips())["seen", 1][0].why == "损坏"


async def test_stopped_and_restarted(standing: Ports) -> None:
    """A restart tries the entry again; nothing was lost meanwhile."""
    async with running(SERVICE, standing) as at_work:
        await poisoned(standing, at_work)
    poisonous.clear()
    async with running(SERVICE, standing) as again:
        await settled(again)
        assert await seen(standing, again.desk.folds["seen"], LEDGER) == [1, 2, 3, 4, 5, 6]
