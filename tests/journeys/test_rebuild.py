"""Every view of the example, folded in bits and pieces, against its replay in one go."""

import random
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.services import SERVICES
from events.bus.embedded import EmbeddedBus
from events.bus.port import Bus
from events.catalogue.envelope import Entry
from events.journal.sqlite import SqliteJournal
from services.chassis.clock import SystemClock
from services.chassis.projecting import Fold, sources
from services.chassis.rebuilding import Report, compare, refold
from services.chassis.shapes import View
from services.chassis.shelf.port import Shelf
from services.chassis.shelf.sqlite import SqliteShelf

VIEWS: Sequence[View] = [view for service in SERVICES for view in (*service.views, *service.references)]
LIVES, MOST, HUGE = 6, 40, 1_000_000


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example, with the shelf that its house folded while it was loaded."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@asynccontextmanager
async def opened(data: Path) -> AsyncIterator[tuple[SqliteShelf, EmbeddedBus]]:
    """Open shelf and journal as one life of a house does, with nothing at work."""
    journal, shelf = SqliteJournal(data / "journal.db", SystemClock().now), SqliteShelf(data / "shelf.db")
    try:
        yield shelf, EmbeddedBus(journal)
    finally:
        await shelf.close()
        await journal.close()


async def some(fold: Fold, bus: Bus, chance: random.Random, batches: int) -> None:
    """Fold so many batches of random sizes, of whichever ledgers chance names."""
    heads = await bus.heads(sources(fold.view))
    for _ in range(batches):
        ledger = chance.choice(sorted(heads))
        raws = await bus.fetch(ledger, fold.marks[ledger], chance.randint(1, MOST))
        await fold.take(ledger, [Entry(raw) for raw in raws])


async def piecemeal(data: Path, seed: int) -> None:
    """Fold all views into the shelf, with restarts, the last life up to the heads."""
    chance = random.Random(seed)
    for life in range(LIVES):
        async with opened(data) as (shelf, bus):
            for view in VIEWS:
                fold = await Fold.open(view, 1, shelf)
                await some(fold, bus, chance, chance.randint(0, 6))
                if life == LIVES - 1:
                    await refold(fold, bus, lambda *_: None, chance.randint(1, MOST))


async def differing(view: View, shelf: Shelf, bus: Bus, live: int) -> Report:
    """Fold a view again in one go beside a live generation, and compare every ledger of both."""
    one, other, report = await Fold.open(view, live, shelf), await Fold.open(view, live + 1, shelf), Report()
    assert other.marks.all() == {}
    await refold(other, bus, lambda *_: None, HUGE)
    assert dict(one.marks.all()) == dict(other.marks.all()) == dict(await bus.heads(sources(view)))
    for ledger in one.marks.all():
        await compare(one, other, shelf, ledger, report)
    return report


@pytest.mark.parametrize("seed", [1, 630200])
async def test_a_replay_equals_what_was_folded_piecemeal(data: Path, seed: int) -> None:
    """All views rebuilt from zero equal, byte for byte, those folded in random batches over restarts."""
    (data / "shelf.db").unlink()
    await piecemeal(data, seed)
    async with opened(data) as (shelf, bus):
        reports = {view.name: await differing(view, shelf, bus, 1) for view in VIEWS}
    assert len(reports) == len(VIEWS) > 15
    assert {name: each.differing for name, each in reports.items() if each.differing} == {}
    assert sum(each.documents for each in reports.values()) > 500


async def test_a_replay_equals_what_the_house_folded(data: Path) -> None:
    """All views rebuilt from zero equal those that the house folded while the example was entered."""
    async with opened(data) as (shelf, bus):
        for view in VIEWS:
            live = (await shelf.live())[view.name, view.version]
            assert live > 0
            assert (await differing(view, shelf, bus, live)).differing == [], view.name


async def test_one_changed_document_is_found(data: Path) -> None:
    """Whatever is changed, taken away or added by hand on the shelf, a replay names it, alone."""
    async with opened(data) as (shelf, bus):
        view = next(each for each in VIEWS if each.name == "board")
        fold = await Fold.open(view, (await shelf.live())[view.name, view.version], shelf)
        ledger, head = max(fold.marks.all().items(), key=lambda each: each[1])
        service, congress = ledger.split("/")
        (one, mark, _), (two, mark_two, _) = await shelf.dump(congress, fold.place, service, "", 2)
        told = (await shelf.get(congress, fold.place, service, [one]))[one]
        planted = {one: (mark, told | {"planted": True}), two: (mark_two, None), "~": (head, told)}
        await shelf.put(congress, fold.place, service, planted, head)
        report = await differing(view, shelf, bus, fold.place.generation)
    assert report.differing == [f"{ledger} {each}" for each in (one, two, "~")]
