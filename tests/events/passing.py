"""Entries on their way: a journal's outbox in memory, a relay at work, a bus of either kind."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager

from events.bus.embedded import EmbeddedBus, Tailed
from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.port import Batch, Bus, Position, Source
from events.catalogue.envelope import Entry
from events.relay import Relay


class MemoryOutbox:
    """The outbox of a journal, for relays of one process; `hints` off: every hint is missed."""

    def __init__(self, journal: Source, *, hints: bool = True) -> None:
        self.marks: dict[str, int] = {}
        self.leases: dict[str, tuple[str, float]] = {}
        self.hints, self._journal = hints, journal

    async def waiting(self) -> Mapping[str, int]:
        return await self.behind() if self.hints else {}

    async def behind(self) -> Mapping[str, int]:
        heads: Mapping[str, Position] = await self._journal.heads()
        marks = {ledger: self.marks.get(ledger, 0) for ledger in heads}
        return {ledger: mark for ledger, mark in marks.items() if mark < heads[ledger].sequence}

    async def lease(self, ledger: str, owner: str, seconds: float) -> int | None:
        holder, until = self.leases.get(ledger, (owner, 0.0))
        if holder != owner and until > time.monotonic():
            return None
        self.leases[ledger] = owner, time.monotonic() + seconds
        return self.marks.get(ledger, 0)

    async def relayed(self, ledger: str, owner: str, mark: int) -> bool:
        if self.leases.get(ledger, ("", 0.0))[0] != owner:
            return False
        self.marks[ledger] = max(mark, self.marks.get(ledger, 0))
        return True

    async def release(self, owner: str) -> None:
        self.leases = {ledger: lease for ledger, lease in self.leases.items() if lease[0] != owner}


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """Let a relay work, and stop it in peace."""
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def publishing(bootstrap: str, prefix: str) -> AsyncIterator[KafkaPublisher]:
    """Publish to topics of a prefix."""
    publisher = KafkaPublisher(bootstrap, prefix=prefix, linger=0.005, patience=1.0)
    await publisher.start()
    try:
        yield publisher
    finally:
        await publisher.close()


def a_prefix() -> str:
    """Name topics that are this test's own."""
    return f"test-{secrets.token_hex(4)}."


@asynccontextmanager
async def passing(journal: Tailed, bootstrap: str | None) -> AsyncIterator[Bus]:
    """Give the bus of a journal: its own, or with bootstrap servers a Kafka that a relay fills."""
    if bootstrap is None:
        yield EmbeddedBus(journal)
        return
    prefix = a_prefix()
    async with publishing(bootstrap, prefix) as publisher:
        relay = Relay(journal, MemoryOutbox(journal), publisher, "relay", poll=0.02)
        async with relaying(relay), consuming(KafkaBus(bootstrap, journal, prefix=prefix)) as bus:
            yield bus


@asynccontextmanager
async def consuming(bus: KafkaBus) -> AsyncIterator[KafkaBus]:
    """Start a bus and close it."""
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


async def begin(_: str) -> int:
    """Follow every ledger from its first entry."""
    return 0


def following(bus: Bus, *services: str, group: str = "") -> "aclosing[AsyncGenerator[Batch, None]]":
    """Follow these services from the beginning; without a name the group is a new one."""
    return aclosing(bus.follow(group or f"test-{secrets.token_hex(4)}", services or ("suggestions",), begin))


class Taker:
    """Marks as a shelf keeps them, for all members of a group; takes each entry once and in order."""

    def __init__(self) -> None:
        self.marks: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.by: dict[str, int] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.under_way = set[str]()

    async def after(self, ledger: str) -> int:
        self.asked[ledger] += 1
        return self.marks[ledger]

    async def follow(self, bus: Bus, member: str, *services: str, group: str) -> None:
        """Follow as one member, for ever."""
        async with aclosing(bus.follow(group, services or ("suggestions",), self.after)) as batches:
            async for batch in batches:
                assert batch.ledger not in self.under_way, "a ledger has one follower at a time"
                self.under_way.add(batch.ledger)
                try:
                    await asyncio.sleep(0.001)
                    await self.gate.wait()
                    self._take(batch, member)
                finally:
                    self.under_way.remove(batch.ledger)

    def _take(self, batch: Batch, member: str) -> None:
        for entry in map(Entry, batch.entries):
            assert entry.sequence <= self.marks[batch.ledger] + 1
            if entry.sequence > self.marks[batch.ledger]:
                self.marks[batch.ledger] = entry.sequence
                self.by[member] = self.by.get(member, 0) + 1


async def until(condition: Callable[[], bool], *tasks: "asyncio.Task[None]", seconds: float = 30) -> None:
    """Wait until something holds, while these tasks, which should never end, go on."""
    async with asyncio.timeout(seconds):
        while not condition():
            for task in tasks:
                assert not task.done(), task.exception()
            await asyncio.sleep(0.02)


async def taken(batches: AsyncGenerator[Batch, None], entries: int, seconds: float = 30) -> list[str]:
    """Give the addresses of the next entries, in the order in which they come."""
    found: list[str] = []
    async with asyncio.timeout(seconds):
        while len(found) < entries:
            batch = await anext(batches)
            assert {Entry(entry).ledger for entry in batch.entries} == {batch.ledger}
            found += [Entry(entry).id for entry in batch.entries]
    return found
