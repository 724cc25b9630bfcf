"""The shelf on MongoDB, shared by all who fold and all who read."""

import asyncio
from collections.abc import Mapping, Sequence

from pydantic_core import from_json

from events.drivers.motor import Collection, Database, ReplaceOne
from events.drivers.settling import settled
from events.drivers.terms import DuplicateKey
from services.chassis.shelf import cursor, filters
from services.chassis.shelf.filters import Layout
from services.chassis.shelf.generations import Generations, Row
from services.chassis.shelf.port import Document, Page, Query, Table, Written

# FerretDB 1 holds a connection for each update of a command: about 100 at once hang for ever.
AT_ONCE, SIDE_BY_SIDE = 20, 4


class MongoShelf(Generations):
    """The port on a database of its own. To be made with `open`; what fails raises `terms`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._gate = asyncio.Semaphore(SIDE_BY_SIDE)

    @classmethod
    async def open(cls, database: Database) -> "MongoShelf":
        """Look whether schema and indexes fit, sweep up after crashes; if not, close the database.

        Raises:
            NewerSchema, WrongIndexes, Unreachable: see `terms`.

        """
        shelf = cls(database)
        try:
            await settled(shelf._begin)
        except BaseException:
            await database.close()
            raise
        return shelf

    async def size(self, table: Table) -> int:
        """Count the documents of a table."""
        alive = {"body": {"$exists": True}}
        return await self._asked(table, lambda layout: self._of(layout).count(alive))

    async def get(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Document]:
        """Give the documents with these ids that exist."""
        written = await self.marks_of(congress, table, service, ids)
        return {name: document for name, (_, document) in written.items() if document is not None}

    async def find(self, congress: str, table: Table, service: str, query: Query) -> Page:
        """Give a page of the documents that match; see the port."""
        after, ledger = cursor.read(query), f"{service}/{congress}"

        async def ask(layout: Layout) -> Sequence[tuple[Row, Layout]]:
            rows: list[Row] = []
            for where, order in filters.stretches(layout, ledger, query, after):
                if left := query.limit + 1 - len(rows):
                    both = {"$and": [filters.matching(layout, ledger, query), where]}
                    rows += await self._of(layout).find(both, sort=order, limit=left)
            return [(row, layout) for row in rows]

        found = await self._asked(table, ask)
        page = found[: query.limit]
        documents = [(filters.identity(row), from_json(row["body"])) for row, _ in page]
        if len(found) == len(page):
            return Page(documents, None)
        (last, layout) = page[-1]
        return Page(documents, cursor.write(query, filters.place(layout, query, last)))

    async def tally(
        self, congress: str, table: Table, service: str, query: Query, by: str
    ) -> Mapping[str | None, int]:
        """Count the documents that match by the value of a field; see the port."""

        async def ask(layout: Layout) -> Mapping[str | None, int]:
            match = filters.matching(layout, f"{service}/{congress}", query)
            group = {"_id": f"${layout.name(by)}", "count": {"$sum": 1}}
            groups = await self._of(layout).aggregate([{"$match": match}, {"$group": group}])
            return filters.counted((each["_id"], each["count"]) for each in groups)

        return await self._asked(table, ask)

    async def put(
        self, congress: str, table: Table, service: str, documents: Mapping[str, Written], mark: int
    ) -> None:
        """Write documents, then the mark; see the port."""
        ledger = f"{service}/{congress}"

        async def write(layout: Layout) -> bool:
            rows = [layout.row(ledger, name, *written) for name, written in documents.items()]
            if rows:
                await self._write(self._of(layout), rows)
            return await self._note(table, layout, ledger, {"$max": {"mark": mark}})

        await self._asked(table, write)

    async def _write(self, collection: Collection, rows: Sequence[Row]) -> None:
        """Insert rows, or put them in the place of such as stand no further on."""
        named = {"_id": {"$in": [row["_id"] for row in rows]}}
        standing = {row["_id"] for row in await collection.find(named, fields={"_id": 1})}
        fresh = [row for row in rows if row["_id"] not in standing]
        try:
            if fresh:
                await collection.insert_many(fresh, ordered=False)
        except DuplicateKey as error:  # somebody was faster, perhaps with less
            standing |= {fresh[position]["_id"] for position in error.positions}
        writes = [
            ReplaceOne({"_id": row["_id"], "mark": {"$lte": row["mark"]}}, row)
            for row in rows
            if row["_id"] in standing
        ]
        for start in range(0, len(writes), AT_ONCE):
            async with self._gate:
                await collection.bulk(writes[start : start + AT_ONCE])

    async def marks_of(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Written]:
        """Give what was ever written under these ids, tombstones too."""
        named = filters.among(f"{service}/{congress}", ids)
        rows = await self._asked(table, lambda layout: self._of(layout).find(named))
        bodies = {filters.identity(row): (row["mark"], row.get("body")) for row in rows}
        return {name: (mark, body and from_json(body)) for name, (mark, body) in bodies.items()}

    async def dump(
        self, congress: str, table: Table, service: str, after: str, limit: int
    ) -> Sequence[tuple[str, int, bytes]]:
        """Give (id, mark, stored bytes) in the order of ids."""
        above, order = filters.above(f"{service}/{congress}", after), [("_id", 1)]
        rows = await self._asked(table, lambda layout: self._of(layout).find(above, sort=order, limit=limit))
        return [(filters.identity(row), row["mark"], row.get("body", b"")) for row in rows]

    async def close(self) -> None:
        """Let go of the server; again is harmless."""
        await self._database.close()

    def _of(self, layout: Layout) -> Collection:
        return self._database.collection(layout.documents)
