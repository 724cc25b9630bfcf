"""Journal → Kafka → view on a real broker, beside aiokafka alone with the same payload and batches.

The house's relay sends what a journal holds, its bus follows the topic, the board is folded as
entries come; all of it goes through Kafka, for the owner is out of reach. The ceiling sends the
same bytes with the same producer settings and reads them with `getmany`, at the same time and in
the same process, and looks at none of them. Clients, topic and group stand before the clock
begins: a first entry has passed. The broker of `deploy/brokers` is started for each run, or
`KAFKA_BOOTSTRAP` is used.
"""

import asyncio
import random
from contextlib import AsyncExitStack

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
        owner, prefix = Owner(journal), a_prefix()
        owner.away = True
        publisher = await stack.enter_async_context(publishing(bootstrap, prefix))
        bus = await stack.enter_async_context(consuming(KafkaBus(bootstrap, owner, prefix=prefix)))
        following = asyncio.create_task(Following(bus, "bench", sources(BOARD), fold).run())
        await publisher.publish(FIRST, [entries.entry(FIRST, 1, entries.planned(random.Random(7))[1])])
        assert await fold.marks.reached(FIRST, 1, 60)
        with watch.going():
            async with relaying(Relay(journal, MemoryOutbox(journal), publisher, "relay")):
                assert await fold.marks.reached(kept.LEDGER, size, 600)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
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
