"""What goes wrong on the way through Kafka heals: the owner has the truth."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from events.bus.kafka.topics import partition_of
from events.bus.port import Gap
from events.catalogue.envelope import Entry, opening
from tests.events.line import Line, admin_of
from tests.events.passing import Taker, consuming, following, taken, until
from tests.events.world import LEDGER, proposed

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def ids(*sequences: int, ledger: str = LEDGER) -> list[str]:
    """Give the addresses of these entries."""
    return [f"{ledger}/{each}" for each in sequences]


async def test_records(line: Line) -> None:
    """A record is a structured CloudEvent: the bytes as stored, keyed by congress, with its trace."""
    traced = proposed("suggestion/a")
    part = traced.decided.replace(
        b'"datacontenttype"', b'"traceparent":"%s","datacontenttype"' % TRACE.encode()
    )
    await line.journal.append(LEDGER, [type(traced)(traced.subject, part), traced], {})
    entries = await line.journal.fetch(LEDGER, 0, 2)
    await line.publish(entries)
    async with AIOKafkaConsumer(
        line.topic, bootstrap_servers=line.bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        records = [await consumer.getone() for _ in entries]
    assert [each.value for each in records] == list(entries)
    assert {each.key for each in records} == {b"630200"}
    kind = ("content-type", b"application/cloudevents+json; charset=utf-8")
    assert [each.headers for each in records] == [(kind, ("traceparent", TRACE.encode())), (kind,)]


async def test_duplicates_and_disorder(line: Line) -> None:
    """Whatever comes twice or in another order is passed on once and in order."""
    entries = await line.append(6)
    await line.publish([entries[n - 1] for n in (1, 2, 1, 2, 4, 3, 3, 6, 5, 1)])
    async with consuming(line.bus()) as bus, following(bus) as batches:
        assert await taken(batches, 6) == ids(1, 2, 3, 4, 5, 6)
        await line.publish((await line.append(1))[-1:])
        assert await taken(batches, 1) == ids(7)
    assert bus.counts["replaced"] == 0


async def test_missing_record(line: Line) -> None:
    """What a hole hides is fetched from the owner."""
    entries = await line.append(5)
    async with consuming(line.bus()) as bus, following(bus) as batches:
        assert await taken(batches, 5) == ids(1, 2, 3, 4, 5)
        entries = await line.append(1200)
        fetched = bus.counts["fetched"]
        await line.publish([entries[5], entries[-1]])
        assert await taken(batches, 1200) == ids(*range(6, 1206))
    assert bus.counts["fetched"] >= fetched + 1198


async def test_lost_record_and_missed_hint(line: Line) -> None:
    """What never reached Kafka comes when the marks are compared with the owner's heads."""
    async with consuming(line.bus(compare=0.5)) as bus, following(bus) as batches:
        await line.publish(await line.append(1))
        assert await taken(batches, 1) == ids(1)
        await line.append(2)
        await line.append(1, "suggestions/630202")
        assert sorted(await taken(batches, 3)) == [*ids(2, 3), "suggestions/630202/1"]


async def test_a_ledger_with_a_hole_starves_no_other(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sound is given before a missing entry ends the follower."""
    other = "suggestions/630222"
    for ledger in (LEDGER, other):
        await line.append(5, ledger)
    fetch = line.owner.fetch

    async def holed(ledger: str, after: int, limit: int) -> Sequence[bytes]:
        found = await fetch(ledger, after, limit)
        return found[1:] if ledger == other else found

    monkeypatch.setattr(line.owner, "fetch", holed)
    async with consuming(line.bus()) as bus, following(bus) as batches:
        assert sorted(await taken(batches, 5)) == ids(1, 2, 3, 4, 5)
        with pytest.raises(Gap, match=f"{other}/1 is missing"):
            await anext(batches)


async def test_owner_away(line: Line) -> None:
    """Without the owner all goes on that Kafka brings; what lacks comes when he is back."""
    entries = await line.append(4)
    await line.publish([*entries[:2], entries[3]])
    line.owner.away = True
    async with consuming(line.bus()) as bus, following(bus) as batches:
        assert await taken(batches, 2) == ids(1, 2)
        assert bus.counts["fetched"] == 0
        later = asyncio.ensure_future(taken(batches, 2))
        line.owner.away = False
        assert await later == ids(3, 4)


async def test_poison(line: Line) -> None:
    """What is no entry of this ledger is counted and dropped, and holds nothing up."""
    entries = await line.append(3)
    other = (await line.append(1, "suggestions/630202"))[0]
    await line.publish(entries[:1])
    await line.raw(
        (b"630200", b"no entry"), (b"630200", b"[]"), (b"630200", None), (None, entries[1]),
        (b"somewhere", entries[1]), (b"630200", other), (b"630200", entries[1][:-9]),
        (b"630200", opening(LEDGER, 99) + b'"id":"suggestions/630200/99"}'),
    )  # fmt: skip
    async with consuming(line.bus()) as bus, following(bus) as batches:
        assert sorted(await taken(batches, 4)) == sorted([*ids(1, 2, 3), Entry(other).id])
        await line.publish((await line.append(1))[-1:])
        assert await taken(batches, 1) == ids(4)
        await until(lambda: bus.counts["poison"] == 8)


async def test_deleted_topic(line: Line) -> None:
    """A deleted topic is made again; what was in it and what comes later arrives."""
    taker = Taker()
    async with consuming(line.bus(compare=0.5, patience=1)) as bus, admin_of(line) as admin:
        task = asyncio.create_task(taker.follow(bus, "a", group=f"test-{secrets.token_hex(4)}"))
        await line.publish(await line.append(3))
        await until(lambda: taker.marks[LEDGER] == 3, task)
        await admin.delete_topics([line.topic])
        async with asyncio.timeout(20):
            while line.topic not in await admin.list_topics():
                await asyncio.sleep(0.05)
        await line.publish((await line.append(2))[-1:])
        await until(lambda: taker.marks[LEDGER] == 5, task)
        line.owner.away = True  # from now on only Kafka can bring it
        await line.publish((await line.append(1))[-1:])
        await until(lambda: taker.marks[LEDGER] == 6, task)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_deleted_topic_of_publisher(line: Line) -> None:
    """Who publishes makes a deleted topic again, too."""
    await line.publish(await line.append(3))
    async with admin_of(line) as admin:
        await admin.delete_topics([line.topic])
        await asyncio.wait_for(line.publish((await line.append(1))[-1:]), 30)
        assert line.topic in await admin.list_topics()


async def test_offsets_are_committed_when_taken(line: Line) -> None:
    """A batch counts as taken when the next is asked for; what was not taken comes again."""
    group, beside = f"test-{secrets.token_hex(4)}", neighbour()
    await line.publish([*await line.append(2), *await line.append(1, beside)])
    async with consuming(line.bus()) as bus:
        for _ in range(2):
            async with following(bus, group=group) as batches:
                found = await taken(batches, 3)  # two batches of one partition, the second not taken
                assert sorted(found) == sorted([*ids(1, 2), f"{beside}/1"])
            assert await committed(line, group) == 0
        async with following(bus, group=group) as batches:
            await taken(batches, 3)
            waiting = asyncio.ensure_future(anext(batches))
            async with asyncio.timeout(10):
                while await committed(line, group) < 3:
                    await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


def neighbour() -> str:
    """Name another ledger that shares its partition with the first."""
    codes = (f"{n:06}" for n in range(630201, 630300))
    return next(f"suggestions/{each}" for each in codes if partition_of(each, 6) == partition_of("630200", 6))


async def committed(line: Line, group: str) -> int:
    """Give how many records of the topic a group has committed, in all partitions."""
    async with admin_of(line) as admin:
        found: Mapping[TopicPartition, Any] = await admin.list_consumer_group_offsets(group)
    return sum(max(each.offset, 0) for each in found.values())
