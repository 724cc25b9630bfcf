"""What aiokafka does by itself, or not: what we ask of it, and what holds whatever it does."""

import asyncio
import inspect
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.conn import AIOKafkaConnection
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.protocol.metadata import MetadataRequest

from events.bus.kafka import bus as bus_module
from events.bus.kafka import member as member_module
from events.bus.kafka import publisher as publisher_module
from events.bus.kafka.member import Member
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.kafka.topics import Topics, partition_of
from tests.events.line import Line
from tests.events.passing import Taker, consuming, following, taken, until
from tests.events.world import LEDGER

Reads = Callable[..., Awaitable[dict[TopicPartition, list[object]]]]


def told_to(patch: pytest.MonkeyPatch, module: object, client: type) -> list[dict[str, Any]]:
    """Write down with which settings clients of this kind are made."""
    settings = list[dict[str, Any]]()

    def made(**told: Any) -> Any:  # noqa: ANN401 - as aiokafka takes them
        settings.append(told)
        return client(**told)

    patch.setattr(module, client.__name__, made)
    return settings


async def test_a_producer_is_told_what_is_no_default(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every replica in sync, idempotent, and large batches: by itself aiokafka does none of it."""
    settings = told_to(monkeypatch, publisher_module, AIOKafkaProducer)
    publisher = KafkaPublisher(line.bootstrap)
    await publisher.start()
    await publisher.close()
    (told,) = settings
    assert (told["acks"], told["enable_idempotence"]) == ("all", True)
    assert told["compression_type"] in {"lz4", "zstd"}
    assert 5 <= told["linger_ms"] <= 20
    assert told["max_batch_size"] >= 256 * 1024
    assert "transactional_id" not in told, "marks, not transactions: aiokafka fences no generation"


async def test_a_consumer_commits_nothing_by_itself(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits are ours, and members are told their partitions afresh: sticky ones remember wrongly."""
    settings = told_to(monkeypatch, bus_module, AIOKafkaConsumer)
    await line.publish(await line.append(1))
    async with consuming(line.bus()) as bus, following(bus) as batches:
        await taken(batches, 1)
    (told,) = settings
    assert told["enable_auto_commit"] is False
    default = inspect.signature(AIOKafkaConsumer).parameters["partition_assignment_strategy"].default
    assert told.get("partition_assignment_strategy", default) == (RoundRobinPartitionAssignor,)


async def test_a_long_partition_keeps_no_other_waiting(line: Line) -> None:
    """Partitions take turns: aiokafka alone would empty the one whose records came first."""
    codes = [f"{n:06}" for n in range(630201, 630300)]
    other = next(each for each in codes if partition_of(each, 6) != partition_of("630200", 6))
    for ledger in (LEDGER, f"suggestions/{other}"):
        await line.publisher.publish(ledger, await line.append(3_000, ledger))
    line.owner.away = True  # all of it through Kafka
    async with consuming(line.bus()) as bus, following(bus) as batches:
        found = [(await anext(batches)).ledger for _ in range(4)]
    assert set(found) == {LEDGER, f"suggestions/{other}"}


async def test_what_was_read_before_the_assignment_was_told(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records are read again before we hear of a new assignment: theirs is no epoch of ours, none is lost."""
    getmany: Reads = AIOKafkaConsumer.getmany
    early = list[int]()

    async def late_news(self: AIOKafkaConsumer, *partitions: TopicPartition, **asked: int) -> object:
        found = await getmany(self, *partitions, **asked)
        while not early:
            found = await getmany(self, timeout_ms=200)
            if found:
                early.append(sum(map(len, found.values())))
                await self._subscription.listener.on_partitions_revoked(self.assignment())
                self._subscription.listener.on_partitions_assigned(self.assignment())
        return found

    await line.publish(await line.append(5))
    monkeypatch.setattr(AIOKafkaConsumer, "getmany", late_news)
    taker = Taker()
    async with consuming(line.bus()) as bus:
        task = asyncio.create_task(taker.follow(bus, "a", group=f"test-{secrets.token_hex(4)}"))
        await until(lambda: taker.marks[LEDGER] == 5, task, seconds=10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert early[0] > 0
    assert taker.by == {"a": 5}, "each once"
    assert bus.counts["fetched"] >= early[0], "what nobody of this epoch had read came from the owner"


async def test_a_batch_that_takes_too_long(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who works longer than a member may leaves the group, comes back, and begins nothing anew."""
    monkeypatch.setattr(bus_module, "MOST_SECONDS", 2)
    taker, group = Taker(), f"test-{secrets.token_hex(4)}"
    await line.publish(await line.append(3))
    async with consuming(line.bus(session=6)) as bus:
        taker.gate.clear()
        task = asyncio.create_task(taker.follow(bus, "a", group=group))
        await until(lambda: bool(taker.under_way), task)
        await asyncio.sleep(7)
        taker.gate.set()
        await until(lambda: taker.marks[LEDGER] == 3, task)
        await line.publish((await line.append(2))[-2:])
        await until(lambda: taker.marks[LEDGER] == 5, task)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert taker.by == {"a": 5}, "each once"


async def joined(line: Line) -> None:
    """Join a group and leave it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=line.bootstrap, group_id=f"test-{secrets.token_hex(4)}")
    member = Member(consumer, Topics(line.bootstrap, line.prefix, "test"), patience=5, grace=1)
    try:
        await member.start(["suggestions"])
    finally:
        await member.stop()


STARTS: dict[str, Callable[[Line], Coroutine[Any, Any, None]]] = {
    "admin": lambda line: Topics(line.bootstrap, line.prefix, "test").ensure(["suggestions"]),
    "producer": lambda line: KafkaPublisher(line.bootstrap).start(),
    "consumer": joined,
}


@pytest.mark.parametrize("client", STARTS)
async def test_a_start_that_is_cancelled_leaves_no_connection(
    line: Line, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka forgets the connection by which a client asks its first question, if it is cancelled then."""
    send, used = AIOKafkaConnection.send, set[AIOKafkaConnection]()

    def cancelling(self: AIOKafkaConnection, request: object) -> object:
        used.add(self)
        if isinstance(request, MetadataRequest):
            task.cancel()
        return send(self, request)

    monkeypatch.setattr(AIOKafkaConnection, "send", cancelling)
    task = asyncio.create_task(STARTS[client](line))
    await asyncio.wait({task})
    assert task.cancelled()
    assert used
    assert not any(each.connected() for each in used)


async def test_a_fetch_that_pauses_ends_nobody(line: Line) -> None:
    """A consumer stopped while a fetch of it pauses cancels its caller; ours goes on, and all is closed."""
    topics = Topics(line.bootstrap, line.prefix, "test", partitions=6, replication=1)
    await topics.ensure(["suggestions"])
    consumer = AIOKafkaConsumer(bootstrap_servers=line.bootstrap, group_id=f"test-{secrets.token_hex(4)}")
    member = Member(consumer, topics, patience=5, grace=1)
    await member.start(["suggestions"])
    fetches = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3)]
    consumer._fetcher._pending_tasks.update(fetches)  # noqa: SLF001 - as if each waited to try again
    await asyncio.sleep(0)
    await member.stop()
    assert all(each.cancelled() for each in fetches)
    assert not any(each.connected() for each in consumer._client._conns.values())  # noqa: SLF001


async def test_a_commit_without_a_coordinator_holds_up_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka tries for ever to commit while no coordinator is known; marks know as well, so we go on."""

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(AIOKafkaConsumer, "commit", never)
    monkeypatch.setattr(member_module, "COMMIT_SECONDS", 0.1)
    async with consuming(line.bus()) as bus, following(bus) as batches:
        for number in range(1, 4):
            await line.publish((await line.append(1))[-1:])
            assert await taken(batches, 1) == [f"{LEDGER}/{number}"]
            await asyncio.sleep(0.2)
