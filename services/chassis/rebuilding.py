"""Fold a view again beside the live one, compare them at equal marks, let the new one take over."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from events.bus.port import Bus
from services.chassis.projecting import BATCH, Fold, sources
from services.chassis.shelf.port import Shelf
from services.chassis.taking import sifted

AT_ONCE = 4
PAGE = 500
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What a rebuild found: documents compared, those that differ, whether it took over."""

    documents: int = 0
    differing: list[str] = field(default_factory=list)
    switched: bool = False


async def refold(fold: Fold, bus: Bus, progress: Progress, batch: int = BATCH) -> None:
    """Fold every ledger of a view from its mark to the present head, some side by side."""
    heads = await bus.heads(sources(fold.view))
    done, gate = {ledger: fold.marks[ledger] for ledger in heads}, asyncio.Semaphore(AT_ONCE)

    async def one(ledger: str, head: int) -> None:
        async with gate:
            while done[ledger] < head:
                raws = await bus.fetch(ledger, done[ledger], batch)
                done[ledger] += len(raws)
                take = fold.gather if done[ledger] < head else fold.take
                await take(ledger, sifted(raws, fold.wires))
                progress(sum(done.values()), sum(heads.values()))

    async with asyncio.TaskGroup() as group:
        for ledger, head in heads.items():
            group.create_task(one(ledger, head))


async def rebuild(live: Fold, shelf: Shelf, bus: Bus, progress: Progress) -> tuple[Report, Fold]:
    """Give the report and the fold that readers should see from now on.

    Where a document differs, the live one stays: a view that differs from its replay is an
    incident to be looked at, and the new generation is dropped.
    """
    generation = live.place.generation + 1
    await shelf.drop((await Fold.open(live.view, generation, shelf)).place)
    fresh, report = await Fold.open(live.view, generation, shelf), Report()
    try:
        await refold(fresh, bus, progress)
        await _take_over(live, fresh, shelf, bus, report)
    finally:
        if not report.switched:
            await shelf.drop(fresh.place)
    return report, fresh if report.switched else live


async def _take_over(live: Fold, fresh: Fold, shelf: Shelf, bus: Bus, report: Report) -> None:
    """Compare both at equal marks while they stand still, and switch if nothing differs."""
    async with live.still, fresh.still:
        await live.write()
        await live.honour_skips()
        await _level(fresh, live, bus)
        await _level(live, fresh, bus)
        for ledger in sorted(live.marks.all()):
            await compare(live, fresh, shelf, ledger, report)
        version = live.view.version
        report.switched = not report.differing and await shelf.switch(
            live.view.name, version, live.place.generation, fresh.place.generation
        )
        if report.switched:  # whoever waits for a mark goes on waiting, now for the new fold
            live.marks, fresh.marks = fresh.marks, live.marks


async def _level(behind: Fold, ahead: Fold, bus: Bus) -> None:
    """Bring a fold to the very marks of another, which stands still meanwhile."""
    for ledger, mark in ahead.marks.all().items():
        while behind.marks[ledger] < mark:
            limit = min(BATCH, mark - behind.marks[ledger])
            raws = await bus.fetch(ledger, behind.marks[ledger], limit)
            await behind.fold(ledger, sifted(raws, behind.wires))


async def compare(one: Fold, other: Fold, shelf: Shelf, ledger: str, report: Report) -> None:
    """Compare the documents of one ledger byte by byte, marks and tombstones too."""
    mine, theirs = _all(one, shelf, ledger), _all(other, shelf, ledger)
    left, right = await anext(mine, None), await anext(theirs, None)
    while left is not None or right is not None:
        report.documents += 1
        if left == right:
            left, right = await anext(mine, None), await anext(theirs, None)
            continue
        first = min(each[0] for each in (left, right) if each is not None)
        report.differing.append(f"{ledger} {first}")
        if left is not None and left[0] == first:
            left = await anext(mine, None)
        if right is not None and right[0] == first:
            right = await anext(theirs, None)


async def _all(fold: Fold, shelf: Shelf, ledger: str) -> AsyncIterator[tuple[str, int, bytes]]:
    service, congress = ledger.split("/")
    after = ""
    while page := await _page(fold, shelf, congress, service, after):
        for each in page:
            yield each
        after = page[-1][0]


async def _page(
    fold: Fold, shelf: Shelf, congress: str, service: str, after: str
) -> Sequence[tuple[str, int, bytes]]:
    return await shelf.dump(congress, fold.place, service, after, PAGE)
