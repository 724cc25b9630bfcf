"""What the shared shelf knows of its tables: which stand, which are read, how far they are.

Each table has a collection of documents under a name never given again, so that who still
writes to a dropped table writes where nobody reads. Which generation is read says the last
of the turns that were taken, each by an insert that only one can make.
"""

import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from events.drivers.motor import Database
from events.drivers.settling import settled, upsert
from events.drivers.terms import DuplicateKey, Filter, Index
from services.chassis.shelf.filters import Layout
from services.chassis.shelf.port import Blocked, Skip, Table

Answer = TypeVar("Answer")
Row = dict[str, Any]

SCHEMA = 1
PREFIX = "documents."
OF_VIEW = Index("view", [("view", 1), ("turn", 1)], unique=True)
OF_TABLE = Index("table", [("documents", 1), ("ledger", 1)])
OF_VERSION = Index("version", [("view", 1), ("version", 1), ("ledger", 1), ("sequence", 1)])


class Generations:
    """The half of the port that concerns tables; `ledgers` has a note for each of a table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables, self._live = database.collection("tables"), database.collection("live")
        self._ledgers, self._skips = database.collection("ledgers"), database.collection("skips")
        self._layouts: dict[str, Layout] = {}

    async def _begin(self) -> None:
        """Look whether schema and indexes fit; drop what a crash, or a late writer, has left."""
        await self._database.schema("shelf", SCHEMA)
        await self._live.indexes([OF_VIEW])
        await self._ledgers.indexes([OF_TABLE])
        await self._skips.indexes([OF_VERSION])
        # Who declares names the collection first: one that no table names now is of no use.
        found = [name for name in await self._database.collections() if name.startswith(PREFIX)]
        standing = {each["documents"] for each in await self._tables.find({})}
        for name in {*found} - standing:
            await self._forget(name)

    async def _forget(self, documents: str) -> None:
        await self._database.collection(documents).drop()
        await self._ledgers.delete_many({"documents": documents})

    async def declare(self, table: Table) -> None:
        """Name a collection for the table, make its indexes; see the port."""
        name = f"{PREFIX}{table.view}.{table.version}.{table.generation}.{secrets.token_hex(8)}"
        await settled(lambda: self._declare(table, name))

    async def _declare(self, table: Table, name: str) -> None:
        row = asdict(table) | {"_id": _key(table), "fields": [*table.fields], "documents": name}
        try:
            await self._tables.insert_one(row)
        except DuplicateKey:  # it stands
            row = await self._row(table)
        layout = self._layouts[_key(table)] = _layout(row)
        if layout.fields != table.fields:
            raise ValueError(f"{_key(table)} stands with the fields {layout.fields}")
        indexes = [Index(names[1], [(name, 1) for name in names]) for names in layout.indexes()]
        await self._database.collection(layout.documents).indexes(indexes)

    async def live(self) -> Mapping[tuple[str, int], int]:
        """Give the generation that readers see, or 0, by view and version."""
        turns = await settled(lambda: self._live.find({}, sort=[("turn", 1)]))
        last = {tuple(each["view"].split("/")): each["generation"] for each in turns}
        return {(view, int(version)): generation for (view, version), generation in last.items()}

    async def switch(self, view: str, version: int, expected: int, to: int) -> bool:
        """Compare and set the generation that readers see."""
        stamp = secrets.token_hex(8)  # tells after a lost answer who it was
        return await settled(lambda: self._switch(f"{view}/{version}", expected, to, stamp))

    async def _switch(self, view: str, expected: int, to: int, stamp: str) -> bool:
        last = await self._last(view)
        if last["generation"] == expected:
            turn = last["turn"] + 1
            row = {"_id": f"{view}/{turn}", "view": view, "turn": turn, "generation": to, "by": stamp}
            with suppress(DuplicateKey):  # somebody else took this turn
                await self._live.insert_one(row)
        return await self._live.find_one({"view": view, "by": stamp}) is not None

    async def _last(self, view: str) -> Row:
        rows = await self._live.find({"view": view}, sort=[("turn", -1)], limit=1)
        return rows[0] if rows else {"turn": 0, "generation": 0}

    async def drop(self, table: Table) -> None:
        """Forget a table and what is noted of it; nothing happens if it does not stand."""
        self._layouts.pop(_key(table), None)
        await settled(lambda: self._drop(table))

    async def _drop(self, table: Table) -> None:
        found = await self._tables.find_one({"_id": _key(table)})
        if found is not None:
            await self.switch(table.view, table.version, table.generation, 0)
            await self._tables.delete_many({"_id": found["_id"], "documents": found["documents"]})
            await self._forget(found["documents"])

    async def tables(self) -> Sequence[Table]:
        """Give every table that stands."""
        order = [(name, 1) for name in ("view", "version", "generation")]
        rows = await settled(lambda: self._tables.find({}, sort=order))
        return [Table(each["view"], each["version"], each["generation"], (*each["fields"],)) for each in rows]

    async def marks(self, table: Table) -> Mapping[str, int]:
        """Give each ledger's mark in this table."""
        return {row["ledger"]: row["mark"] for row in await self._notes(table, "mark")}

    async def mark(self, table: Table, ledger: str) -> int:
        """Give one ledger's mark in this table."""
        rows = await self._notes(table, "mark", {"ledger": ledger})
        return int(rows[0]["mark"]) if rows else 0

    async def block(self, table: Table, ledger: str, blocked: Blocked | None) -> None:
        """Note that a ledger is stopped, or that it no longer is."""
        change: Filter = {"$set": {"blocked": asdict(blocked)}} if blocked else {"$unset": {"blocked": ""}}
        await self._asked(table, lambda layout: self._note(table, layout, ledger, change))

    async def blocked(self, table: Table) -> Mapping[str, Blocked]:
        """Give the ledgers on which this table is stopped."""
        return {row["ledger"]: Blocked(**row["blocked"]) for row in await self._notes(table, "blocked")}

    async def _note(self, table: Table, layout: Layout, ledger: str, change: Filter) -> bool:
        """Change what is noted of a ledger; tell whether the table still stands there."""
        whose = {"$setOnInsert": {"documents": layout.documents, "ledger": ledger}}
        await upsert(self._ledgers, f"{layout.documents}/{ledger}", {**change, **whose})
        return await self._standing(table) == layout

    async def _notes(self, table: Table, kind: str, where: Filter | None = None) -> Sequence[Row]:
        """Read what is noted of one kind on the ledgers of a table."""

        async def ask(layout: Layout) -> Sequence[Row]:
            noted = {"documents": layout.documents, kind: {"$exists": True}}
            return await self._ledgers.find({**noted, **(where or {})})

        return await self._asked(table, ask)

    async def skip(self, view: str, version: int, skip: Skip) -> None:
        """Store the decision to pass over one entry; the first one stands."""
        key, row = f"{view}/{version}/{skip.ledger}/{skip.sequence}", asdict(skip)
        change = {"$setOnInsert": row | {"view": view, "version": version}}
        await settled(lambda: upsert(self._skips, key, change))

    async def skips(self) -> Mapping[tuple[str, int], Sequence[Skip]]:
        """Give the entries passed over, by view and version."""
        found = defaultdict[tuple[str, int], list[Skip]](list)
        for row in await settled(lambda: self._skips.find({}, sort=[("_id", 1)])):
            skip = Skip(row["ledger"], row["sequence"], row["who"], row["why"])
            found[row["view"], row["version"]].append(skip)
        return found

    async def _asked(self, table: Table, ask: Callable[[Layout], Awaitable[Answer]]) -> Answer:
        """Ask of a table; that there is nothing is believed only if it stands where it was asked.

        Raises:
            LookupError: when it does not stand.

        """
        layout = self._layouts.get(_key(table))
        if layout is None:
            layout = await settled(lambda: self._standing(table))
        while True:
            answer = await settled(partial(ask, layout))
            if answer or layout == (standing := await settled(lambda: self._standing(table))):
                return answer
            layout = standing

    async def _standing(self, table: Table) -> Layout:
        """Read how a table lies, or raise LookupError."""
        layout = self._layouts[_key(table)] = _layout(await self._row(table))
        return layout

    async def _row(self, table: Table) -> Row:
        row = await self._tables.find_one({"_id": _key(table)})
        if row is None:
            self._layouts.pop(_key(table), None)
            raise LookupError(f"{_key(table)} does not stand")
        return row


def _key(table: Table) -> str:
    return f"{table.view}/{table.version}/{table.generation}"


def _layout(row: Row) -> Layout:
    return Layout(row["documents"], tuple(row["fields"]))
