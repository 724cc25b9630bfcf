"""MongoDB through motor or PyMongo's own async client; what differs between them ends here.

Only what both and every MongoDB-protocol server offer: no multi-document transactions, change
streams, partial or expiring indexes. A write that returns is on the disks of a majority.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, ReadPreference, ReturnDocument, WriteConcern
from pymongo.errors import ConnectionFailure, PyMongoError, ServerSelectionTimeoutError
from pymongo.operations import DeleteOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.read_concern import ReadConcern

from events.drivers import terms
from events.drivers.terms import Changed, Document, Fields, Filter, Index

__all__ = ["DeleteOne", "ReplaceOne", "UpdateMany", "UpdateOne"]  # handed on as they are

Driver = Literal["motor", "pymongo"]
Write = ReplaceOne[Document] | UpdateOne | UpdateMany | DeleteOne

CLIENTS: Mapping[Driver, Any] = {"motor": AsyncIOMotorClient, "pymongo": AsyncMongoClient}


class Collection:
    """The operations of the adapters, which raise what stands in `terms`; a document has its `_id`."""

    def __init__(self, collection: Any) -> None:  # noqa: ANN401 - two libraries, no common type
        self._collection = collection

    async def insert_one(self, document: Document) -> None:
        """Insert a document."""
        with _named():
            await self._collection.insert_one(document)

    async def put(self, document: Document) -> bool:
        """Insert a document unless a unique index holds such a one; tell whether it did."""
        with suppress(terms.DuplicateKey):
            await self.insert_one(document)
            return True
        return False

    async def insert_many(self, documents: Sequence[Document], *, ordered: bool = True) -> None:
        """Insert documents; ordered stops at the first error, unordered stops at none."""
        with _named():
            await self._collection.insert_many(documents, ordered=ordered)

    async def find_one(self, where: Filter, *, fields: Filter | None = None) -> Document | None:
        """Give a document that matches; `fields` is a projection."""
        found = await self.find(where, fields=fields, limit=1)
        return found[0] if found else None

    async def find(
        self, where: Filter, *, fields: Filter | None = None, sort: Fields | None = None, limit: int = 0
    ) -> list[Document]:
        """Give the documents that match, with limit 0 all of them; `fields` is a projection."""
        with _named():
            cursor = self._collection.find(where, fields, sort=sort, limit=limit)
            return [document async for document in cursor]

    async def update_one(self, where: Filter, update: Filter, *, upsert: bool = False) -> Changed:
        """Change one document that matches, or with `upsert` make it."""
        with _named():
            result = await self._collection.update_one(where, update, upsert=upsert)
        return Changed(result.matched_count, result.modified_count, result.upserted_id is not None)

    async def find_one_and_update(
        self, where: Filter, to: Filter, *, upsert: bool = False
    ) -> Document | None:
        """Change one document that matches, or make it, and give it as it is afterwards."""
        after, change = ReturnDocument.AFTER, self._collection.find_one_and_update
        with _named():
            found: Document | None = await change(where, to, upsert=upsert, return_document=after)
        return found

    async def bulk(self, writes: Sequence[Write], *, ordered: bool = False) -> None:
        """Do many writes in one call; unordered, one that fails stops no other."""
        with _named():
            await self._collection.bulk_write(writes, ordered=ordered)

    async def delete_many(self, where: Filter) -> int:
        """Delete what matches; give how many that were."""
        with _named():
            result = await self._collection.delete_many(where)
        return int(result.deleted_count)

    async def count(self, where: Filter) -> int:
        """Count what matches."""
        with _named():
            return int(await self._collection.count_documents(where))

    async def aggregate(self, pipeline: Sequence[Filter]) -> list[Document]:
        """Give what the pipeline makes of the collection."""
        with _named():
            cursor = await _settled(self._collection.aggregate(pipeline))
            return [document async for document in cursor]

    async def indexes(self, wanted: Sequence[Index]) -> None:
        """Make the indexes that are absent; raises WrongIndexes where another has the name."""
        with _named():
            cursor = await _settled(self._collection.list_indexes())
            standing = {index["name"]: index async for index in cursor}
            for index in wanted:
                if (found := standing.get(index.name)) is None:
                    fields, unique = list(index.fields), index.unique
                    await self._collection.create_index(fields, name=index.name, unique=unique)
                elif not index.fits(found):
                    raise terms.WrongIndexes(f"{self._collection.name}: {index.name} is another index")

    async def drop(self) -> None:
        """Drop the collection with its indexes; nothing happens when it is not there."""
        with _named():
            await self._collection.drop()


class Database:
    """A database with a client of its own."""

    def __init__(self, client: Any, database: Any) -> None:  # noqa: ANN401 - as above
        self._client, self._database = client, database

    def collection(self, name: str) -> Collection:
        """Give a collection; it need not exist yet."""
        return Collection(self._database[name])

    async def collections(self) -> list[str]:
        """Give the names of the collections that exist."""
        with _named():
            return list(await self._database.list_collection_names())

    async def schema(self, part: str, version: int) -> int:
        """Give the schema version of a part: `version` at first; NewerSchema when it is above."""
        schemas = self.collection("schema")
        await schemas.put({"_id": part, "version": version})
        found: int = (await schemas.find({"_id": part}))[0]["version"]
        if found > version:
            raise terms.NewerSchema(f"{part} has schema version {found}; this release knows {version}")
        return found

    async def drop(self) -> None:
        """Drop the database with all that is in it."""
        with _named():
            await self._client.drop_database(self._database.name)

    async def close(self) -> None:
        """Let go of the server; again is harmless."""
        await _settled(self._client.close())


async def connect(
    url: str, name: str, *, driver: Driver = "motor", standalone: bool = False, patience: float = 5.0
) -> Database:
    """Reach the database `name` at a replica set; a `standalone` must be asked for.

    For `patience` seconds a server is looked for, an answer is waited for three times as long.
    Raises Unreachable, WrongTopology or WeakConcern.
    """
    millis = int(patience * 1_000)
    waits = {"serverSelectionTimeoutMS": millis, "connectTimeoutMS": millis, "socketTimeoutMS": 3 * millis}
    client = CLIENTS[driver](url, tz_aware=True, **waits)
    writes = {"w": "majority", "j": True, "wtimeout": 2 * millis} | client.write_concern.document
    reads = ReadConcern(client.read_concern.level or "majority")
    found = client.get_database(name, write_concern=WriteConcern(**writes), read_concern=reads)
    database = Database(client, found)
    try:
        with _named():
            await _check(client, found, standalone=standalone)
    except BaseException:
        await database.close()
        raise
    return database


async def _check(client: Any, database: Any, *, standalone: bool) -> None:  # noqa: ANN401 - as above
    writes, reads = database.write_concern.document, database.read_concern.level
    majority = writes["w"] == "majority" and writes["j"] and reads in {"majority", "linearizable"}
    if not majority or database.read_preference != ReadPreference.PRIMARY:
        raise terms.WeakConcern(f"the address asks for {writes}, {reads}, {database.read_preference}")
    hello = await client.admin.command("hello")
    if not (hello.get("isWritablePrimary") and ("setName" in hello or standalone)):
        raise terms.WrongTopology("the server is no primary of a replica set")


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except ServerSelectionTimeoutError as error:
        raise terms.NotReady(str(error)) from error
    except PyMongoError as error:
        code, details = getattr(error, "code", None), getattr(error, "details", None)
        raise terms.by_code(str(error), code, details, lost=isinstance(error, ConnectionFailure)) from error


async def _settled(made: Any) -> Any:  # noqa: ANN401 - what PyMongo awaits, motor gives at once
    return await made if inspect.isawaitable(made) else made
