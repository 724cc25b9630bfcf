"""The MongoDB-protocol server changes a document for one client at a time, and no client holds it up."""

import asyncio
import secrets
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from pymongo import AsyncMongoClient, ReplaceOne, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

CLIENTS, ROUNDS, SECONDS = 4, 50, 60.0
Things = AsyncCollection[dict[str, int]]


@pytest.fixture
async def seen(mongo_url: str) -> AsyncIterator[list[Things]]:
    """Give one collection as several clients see it, each on one connection; `_id` 0 has `n` 0."""
    name = secrets.token_hex(8)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(AsyncMongoClient[dict[str, int]](mongo_url, maxPoolSize=1))
            for _ in range(CLIENTS)
        ]
        await clients[0][name].things.insert_one({"_id": 0, "n": 0})
        yield [client[name].things for client in clients]
        await clients[0].drop_database(name)


async def swapped(things: Things, expected: int) -> int:
    """Raise `n` where it is as expected; tell how often that was so."""
    return (await things.update_one({"_id": 0, "n": expected}, {"$set": {"n": expected + 1}})).modified_count


async def test_one_wins_each_round(seen: list[Things]) -> None:
    """Of clients that compare and set at once, exactly one does."""
    for number in range(ROUNDS):
        winners = await asyncio.gather(*(swapped(things, number) for things in seen))
        assert sorted(winners) == [0] * (CLIENTS - 1) + [1]


async def test_no_increment_is_lost(seen: list[Things]) -> None:
    """Side by side they count as they do one after another."""
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(seen[i % CLIENTS].update_one({}, {"$inc": {"n": 1}}) for i in range(100)))
    assert await seen[0].find_one() == {"_id": 0, "n": 100}


async def test_bulks_side_by_side_come_to_an_end(seen: list[Things]) -> None:
    """Together they change more documents than the server has connections to its data."""
    await seen[0].insert_many([{"_id": number, "n": 0} for number in range(1, 361)])
    bulks = [[ReplaceOne({"_id": first + i}, {"n": 1}) for i in range(90)] for first in range(1, 361, 90)]
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(things.bulk_write(bulk) for things, bulk in zip(seen, bulks, strict=True)))
    assert await seen[0].count_documents({"n": 1}) == 360


async def test_a_write_without_an_answer_leaves_none(seen: list[Things]) -> None:
    """What is asked next on the connection gets its own answer."""
    await seen[0].with_options(write_concern=WriteConcern(w=0)).insert_one({"_id": 1, "n": 1})
    assert await seen[0].find_one({"_id": 1}) == {"_id": 1, "n": 1}


async def test_a_greeting_waits_for_nobody(seen: list[Things]) -> None:
    """A server that is busy with a write still says that it is there, to who comes anew as well."""
    address = await seen[0].database.client.address
    assert address
    writing = asyncio.create_task(seen[0].insert_many([{"_id": number} for number in range(1, 90_001)]))
    await asyncio.sleep(0.5)
    async with AsyncMongoClient[dict[str, int]](*address) as anew:
        await anew.admin.command("ping")
    assert not writing.done()
    await writing


async def test_half_a_request_holds_nobody_up(seen: list[Things]) -> None:
    """Others are served while somebody stays in the middle of a request, and once it is gone."""
    address = await seen[0].database.client.address
    assert address
    _, writer = await asyncio.open_connection(*address)
    async with asyncio.timeout(SECONDS):
        writer.write(struct.pack("<4i", 1_000, 1, 0, 2013) + b"half")
        await writer.drain()
        assert await swapped(seen[0], 0) == 1
        writer.close()
        await writer.wait_closed()
        assert await swapped(seen[1], 1) == 1


@pytest.mark.parametrize("length", [0, 16, 25])
async def test_what_is_no_request_dismisses_who_sent_it(seen: list[Things], length: int) -> None:
    """A message shorter than any closes its connection; others are served."""
    address = await seen[0].database.client.address
    assert address
    reader, writer = await asyncio.open_connection(*address)
    async with asyncio.timeout(SECONDS):
        writer.write(struct.pack("<4i", length, 1, 0, 2013))
        await writer.drain()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        assert await swapped(seen[1], 0) == 1
