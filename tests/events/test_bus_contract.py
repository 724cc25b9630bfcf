"""What every bus promises to whoever folds or reacts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import pytest

from events.bus.embedded import MOST_ENTRIES, EmbeddedBus
from events.bus.port import Batch, Bus, Gap
from events.catalogue.envelope import Entry
from events.journal.port import Head, Journal
from tests.events.world import LEDGER, proposed, sqlite, written

OTHER = "liaison/630200"
BUSES: tuple[Callable[[Journal], Bus], ...] = (EmbeddedBus,)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """Give the journal behind the bus."""
    async with sqlite(tmp_path) as journal:
        yield journal


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest, journal: Journal) -> Bus:
    """Give every adapter in turn."""
    made: Bus = request.param(journal)
    return made


def begin(_: str) -> int:
    """Follow every ledger from its first entry."""
    return 0


async def taken(batches: AsyncIterator[Batch], entries: int) -> list[str]:
    """Give the addresses of the next entries, in the order in which they come."""
    found: list[str] = []
    async with asyncio.timeout(5):
        while len(found) < entries:
            batch = await anext(batches)
            assert {Entry(entry).ledger for entry in batch.entries} == {batch.ledger}
            found += [Entry(entry).id for entry in batch.entries]
    return found


async def test_follow_from_the_beginning(bus: Bus, journal: Journal) -> None:
    """Every entry comes, in order, those that were there and those that come later."""
    await written(journal, "suggestion/a")
    batches = bus.follow(["suggestions"], begin)
    assert await taken(batches, 1) == [f"{LEDGER}/1"]
    later = asyncio.ensure_future(taken(batches, 2))
    await asyncio.sleep(0.01)
    assert not later.done()
    await written(journal, "suggestion/a", 1)
    await written(journal, "suggestion/b")
    assert await later == [f"{LEDGER}/2", f"{LEDGER}/3"]


async def test_follow_from_a_mark(bus: Bus, journal: Journal) -> None:
    """Each ledger goes on after its own mark."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    batches = bus.follow(["suggestions"], {LEDGER: 2}.__getitem__)
    assert await taken(batches, 1) == [f"{LEDGER}/3"]


async def test_new_ledger(bus: Bus, journal: Journal) -> None:
    """A ledger that begins while one follows is found at once; other services stay out."""
    batches = bus.follow(["suggestions"], begin)
    first = asyncio.ensure_future(taken(batches, 1))
    await asyncio.sleep(0)
    await journal.append(OTHER, [proposed("opinion/a")], {})
    await journal.append("suggestions/630202", [proposed("suggestion/a")], {})
    assert await first == ["suggestions/630202/1"]
    assert await bus.heads(["suggestions", "liaison"]) == {"suggestions/630202": 1, OTHER: 1}
    assert await bus.heads(["suggestions"]) == {"suggestions/630202": 1}


async def test_batches_are_bounded_and_fair(bus: Bus, journal: Journal) -> None:
    """A long ledger comes in bounded batches, and a short one is not kept waiting behind it."""
    long = [proposed(f"suggestion/{n}") for n in range(2 * MOST_ENTRIES + 1)]
    await journal.append(LEDGER, long, {})
    await journal.append(OTHER, [proposed("opinion/a")], {})
    batches = bus.follow(["suggestions", "liaison"], begin)
    sizes = [(batch.ledger, len(batch.entries)) for batch in [await anext(batches) for _ in "1234"]]
    assert sizes == [(LEDGER, MOST_ENTRIES), (OTHER, 1), (LEDGER, MOST_ENTRIES), (LEDGER, 1)]


async def test_followers_are_independent(bus: Bus, journal: Journal) -> None:
    """Any number may follow; each gets everything."""
    await written(journal, "suggestion/a")
    for _ in range(2):
        assert await taken(bus.follow(["suggestions"], begin), 1) == [f"{LEDGER}/1"]


async def test_fetch(bus: Bus, journal: Journal) -> None:
    """A range can be fetched at any time."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    assert list(await bus.fetch(LEDGER, 1, 1)) == list(await journal.fetch(LEDGER, 1, 1))


class Holed:
    """A source that hides some entries."""

    def __init__(self, journal: Journal, hidden: set[int]) -> None:
        self._journal, self._hidden = journal, hidden

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        entries = await self._journal.fetch(ledger, after, limit)
        return [entry for entry in entries if Entry(entry).sequence not in self._hidden]

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        return await self._journal.heads(prefix)

    async def changed(self, seen: int) -> int:
        return await self._journal.changed(seen)


@pytest.mark.parametrize(("hidden", "missing"), [({2}, 2), ({1, 2, 3}, 1), ({1}, 1)])
async def test_gap(journal: Journal, hidden: set[int], missing: int) -> None:
    """A reader stops at a hole; it never skips."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    batches = EmbeddedBus(Holed(journal, hidden)).follow(["suggestions"], begin)
    with pytest.raises(Gap, match=f"{LEDGER}/{missing} is missing"):
        await anext(batches)
