"""Members of a group come, go, stall and are slow: every entry is taken, each ledger in order."""

import asyncio
import gc
import secrets
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from deploy.brokers.broker import kafka
from events.relay import Relay
from tests.events.line import Line, Owner
from tests.events.passing import MemoryOutbox, Taker, a_prefix, consuming, publishing, relaying, until
from tests.events.world import LEDGER, proposed, sqlite

LEDGERS = [f"suggestions/6302{n:02}" for n in range(12)]
GO_ON_SECONDS = 30


async def ended(*tasks: "asyncio.Task[None]") -> None:
    """End followers as a process does that is stopped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_members_share_the_work(line: Line) -> None:
    """Two, one, then two members under load: no entry lost, order kept, one follower per ledger."""
    taker, group, tasks = Taker(), f"test-{secrets.token_hex(4)}", dict[str, asyncio.Task[None]]()
    relay = Relay(line.journal, MemoryOutbox(line.journal), line.publisher, "relay", poll=0.02)

    async def load() -> None:
        for _ in range(150):
            for ledger in LEDGERS:
                await line.journal.append(ledger, [proposed(f"suggestion/{n}") for n in range(3)], {})
            await asyncio.sleep(0.02)

    async with consuming(line.bus(session=6)) as bus, relaying(relay):

        def join(member: str) -> None:
            tasks[member] = asyncio.create_task(taker.follow(bus, member, group=group))

        writing = asyncio.create_task(load())
        join("a")
        await until(lambda: taker.by.get("a", 0) > 100, *tasks.values())
        join("b")
        await until(lambda: taker.by.get("b", 0) > 100, *tasks.values())
        await ended(tasks.pop("a"))
        seen = taker.by["b"]
        await until(lambda: taker.by["b"] > seen + 100, *tasks.values())
        join("c")
        await until(lambda: taker.by.get("c", 0) > 100, *tasks.values())
        await writing
        await until(lambda: taker.marks == dict.fromkeys(LEDGERS, 450), *tasks.values())
        await ended(*tasks.values())
    assert min(taker.asked[ledger] for ledger in LEDGERS) >= 2, "marks are asked for after each assignment"
    assert bus.counts["replaced"] == 0


async def test_batch_under_way(line: Line) -> None:
    """Nobody else is given a ledger while a batch of the member who had it is being taken."""
    taker, group = Taker(), f"test-{secrets.token_hex(4)}"
    for ledger in LEDGERS:
        await line.publish(await line.append(1, ledger))
    async with consuming(line.bus(session=6)) as bus:
        taker.gate.clear()
        first = asyncio.create_task(taker.follow(bus, "a", group=group))
        await until(lambda: bool(taker.under_way), first)
        asked = taker.asked.total()
        second = asyncio.create_task(taker.follow(bus, "b", group=group))
        await asyncio.sleep(2.5)  # longer than a rebalance, shorter than it waits
        assert taker.asked.total() == asked
        taker.gate.set()
        await until(lambda: taker.marks == dict.fromkeys(LEDGERS, 1), first, second)
        await ended(first, second)


async def test_slow_consumer(line: Line) -> None:
    """Who is slow holds his place in the group, and what waits for him stays with the broker."""
    filler = [proposed(f"suggestion/{n}", f'{{"t":"{secrets.token_hex(2000)}"}}') for n in range(600)]
    for ledger in LEDGERS:
        await line.journal.append(ledger, filler, {})
        await line.publisher.publish(ledger, await line.journal.fetch(ledger, 0, 600))
    line.owner.away = True  # all of it through Kafka
    taker = Taker()
    gc.collect()
    tracemalloc.start()
    try:
        async with consuming(line.bus(session=6)) as bus:
            batches = bus.follow(f"test-{secrets.token_hex(4)}", ["suggestions"], taker.after)
            await anext(batches)
            await asyncio.sleep(7)  # more than a session
            held, peak = tracemalloc.get_traced_memory()
            entries = 0
            while entries < 600 * 11:
                entries += len((await anext(batches)).entries)
            await batches.aclose()
    finally:
        tracemalloc.stop()
    assert bus.counts["replaced"] == 0
    assert max(taker.asked.values()) == 1, "nothing was assigned anew"
    assert peak < 12 << 20, (held, peak)  # of 29 MB on the topic


async def test_stuck_consumer(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer that reads nothing though there is something to read is replaced."""
    taker, first = Taker(), list[AIOKafkaConsumer]()
    getmany: Callable[..., Awaitable[object]] = AIOKafkaConsumer.getmany

    async def silent(self: AIOKafkaConsumer, *partitions: object, timeout_ms: int = 0, **kw: int) -> object:
        if not first:
            first.append(self)
        if self is not first[0]:
            return await getmany(self, *partitions, timeout_ms=timeout_ms, **kw)
        await asyncio.sleep(timeout_ms / 1000)
        return {}

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", silent)
    async with consuming(line.bus(patience=0.5)) as bus:
        task = asyncio.create_task(taker.follow(bus, "a", group=f"test-{secrets.token_hex(4)}"))
        await line.append(1)
        await until(
            lambda: taker.marks[LEDGER] == 1, task
        )  # from the owner, who is asked no more for a minute
        await line.publish((await line.append(1))[-1:])
        await until(lambda: taker.marks[LEDGER] == 2, task)
        assert bus.counts["replaced"] == 1
        await asyncio.sleep(2)  # longer than it took: nothing to read is not stuck
        assert bus.counts["replaced"] == 1
        await ended(task)


async def test_blocked_loop(line: Line) -> None:
    """A process that stood still for longer than its session takes part again."""
    taker = Taker()
    async with consuming(line.bus(session=6, patience=3)) as bus:
        task = asyncio.create_task(taker.follow(bus, "a", group=f"test-{secrets.token_hex(4)}"))
        await line.publish(await line.append(1))
        await until(lambda: taker.marks[LEDGER] == 1, task)
        line.owner.away = True
        time.sleep(7)  # noqa: ASYNC251 - that is the fault
        await line.publish((await line.append(1))[-1:])
        await until(lambda: taker.marks[LEDGER] == 2, task)
        await ended(task)


@pytest.mark.serial
@pytest.mark.usefixtures("kafka_bootstrap")  # where it skips, this one does
async def test_broker_killed(tmp_path: Path) -> None:
    """While the broker is away entries wait in the outbox; when it is back all arrive, each once."""
    taker, prefix = Taker(), a_prefix()
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(kafka(tmp_path / "kafka"))
        journal = await stack.enter_async_context(sqlite(tmp_path))
        publisher = await stack.enter_async_context(publishing(cluster.bootstrap, prefix))
        line = Line(journal, Owner(journal), cluster.bootstrap, prefix, publisher)
        outbox = MemoryOutbox(journal)
        await stack.enter_async_context(relaying(Relay(journal, outbox, publisher, "relay", lease=2)))
        bus = await stack.enter_async_context(consuming(line.bus(session=6, patience=3)))
        task = asyncio.create_task(taker.follow(bus, "a", group="test"))
        stack.push_async_callback(ended, task)
        await line.append(10)
        await until(lambda: taker.marks[LEDGER] == 10, task)
        line.owner.away = True  # all of it through Kafka
        await cluster.kill(1)
        await line.append(1000)
        await asyncio.sleep(3)
        assert outbox.marks[LEDGER] == 10
        await cluster.start(1)
        await until(lambda: taker.marks[LEDGER] == 1010, task, seconds=60)
        await until(lambda: outbox.marks[LEDGER] == 1010, task)


@pytest.mark.serial
@pytest.mark.usefixtures("kafka_bootstrap")
async def test_each_of_three_brokers_is_killed(tmp_path: Path) -> None:
    """In turn, under load: the other two go on, nothing is lost, each ledger arrives once and in order."""
    taker, prefix = Taker(), a_prefix()
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(kafka(tmp_path / "kafka", brokers=3))
        journal = await stack.enter_async_context(sqlite(tmp_path))
        publisher = await stack.enter_async_context(publishing(cluster.bootstrap, prefix))
        line = Line(journal, Owner(journal), cluster.bootstrap, prefix, publisher)
        await stack.enter_async_context(relaying(Relay(journal, MemoryOutbox(journal), publisher, "relay")))
        bus = await stack.enter_async_context(consuming(line.bus(session=6, patience=3)))
        task = asyncio.create_task(taker.follow(bus, "a", group="test"))
        stack.push_async_callback(ended, task)
        written = 0

        async def arrived(more: int) -> None:
            nonlocal written
            written += more
            for ledger in LEDGERS:
                await journal.append(ledger, [proposed("suggestion/a") for _ in range(more)], {})
            await until(lambda: taker.marks == dict.fromkeys(LEDGERS, written), task, seconds=GO_ON_SECONDS)

        await arrived(10)
        line.owner.away = True  # all of it through Kafka
        for broker in sorted(cluster.pids):
            load = asyncio.create_task(arrived(200))
            await cluster.kill(broker)
            await load
            await cluster.start(broker)
    print(f"{written * len(LEDGERS)} entries, 3 brokers killed, 0 lost, 0 doubled")
