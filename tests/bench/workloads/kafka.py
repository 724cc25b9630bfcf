"""Journal → Kafka → view on a real broker, beside aiokafka alone with the same payload and batches.

As the distributed house runs it: one process relays what a journal holds, another follows the topic
and folds the board; all of it goes through Kafka, for the owner is out of reach. The ceiling has
two processes as well: one sends the same bytes with the same producer settings, the other reads
them with `getmany` and looks at none of them. Clients, topic and group stand before the clock
begins: a first entry has passed. The broker of `deploy/brokers` is started for each run, or
`KAFKA_BOOTSTRAP` is used.
"""

import asyncio
import multiprocessing
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.brokers import starting
from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.publisher import BATCH_BYTES
from events.bus.kafka.topics import PARTITIONS, REPLICATION, Topics
from events.relay import Relay
from services.chassis.following import Following
from services.chassis.projecting import Fold, sources
from services.chassis.shelf.sqlite import SqliteShelf
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.bench.workloads.appending import opened
from tests.events.line import Owner
from tests.events.passing import MemoryOutbox, a_prefix, consuming, publishing, relaying

FIRST = "suggestions/630222"
"""The ledger of one entry that passes before the clock begins."""
PATIENCE = 600.0


class Signal(Protocol):
    """What one process tells another, once."""

    def set(self) -> None: ...

    def wait(self, timeout: float) -> bool: ...


class Way(NamedTuple):
    """From where to where the other process brings entries, and when."""

    source: Path
    bootstrap: str
    prefix: str
    begin: Signal
    end: Signal


def first() -> bytes:
    """Give the entry that passes before the clock begins."""
    return entries.entry(FIRST, 1, entries.planned(random.Random(7))[1])


@asynccontextmanager
async def _beside(
    room: Room, bring: Callable[[Way], Coroutine[Any, Any, None]], streams: int
) -> AsyncIterator[Way]:
    """Start a broker, and a process that brings a journal to it."""
    async with starting.bootstrap(room.folder / "kafka") as bootstrap:
        spawn = multiprocessing.get_context("spawn")
        way = Way(kept.journal(room, room.size, streams), bootstrap, a_prefix(), spawn.Event(), spawn.Event())
        process = spawn.Process(target=_ran, args=(bring, way))
        process.start()
        try:
            yield way
        finally:
            way.end.set()
            await asyncio.to_thread(process.join, PATIENCE)
        assert process.exitcode == 0, "who brings the entries failed"


def _ran(bring: Callable[[Way], Coroutine[Any, Any, None]], way: Way) -> None:
    uvloop.run(bring(way))


async def relayed(way: Way) -> None:
    """Relay a journal."""
    journal = opened(way.source)
    async with publishing(way.bootstrap, way.prefix) as publisher:
        await publisher.publish(FIRST, [first()])
        assert await asyncio.to_thread(way.begin.wait, PATIENCE)
        async with relaying(Relay(journal, MemoryOutbox(journal), publisher, "relay")):
            assert await asyncio.to_thread(way.end.wait, PATIENCE)
    await journal.close()


async def sent(way: Way) -> None:
    """Send the entries of a journal as they are."""
    raws, topic = kept.raws(way.source), f"{way.prefix}suggestions"
    async with AIOKafkaProducer(
        bootstrap_servers=way.bootstrap, acks="all", enable_idempotence=True, compression_type="zstd",
        linger_ms=10, max_batch_size=BATCH_BYTES,
    ) as producer:  # fmt: skip
        await producer.send_and_wait(topic, first(), entries.CONGRESS.encode())
        assert await asyncio.to_thread(way.begin.wait, PATIENCE)
        await asyncio.gather(*[await producer.send(topic, raw, entries.CONGRESS.encode()) for raw in raws])


async def _passed(room: Room) -> Run:
    streams = max(1, room.size // 100)
    size, watch = room.size + streams * len(entries.BEGUN), Watch()
    async with AsyncExitStack() as stack:
        way = await stack.enter_async_context(_beside(room, relayed, streams))
        nothing, shelf = opened(room.folder / "journal.db"), SqliteShelf(room.folder / "shelf.db")
        stack.push_async_callback(nothing.close)
        stack.push_async_callback(shelf.close)
        owner, fold = Owner(nothing), await Fold.open(BOARD, 1, shelf)
        owner.away = True
        bus = await stack.enter_async_context(consuming(KafkaBus(way.bootstrap, owner, prefix=way.prefix)))
        following = asyncio.create_task(Following(bus, "bench", sources(BOARD), fold).run())
        assert await fold.marks.reached(FIRST, 1, 60)
        with watch.going():
            way.begin.set()
            assert await fold.marks.reached(kept.LEDGER, size, PATIENCE)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        assert await shelf.size(fold.place) == streams
    return watch.run(size)


def house(room: Room) -> Run:
    """Relay, follow, fold."""
    return uvloop.run(_passed(room))


async def _raw(room: Room) -> Run:
    streams = max(1, room.size // 100)
    size, watch, count = room.size + streams * len(entries.BEGUN), Watch(), 0
    async with _beside(room, sent, streams) as way:
        topics = Topics(way.bootstrap, way.prefix, "bench", partitions=PARTITIONS, replication=REPLICATION)
        await topics.ensure(["suggestions"])
        async with AIOKafkaConsumer(
            topics.name("suggestions"), bootstrap_servers=way.bootstrap, auto_offset_reset="earliest"
        ) as consumer:
            await consumer.getone()
            with watch.going():
                way.begin.set()
                while count < size:
                    count += sum(len(each) for each in (await consumer.getmany(timeout_ms=1_000)).values())
        assert count == size
    return watch.run(count)


def ceiling(room: Room) -> Run:
    """Produce and getmany."""
    return uvloop.run(_raw(room))


KAFKA = Workload(
    "kafka",
    (
        Case(
            "journal → Kafka → board", "entries", "NORMAL",
            (Subject("house", Kind.HOUSE, house), Subject("raw aiokafka", Kind.CEILING, ceiling)),
            size=50_000, full_size=500_000,
        ),
    ),
)  # fmt: skip
