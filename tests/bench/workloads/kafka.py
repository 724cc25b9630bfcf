"""Journal → Kafka → view on a real broker, beside aiokafka alone with the same payload and batches.

The house's relay sends what a journal holds, its bus follows the topic, the board is folded as
entries come. The ceiling sends the same bytes with the same producer settings and reads them
with `getmany`, at the same time and in the same process, and looks at none of them. The
broker of `deploy/brokers` is started for each run, or `KAFKA_BOOTSTRAP` is used.
"""

import asyncio
from contextlib import AsyncExitStack, aclosing

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.brokers import starting
from events.bus.kafka.publisher import BATCH_BYTES
from events.bus.kafka.topics import PARTITIONS, REPLICATION, Topics
from events.catalogue.envelope import Entry
from services.chassis.projecting import Fold
from services.chassis.shelf.sqlite import SqliteShelf
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.bench.workloads.appending import opened
from tests.events.passing import a_prefix, begin, passing


async def _passed(room: Room) -> Run:
    streams = max(1, room.size // 100)
    size, watch = room.size + streams * len(entries.BEGUN), Watch()
    source = kept.journal(room, room.size, streams)
    async with AsyncExitStack() as stack:
        bootstrap = await stack.enter_async_context(starting.bootstrap(room.folder / "kafka"))
        journal, shelf = opened(source), SqliteShelf(room.folder / "shelf.db")
        stack.push_async_callback(journal.close)
        stack.push_async_callback(shelf.close)
        fold = await Fold.open(BOARD, 1, shelf)
        with watch.going():
            bus = await stack.enter_async_context(passing(journal, bootstrap))
            batches = await stack.enter_async_context(aclosing(bus.follow("bench", ["suggestions"], begin)))
            async for batch in batches:
                await fold.take(batch.ledger, [Entry(raw) for raw in batch.entries])
                if fold.marks[kept.LEDGER] == size:
                    break
        assert await shelf.size(fold.place) == streams
    return watch.run(size)


def house(room: Room) -> Run:
    """Relay, follow, fold."""
    return uvloop.run(_passed(room))


async def _raw(room: Room) -> Run:
    raws, watch = kept.raws(kept.journal(room, room.size, max(1, room.size // 100))), Watch()
    async with AsyncExitStack() as stack:
        bootstrap = await stack.enter_async_context(starting.bootstrap(room.folder / "kafka"))
        topics = Topics(bootstrap, a_prefix(), "bench", partitions=PARTITIONS, replication=REPLICATION)
        topic = topics.name("suggestions")
        await topics.ensure(["suggestions"])
        producer = await stack.enter_async_context(AIOKafkaProducer(
            bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, compression_type="zstd",
            linger_ms=10, max_batch_size=BATCH_BYTES,
        ))  # fmt: skip
        await producer.send_and_wait(topic, b"first", entries.CONGRESS.encode())
        consumer = await stack.enter_async_context(
            AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        )

        async def read() -> int:
            count = 0
            while count < len(raws) + 1:
                count += sum(len(each) for each in (await consumer.getmany(timeout_ms=1_000)).values())
            return count

        with watch.going():
            reading = asyncio.create_task(read())
            sent = [await producer.send(topic, raw, entries.CONGRESS.encode()) for raw in raws]
            await asyncio.gather(*sent)
            assert await reading == len(raws) + 1
    return watch.run(len(raws))


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
