"""A ledger that catches up waits in memory: written when no more is at hand, and never taken for less."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from pathlib import Path

import pytest

from events.bus.embedded import EmbeddedBus
from events.bus.port import Batch
from services.chassis import following, projecting
from services.chassis.projecting import Fold
from services.chassis.rebuilding import rebuild
from services.chassis.running import Ports
from services.chassis.shapes import Service
from services.chassis.shelf.port import Blocked
from services.chassis.taking import sifted
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

pytestmark = pytest.mark.timeout(60)
ENTRIES = told(*range(1, 63))
POISON = 1_300


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
    """Ports of a house in which one ledger is several batches long."""
    async with ports(tmp_path) as opened:
        await say(opened, LEDGER, "numbering/1", *(issued(number) for number in range(1, 1_601)))
        await say(opened, OTHER, "numbering/1", issued(1))
        yield opened


async def whole(shelf: Crashing) -> object:
    """Give what one batch makes of all entries."""
    fold = await Fold.open(SEEN, 9, shelf)
    await fold.take(LEDGER, ENTRIES)
    return await dumped(shelf, fold)


async def test_written_once_when_no_more_is_at_hand(shelf: Crashing) -> None:
    """Neither documents nor mark are written before; a batch that brings nothing new writes too."""
    expected, fold = await whole(shelf), await Fold.open(SEEN, 1, shelf)
    shelf.writes.clear()
    for start in range(0, 62, 10):
        await fold.gather(LEDGER, ENTRIES[start : start + 10])
        assert (fold.upto(LEDGER), fold.marks[LEDGER], shelf.writes) == (min(start + 10, 62), 0, [])
    await fold.take(LEDGER, ENTRIES[50:60])
    assert (fold.marks[LEDGER], len(shelf.writes)) == (62, 1)
    assert await dumped(shelf, fold) == expected


async def test_a_crash_before_it_was_written(shelf: Crashing) -> None:
    """What waited is folded again, by whoever comes after or by the same: nothing counts twice."""
    expected, fold = await whole(shelf), await Fold.open(SEEN, 1, shelf)
    await fold.take(LEDGER, ENTRIES[:7])
    await fold.gather(LEDGER, ENTRIES[7:30])
    shelf.dies = True
    with pytest.raises(ConnectionAbortedError):
        await fold.take(LEDGER, ENTRIES[30:40])
    shelf.dies = False
    assert fold.upto(LEDGER) == fold.marks[LEDGER] == 7
    for each in (fold, await Fold.open(SEEN, 1, shelf)):
        await each.take(LEDGER, ENTRIES[each.marks[LEDGER] :])
    assert await dumped(shelf, fold) == expected


@pytest.mark.parametrize(("bound", "most"), [("MOST_ENTRIES", 20), ("MOST_DOCUMENTS", 5)])
async def test_a_bound_is_reached(
    shelf: Crashing, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    """With too many entries or documents it is written though more is at hand, and goes on from there."""
    monkeypatch.setattr(projecting, bound, most)
    expected, fold = await whole(shelf), await Fold.open(SEEN, 1, shelf)
    for start in range(0, 62, 10):
        await fold.gather(LEDGER, ENTRIES[start : start + 10])
        assert fold.upto(LEDGER) - fold.marks[LEDGER] <= most
    assert fold.marks[LEDGER] > 0
    await fold.take(LEDGER, ())
    assert await dumped(shelf, fold) == expected


async def test_documents_in_pieces_before_the_mark(shelf: Crashing) -> None:
    """Many documents are written some at a time; a crash among them repeats work and changes nothing."""
    entries = told(*range(1, 1_301), streams=1_300)
    once, fold = await Fold.open(TAGGED, 1, shelf), await Fold.open(TAGGED, 2, shelf)
    await once.take(LEDGER, entries)
    assert [len(each) <= projecting.BATCH for each in shelf.writes] == [True, True, True]
    shelf.dies = True
    with pytest.raises(ConnectionAbortedError):
        await fold.take(LEDGER, entries)
    shelf.dies = False
    fold = await Fold.open(TAGGED, 2, shelf)
    assert fold.marks[LEDGER] == 0
    await fold.take(LEDGER, entries)
    assert await shelf.size(fold.place) == await shelf.size(once.place) > 2 * projecting.BATCH
    assert await dumped(shelf, fold) == await dumped(shelf, once)


async def test_somebody_else_went_on(shelf: Crashing) -> None:
    """Whose ledger was elsewhere meanwhile forgets what waited here, and never moves the mark back."""
    expected, here, there = await whole(shelf), *[await Fold.open(SEEN, 1, shelf) for _ in range(2)]
    await here.gather(LEDGER, ENTRIES[:20])
    await there.take(LEDGER, ENTRIES[:40])
    await here.marks.move(LEDGER, 40)
    await here.take(LEDGER, ENTRIES[40:])
    assert (here.marks[LEDGER], await dumped(shelf, here)) == (62, expected)


async def test_poison_in_an_open_ledger(standing: Ports) -> None:
    """All before it is written, it alone is refused, and the ledger stops exactly there."""
    poisonous.add(POISON)
    async with running(Service("suggestions", "Numbers", (), (SEEN,)), standing) as at_work:
        await settled(at_work)
        fold, follows = at_work.desk.folds["seen"], at_work.followings["seen"]
        assert follows.stopped == {LEDGER: Blocked(POISON, "ZeroDivisionError")}
        found = await standing.shelf.get(CONGRESS, fold.place, "suggestions", ["all"])
        assert found["all"]["seen"] == list(range(1, POISON))
        assert fold.marks.all() == {LEDGER: POISON - 1, OTHER: 1}
        poisonous.clear()
        assert await follows.retry(LEDGER)
        assert fold.marks[LEDGER] == 1_600


async def test_what_stands_before_a_gap_is_written(standing: Ports) -> None:
    """Where an entry is missing following ends, and what came before it is on the shelf."""

    class Holed(EmbeddedBus):
        """A bus on a journal that lost its last six hundred entries, but not their number."""

        async def heads(self, services: Collection[str]) -> Mapping[str, int]:
            return {LEDGER: 2_200} if services else {}

    fold = await Fold.open(SEEN, 1, standing.shelf)
    follows = following.Following(Holed(standing.journal), "test", ("suggestions",), fold)
    with pytest.raises(ExceptionGroup):
        await follows.run()
    assert (fold.marks[LEDGER], (await standing.shelf.marks(fold.place))[LEDGER]) == (1_600, 1_600)


async def test_a_ledger_that_ends_too_soon_stops_alone(standing: Ports) -> None:
    """A batch that leaps over entries which nobody has any more is no endless search for them."""
    fold = await Fold.open(SEEN, 1, standing.shelf)
    follows = following.Following(standing.bus, "test", ("suggestions",), fold)
    batch = Batch(LEDGER, [told(*range(1_700))[-1].raw])
    async with asyncio.timeout(10):
        await follows._guarded(batch)  # noqa: SLF001 - what a bus gives
    assert fold.marks[LEDGER] == 1_600


async def test_a_rebuild_while_a_ledger_is_open(standing: Ports) -> None:
    """What waits is written before both are compared, and following goes on as if nothing had been."""
    live = await Fold.open(SEEN, 1, standing.shelf)
    await standing.shelf.switch("seen", 1, 0, 1)
    raws = await standing.bus.fetch(LEDGER, 0, 1_600)
    await live.gather(LEDGER, sifted(raws[:700], live.wires))
    report, fresh = await rebuild(live, standing.shelf, standing.bus, lambda *_: None)
    assert (report.differing, report.switched) == ([], True)
    assert fresh.marks.all() == {LEDGER: 1_600, OTHER: 1}


async def test_others_have_their_turn(shelf: Crashing) -> None:
    """Folding gives way to others after every batch, also where nothing is waited for."""
    fold, turns, done = await Fold.open(SEEN, 1, shelf), 0, asyncio.Event()

    async def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await fold.gather(LEDGER, ENTRIES[:1])
    before = turns
    for start in range(1, 62):
        await fold.gather(LEDGER, ENTRIES[start : start + 1])
    done.set()
    await counting
    assert turns - before >= 60


def test_what_is_not_folded_is_passed_over() -> None:
    """Of a batch only what is wanted is read, and the last entry, whatever it is; without wires all."""
    raws = [each.raw for each in ENTRIES]
    found = sifted(raws, frozenset({DECLINED.wire.encode()}))
    assert [each.sequence for each in found] == [each for each in range(1, 63) if each % 7 == 6]
    assert [each.sequence for each in sifted(raws[:10], frozenset({DECLINED.wire.encode()}))] == [6, 10]
    assert [each.raw for each in sifted(raws, None)] == raws
    assert not sifted((), frozenset())
