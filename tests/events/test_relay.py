"""The relay: each ledger in order, at least once, whoever dies."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from events.catalogue.envelope import Entry
from events.journal.port import Journal
from events.relay import Relay
from tests.events.passing import MemoryOutbox, relaying, until
from tests.events.world import LEDGER, proposed, sqlite

OTHER = "liaison/630200"


class Wire:
    """A publisher that keeps what it was given, and refuses when told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refuses = set[str]()
        self.tried: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = self.most = 0

    async def publish(self, ledger: str, entries: Sequence[bytes]) -> None:
        ids = [Entry(each).id for each in entries]
        assert {Entry(each).ledger for each in entries} == {ledger}
        self.tried += ids
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.open.wait()
            if ledger in self.refuses:
                raise ConnectionError
            self.sent += ids
        finally:
            self.at_once -= 1

    def of(self, ledger: str) -> list[int]:
        """Give the sequences sent of a ledger."""
        return [int(each.rpartition("/")[2]) for each in self.sent if each.startswith(f"{ledger}/")]


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """Give the journal to be relayed."""
    async with sqlite(tmp_path) as journal:
        yield journal


async def append(journal: Journal, count: int, ledger: str = LEDGER) -> None:
    """Add entries to a ledger."""
    await journal.append(ledger, [proposed(f"suggestion/{n}") for n in range(count)], {})


def relay(journal: Journal, outbox: MemoryOutbox, wire: Wire, owner: str = "a", **settings: float) -> Relay:
    """Make a relay that looks often."""
    at_once = int(settings.pop("at_once", 8))
    return Relay(journal, outbox, wire, owner, poll=0.01, at_once=at_once, **settings)


async def test_in_order(journal: Journal) -> None:
    """What was there and what comes later is sent in order, once, and the mark follows."""
    outbox, wire = MemoryOutbox(journal), Wire()
    await append(journal, 1201)
    async with relaying(relay(journal, outbox, wire)):
        await until(lambda: len(wire.sent) == 1201)
        await append(journal, 2)
        await until(lambda: outbox.marks == {LEDGER: 1203})
    assert wire.of(LEDGER) == list(range(1, 1204))


async def test_refused(journal: Journal) -> None:
    """What follows a refused entry waits until that one was taken; other ledgers go on."""
    outbox, wire = MemoryOutbox(journal), Wire()
    wire.refuses = {LEDGER}
    await append(journal, 501)
    await append(journal, 1, OTHER)
    async with relaying(relay(journal, outbox, wire)):
        await until(lambda: wire.of(OTHER) == [1] and len(wire.tried) > 501)
        await append(journal, 1)
        assert wire.of(LEDGER) == []
        assert f"{LEDGER}/501" not in wire.tried
        assert outbox.marks == {OTHER: 1}
        wire.refuses = set()
        await until(lambda: outbox.marks == {OTHER: 1, LEDGER: 502})
    assert wire.of(LEDGER) == list(range(1, 503))


async def test_bounded(journal: Journal) -> None:
    """Many ledgers are sent side by side, no more than `at_once`."""
    outbox, wire = MemoryOutbox(journal), Wire()
    ledgers = [f"suggestions/63{n:04}" for n in range(40)]
    for ledger in ledgers:
        await append(journal, 1, ledger)
    wire.open.clear()
    async with relaying(relay(journal, outbox, wire, at_once=5)):
        await until(lambda: wire.at_once == 5)
        wire.open.set()
        await until(lambda: outbox.marks == dict.fromkeys(ledgers, 1))
    assert wire.most == 5


async def test_missed_hints(journal: Journal) -> None:
    """What no hint told of is found at the start, and at the next sweep."""
    outbox, wire = MemoryOutbox(journal, hints=False), Wire()
    await append(journal, 1)
    async with relaying(relay(journal, outbox, wire, sweep=0.3)):
        await until(lambda: wire.of(LEDGER) == [1], seconds=0.25)
        await append(journal, 1)
        await until(lambda: wire.of(LEDGER) == [1, 2])


async def test_dead_relay(journal: Journal) -> None:
    """The ledgers of a relay that died are taken over when its lease ends, not before."""
    outbox, wire = MemoryOutbox(journal), Wire()
    await append(journal, 3)
    await outbox.lease(LEDGER, "dead", 0.5)
    async with relaying(relay(journal, outbox, wire)):
        await asyncio.sleep(0.2)
        assert wire.sent == []
        await until(lambda: outbox.marks == {LEDGER: 3}, seconds=5)


async def test_lost_lease(journal: Journal) -> None:
    """A relay whose lease was taken moves no mark; what it sent is sent again."""
    outbox, wire = MemoryOutbox(journal), Wire()
    await append(journal, 3)
    wire.open.clear()
    async with relaying(relay(journal, outbox, wire, lease=0.05)):
        await until(lambda: wire.at_once == 1)
        await asyncio.sleep(0.1)
        assert await outbox.lease(LEDGER, "b", 60) == 0
        wire.open.set()
        await until(lambda: wire.at_once == 0)
        assert outbox.marks == {}
        await outbox.release("b")
        await until(lambda: outbox.marks == {LEDGER: 3})
    assert wire.of(LEDGER) == [1, 2, 3, 1, 2, 3]


async def test_stop(journal: Journal) -> None:
    """A relay that is stopped lets go of its ledgers at once."""
    outbox, wire = MemoryOutbox(journal), Wire()
    await append(journal, 1)
    async with relaying(relay(journal, outbox, wire, lease=60)):
        await until(lambda: outbox.marks == {LEDGER: 1})
        assert LEDGER in outbox.leases
    assert outbox.leases == {}
    await append(journal, 1)
    async with relaying(relay(journal, outbox, wire, "b")):
        await until(lambda: outbox.marks == {LEDGER: 2})


async def test_two_relays(journal: Journal) -> None:
    """Relays that share the work send every entry, each ledger in order."""
    outbox, wires = MemoryOutbox(journal), (Wire(), Wire())
    ledgers = [f"suggestions/63{n:04}" for n in range(20)]
    first, second = (relay(journal, outbox, wire, name) for wire, name in zip(wires, "ab", strict=True))
    async with relaying(first), relaying(second):
        for _ in range(5):
            for ledger in ledgers:
                await append(journal, 1, ledger)
        await until(lambda: outbox.marks == dict.fromkeys(ledgers, 5))
    for ledger in ledgers:
        assert sorted(wires[0].of(ledger) + wires[1].of(ledger)) == [1, 2, 3, 4, 5]


class Away(MemoryOutbox):
    """An outbox whose store is away at first."""

    asked = 0

    async def behind(self) -> Mapping[str, int]:
        self.asked += 1
        if self.asked < 3:
            raise ConnectionError
        return await super().behind()


async def test_outbox_away(journal: Journal) -> None:
    """A relay outlives its store's absence."""
    outbox, wire = Away(journal, hints=False), Wire()
    await append(journal, 1)
    async with relaying(relay(journal, outbox, wire)):
        await until(lambda: outbox.marks == {LEDGER: 1})


class Holed:
    """A journal that misses an entry of one ledger."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        entries = await self._journal.fetch(ledger, after, limit)
        return [each for each in entries if Entry(each).id != f"{LEDGER}/2"]


async def test_gap(journal: Journal) -> None:
    """Of a ledger with a hole nothing is sent; all others go on."""
    outbox, wire = MemoryOutbox(journal), Wire()
    await append(journal, 3)
    async with relaying(Relay(Holed(journal), outbox, wire, "a", poll=0.01)):
        await append(journal, 1, OTHER)
        await until(lambda: outbox.marks == {OTHER: 1})
        await append(journal, 1, OTHER)
        await until(lambda: outbox.marks == {OTHER: 2})
    assert wire.of(LEDGER) == []
