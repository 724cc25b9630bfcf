"""What every bus promises to whoever folds or reacts."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from events.bus.port import MOST_ENTRIES, Bus, Gap
from events.catalogue.envelope import Entry
from events.journal.port import Journal
from tests.events.passing import following, passing, taken
from tests.events.world import LEDGER, proposed, sqlite, written

OTHER = "liaison/630200"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """Give the journal behind the bus."""
    async with sqlite(tmp_path) as journal:
        yield journal


@pytest.fixture(params=["embedded", "kafka"])
def bootstrap(request: pytest.FixtureRequest) -> str | None:
    """Give every adapter in turn: where its Kafka is, none for the embedded one."""
    found: str | None = request.getfixturevalue("kafka_bootstrap") if request.param == "kafka" else None
    return found


@pytest.fixture
async def bus(bootstrap: str | None, journal: Journal) -> AsyncIterator[Bus]:
    """Give a bus that brings what the journal takes."""
    async with passing(journal, bootstrap) as bus:
        yield bus


async def test_follow_from_the_beginning(bus: Bus, journal: Journal) -> None:
    """Every entry comes, in order, those that were there and those that come later."""
    await written(journal, "suggestion/a")
    async with following(bus) as batches:
        assert await taken(batches, 1) == [f"{LEDGER}/1"]
        later = asyncio.ensure_future(taken(batches, 2))
        await asyncio.sleep(0.01)
        assert not later.done()
        await written(journal, "suggestion/a", 1)
        await written(journal, "suggestion/b")
        assert await later == [f"{LEDGER}/2", f"{LEDGER}/3"]


async def test_entries_are_as_stored(bus: Bus, journal: Journal) -> None:
    """What comes is the byte string that was stored."""
    await journal.append(LEDGER, [proposed("suggestion/a", '{"text":"人大代表"}')], {})
    async with following(bus) as batches:
        batch = await anext(batches)
    assert list(batch.entries) == list(await journal.fetch(LEDGER, 0, 1))


async def test_follow_from_a_mark(bus: Bus, journal: Journal) -> None:
    """Each ledger goes on after its own mark."""
    for version in range(3):
        await written(journal, "suggestion/a", version)

    async def after(ledger: str) -> int:
        return {LEDGER: 2}[ledger]

    async with aclosing(bus.follow(f"test-{secrets.token_hex(4)}", ["suggestions"], after)) as batches:
        assert await taken(batches, 1) == [f"{LEDGER}/3"]


async def test_new_ledger(bus: Bus, journal: Journal) -> None:
    """A ledger that begins while one follows is found at once; other services stay out."""
    async with following(bus) as batches:
        first = asyncio.ensure_future(taken(batches, 1))
        await asyncio.sleep(0)
        await journal.append(OTHER, [proposed("opinion/a")], {})
        await journal.append("suggestions/630202", [proposed("suggestion/a")], {})
        assert await first == ["suggestions/630202/1"]
    assert await bus.heads(["suggestions", "liaison"]) == {"suggestions/630202": 1, OTHER: 1}
    assert await bus.heads(["suggestions"]) == {"suggestions/630202": 1}


async def test_batches_are_bounded_and_fair(bus: Bus, journal: Journal) -> None:
    """A long ledger comes in bounded batches, and a short one is not kept waiting behind it."""
    long = [proposed(f"suggestion/{n}") for n in range(10 * MOST_ENTRIES + 1)]
    await journal.append(LEDGER, long, {})
    await journal.append(OTHER, [proposed("opinion/a")], {})
    sizes: list[tuple[str, int]] = []
    async with following(bus, "suggestions", "liaison") as batches:
        while sum(size for _, size in sizes) < len(long) + 1:
            batch = await anext(batches)
            sizes.append((batch.ledger, len(batch.entries)))
    assert max(size for _, size in sizes) <= MOST_ENTRIES
    waited = itertools.takewhile(lambda each: each[0] != OTHER, sizes)
    assert sum(size for _, size in waited) < len(long)


async def test_followers_are_independent(bus: Bus, journal: Journal) -> None:
    """Any number may follow; each gets everything."""
    await written(journal, "suggestion/a")
    for _ in range(2):
        async with following(bus) as batches:
            assert await taken(batches, 1) == [f"{LEDGER}/1"]


async def test_fetch(bus: Bus, journal: Journal) -> None:
    """A range can be fetched at any time."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    assert list(await bus.fetch(LEDGER, 1, 1)) == list(await journal.fetch(LEDGER, 1, 1))


class Holed:
    """A journal that hides some entries."""

    def __init__(self, journal: Journal, hidden: set[int]) -> None:
        self._journal, self._hidden = journal, hidden
        self.heads, self.changed = journal.heads, journal.changed

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        entries = await self._journal.fetch(ledger, after, limit)
        return [entry for entry in entries if Entry(entry).sequence not in self._hidden]


@pytest.mark.parametrize(("hidden", "missing"), [({2}, 2), ({1, 2, 3}, 1), ({1}, 1)])
async def test_gap(journal: Journal, bootstrap: str | None, hidden: set[int], missing: int) -> None:
    """Where the owner misses an entry a reader stops; it never skips."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    async with passing(Holed(journal, hidden), bootstrap) as bus, following(bus) as batches:
        with pytest.raises(Gap, match=f"{LEDGER}/{missing} is missing"):
            await anext(batches)


async def test_more_is_at_hand(bus: Bus, journal: Journal) -> None:
    """Whoever is told that more is at hand gets it without anything being written; the last says no more."""
    long = [proposed(f"suggestion/{n}") for n in range(3 * MOST_ENTRIES + 1)]
    await journal.append(LEDGER, long, {})
    found: list[tuple[int, bool]] = []
    async with following(bus) as batches, asyncio.timeout(60):
        while sum(size for size, _ in found) < len(long) or found[-1][1]:
            batch = await anext(batches)
            found.append((len(batch.entries), batch.more))
    assert sum(size for size, _ in found) == len(long)
    assert any(more for _, more in found)
