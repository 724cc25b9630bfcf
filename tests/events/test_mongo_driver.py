"""What only MongoDB's driver can get wrong: the topology, the concerns, the names of failures."""

import gc
import os
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from events.drivers.motor import CLIENTS, DeleteOne, Driver, ReplaceOne, UpdateMany, UpdateOne, connect
from events.drivers.terms import (
    DatabaseError,
    DuplicateKey,
    Index,
    NewerSchema,
    NotReady,
    Unreachable,
    WeakConcern,
    WrongIndexes,
    WrongTopology,
    by_code,
)
from tests.distributed.databases import DRIVERS, Databases

pytestmark = pytest.mark.parametrize("driver", DRIVERS)
AGAIN = {"writeErrors": [{"index": 3, "code": 11000}, {"index": 5, "code": 11000}]}


@pytest.mark.skipif("MONGO_URL" in os.environ, reason="that server may be a replica set")
async def test_standalone_is_refused(mongo_url: str, driver: Driver) -> None:
    """A server that is no replica set is taken only by an explicit setting."""
    with pytest.raises(WrongTopology):
        await connect(mongo_url, "test", driver=driver)


class Told:
    """A client whose server says of itself what the test says."""

    def __init__(self, client: Any, hello: Mapping[str, object]) -> None:  # noqa: ANN401 - two libraries
        self._client, self._hello, self.admin = client, hello, self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self._client, name)

    async def command(self, name: str) -> Mapping[str, object]:
        assert name == "hello"
        return self._hello


@pytest.mark.parametrize(
    ("hello", "refused"),
    [
        ({"isWritablePrimary": True, "setName": "house"}, None),
        ({"isWritablePrimary": False, "setName": "house"}, WrongTopology),
        ({"isWritablePrimary": True, "msg": "isdbgrid"}, WrongTopology),
    ],
)
async def test_only_a_primary_of_a_replica_set(
    monkeypatch: pytest.MonkeyPatch,
    mongo_url: str,
    driver: Driver,
    hello: Mapping[str, object],
    refused: type[Exception] | None,
) -> None:
    """A primary is taken; a secondary and a router are not."""
    client, clients = CLIENTS[driver], cast("dict[str, Any]", CLIENTS)
    monkeypatch.setitem(clients, driver, lambda *at, **told: Told(client(*at, **told), hello))
    with pytest.raises(refused) if refused else nullcontext():
        await (await connect(mongo_url, "test", driver=driver)).close()


@pytest.mark.parametrize(
    "weak", ["w=1", "w=2", "journal=false", "readConcernLevel=local", "readPreference=secondaryPreferred"]
)
async def test_weak_concern_is_refused(mongo_url: str, driver: Driver, weak: str) -> None:
    """An address that asks for less than a majority's disks, or reads elsewhere, is refused."""
    url = f"{mongo_url}{'&' if '?' in mongo_url else '?'}{weak}"
    with pytest.raises(WeakConcern, match="the address asks"):
        await connect(url, "test", driver=driver, standalone=True)


# PyMongo's own client leaves a socket to the collector when it is closed in the middle of connecting.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_no_server(driver: Driver) -> None:
    """A server that is not there is told within the patience given."""
    start = time.monotonic()
    with pytest.raises(NotReady):
        await connect("mongodb://127.0.0.1:1/", "test", driver=driver, standalone=True, patience=0.2)
    assert time.monotonic() - start < 3
    gc.collect()


async def test_operations(databases: Databases, driver: Driver, tmp_path: Path) -> None:
    """Both libraries do the same for every operation that the adapters use."""
    database = await databases.open(tmp_path, "any", driver)
    things = database.collection("things")
    await things.insert_many([{"_id": n, "kind": n % 2, "raw": b"\0\xff"} for n in range(6)])
    found = await things.find({"kind": 1}, fields={"raw": 1}, sort=[("_id", -1)], limit=2)
    assert found == [{"_id": 5, "raw": b"\0\xff"}, {"_id": 3, "raw": b"\0\xff"}]
    assert await things.find_one({"_id": 9}) is None
    assert await things.update_one({"_id": 1}, {"$set": {"kind": 7}}) == (1, 1, False)
    assert await things.update_one({"_id": 9}, {"$set": {"kind": 7}}, upsert=True) == (0, 0, True)
    assert await things.find_one_and_update({"_id": 9}, {"$inc": {"kind": 1}}) == {"_id": 9, "kind": 8}
    assert await things.find_one_and_update({"_id": 77}, {"$inc": {"kind": 1}}) is None
    assert await things.put({"_id": 3}) is False
    assert await things.put({"_id": 33}) is True
    await things.drop()
    assert await things.count({}) == 0
    await database.close()


async def test_many_at_once(databases: Databases, driver: Driver, tmp_path: Path) -> None:
    """Many writes go in one call; what is there is counted and grouped."""
    database = await databases.open(tmp_path, "any", driver)
    things = database.collection("things")
    await things.insert_many([{"_id": n, "kind": n % 2} for n in range(6)])
    await things.bulk(
        [
            UpdateOne({"_id": 0}, {"$set": {"kind": 3}}),
            UpdateMany({"kind": 1}, {"$set": {"kind": 7}}),
            ReplaceOne({"_id": 10}, {"kind": 3}, upsert=True),
            DeleteOne({"_id": 2}),
        ]
    )
    counted = await things.aggregate(
        [{"$match": {"kind": 3}}, {"$group": {"_id": "$kind", "n": {"$sum": 1}}}]
    )
    assert counted == [{"_id": 3, "n": 2}]
    assert await things.delete_many({"kind": 3}) == 2
    assert await things.count({}) == 4
    assert await database.collections() == ["things"]
    await database.close()


async def test_duplicates(databases: Databases, driver: Driver, tmp_path: Path) -> None:
    """A duplicate says where it stood; ordered inserts stop there, the others go on."""
    database = await databases.open(tmp_path, "any", driver)
    things = database.collection("things")
    await things.insert_one({"_id": 3})
    with pytest.raises(DuplicateKey) as single:
        await things.insert_one({"_id": 3})
    with pytest.raises(DuplicateKey) as ordered:
        await things.insert_many([{"_id": n} for n in range(5)])
    assert (single.value.positions, ordered.value.positions) == ((0,), (3,))
    assert await things.count({}) == 4
    with pytest.raises(DuplicateKey) as others:
        await things.insert_many([{"_id": n} for n in range(6)], ordered=False)
    assert others.value.positions == (0, 1, 2, 3)
    assert await things.count({}) == 6
    await database.close()


@pytest.mark.parametrize(
    "other", [Index("place", (("a", 1),)), Index("place", (("a", -1),), unique=True), Index("place", ())]
)
async def test_wrong_index(databases: Databases, driver: Driver, tmp_path: Path, other: Index) -> None:
    """An index is made once; one of its name with another definition is refused, and left."""
    database = await databases.open(tmp_path, "any", driver)
    things = database.collection("things")
    for _ in range(2):
        await things.indexes([Index("place", (("a", 1),), unique=True)])
    with pytest.raises(WrongIndexes, match="place"):
        await things.indexes([other])
    await things.insert_one({"_id": 1, "a": 1})
    with pytest.raises(DuplicateKey):
        await things.insert_one({"_id": 2, "a": 1})
    await database.close()


async def test_newer_schema(databases: Databases, driver: Driver, tmp_path: Path) -> None:
    """What a newer release has written is refused with both versions."""
    database = await databases.open(tmp_path, "any", driver)
    assert [await database.schema("part", 2), await database.schema("part", 3)] == [2, 2]
    with pytest.raises(NewerSchema, match="version 2; this release knows 1"):
        await database.schema("part", 1)
    await database.close()


async def test_closed(databases: Databases, driver: Driver, tmp_path: Path) -> None:
    """Closed twice is closed once; afterwards every question fails by name."""
    database = await databases.open(tmp_path, "any", driver)
    for _ in range(2):
        await database.close()
    with pytest.raises(DatabaseError):
        await database.collection("things").count({})


@pytest.mark.parametrize(
    ("code", "details", "lost", "kind"),
    [
        (11000, {"index": 0}, False, DuplicateKey),
        (65, AGAIN, False, DuplicateKey),
        (65, {"writeErrors": [*AGAIN["writeErrors"], {"index": 6, "code": 121}]}, False, DatabaseError),
        (65, AGAIN | {"writeConcernErrors": [{"code": 64}]}, False, Unreachable),
        (64, {"writeConcernError": {"code": 64}}, False, Unreachable),
        (None, {"code": 10107}, True, NotReady),
        (None, [], True, Unreachable),
        (91, {"ok": 0}, False, Unreachable),
        (13, {"ok": 0}, False, DatabaseError),
        (None, None, False, DatabaseError),
    ],
)
def test_named_by_code(driver: Driver, code: int | None, details: object, lost: bool, kind: type) -> None:  # noqa: FBT001 - a column of the table
    """A failure has its name by code; an unknown outcome is never taken for a refusal."""
    assert driver in DRIVERS
    assert type(by_code("text says nothing", code, details, lost=lost)) is kind
