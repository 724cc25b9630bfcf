"""The shelf on SQLite, not synced at every commit, since it can be folded again."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from events.drivers import apsw
from services.chassis.shelf import columns, cursor, questions, statements
from services.chassis.shelf.documents import canonical
from services.chassis.shelf.layout import NAMED, Layout
from services.chassis.shelf.port import Blocked, Document, Page, Query, Skip, Table, Written


class SqliteShelf:
    """The port on the file `path`, or in memory. To be made and used on one running event loop.

    Raises:
        NewerSchema, UnsoundLibrary: see the driver.

    """

    def __init__(self, path: Path | None) -> None:
        connection = apsw.connect(path or Path(":memory:"), full=False)
        apsw.migrate(connection, statements.SCRIPTS)
        self._reader = apsw.connect(path, read_only=True) if path else connection  # read after what is put
        self._writer: apsw.Writer[apsw.Work, Any] = apsw.Writer(connection, apsw.each)
        self._layouts: dict[tuple[str, int, int], Layout] = {}
        for number, view, version, generation, fields in self._ask(statements.TABLES):
            self._layouts[view, version, generation] = Layout(number, tuple(json.loads(fields)))

    async def declare(self, table: Table) -> None:
        """Make the table's tables and indexes; see the port."""
        layout = self._layouts.get(_key(table))
        if layout is None:
            layout = await self._writer.write(lambda writer: _declared(writer, table))
            self._layouts[_key(table)] = layout
        if layout.fields != table.fields:
            raise ValueError(f"{_key(table)} stands with the fields {layout.fields}")

    async def live(self) -> Mapping[tuple[str, int], int]:
        """Give the generation that readers see, by view and version."""
        return {(view, version): generation for view, version, generation in self._ask(statements.LIVES)}

    async def switch(self, view: str, version: int, expected: int, to: int) -> bool:
        """Compare and set the generation that readers see."""

        def work(connection: apsw.Connection) -> bool:
            stood = (connection.execute(statements.LIVE, (view, version)).get or 0) == expected
            if stood:
                connection.execute(statements.SWITCH, (view, version, to))
            return stood

        return bool(await self._writer.write(work))

    async def drop(self, table: Table) -> None:
        """Forget a table and what is noted of it; nothing happens if it does not stand."""
        layout = self._layouts.pop(_key(table), None)

        def work(connection: apsw.Connection) -> None:
            if layout is not None:
                connection.execute(f"DROP TABLE {layout.documents}; DROP TABLE {layout.elements}")
                for forget in (statements.UNMAKE, statements.UNMARK, statements.UNBLOCK_ALL):
                    connection.execute(forget, (layout.number,))
                connection.execute(statements.UNLIVE, _key(table))

        await self._writer.write(work)

    async def tables(self) -> Sequence[Table]:
        """Give every table that stands."""
        return [Table(*key, layout.fields) for key, layout in self._layouts.items()]

    async def size(self, table: Table) -> int:
        """Count the documents of a table."""
        return int(self._ask(f"SELECT count(body) FROM {self._layout(table).documents}")[0][0])  # noqa: S608

    async def get(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Document]:
        """Give the documents with these ids that exist."""
        written = await self.marks_of(congress, table, service, ids)
        return {name: document for name, (_, document) in written.items() if document is not None}

    async def find(self, congress: str, table: Table, service: str, query: Query) -> Page:
        """Give a page of the documents that match; see the port."""
        layout = self._layout(table)
        match = questions.matching(layout, congress, service, query)
        rows: list[Any] = []
        for stretch in questions.stretches(layout, query, cursor.read(query)):
            question = questions.page(layout, match, stretch, query.order)
            rows += self._ask(question.sql, *question.values, query.limit + 1 - len(rows))
        page = rows[: query.limit]
        documents = [(name, from_json(body)) for name, body, _ in page]
        more = len(rows) > len(page) and cursor.Place(columns.scalar(page[-1][2]), page[-1][0])
        return Page(documents, cursor.write(query, more) if more else None)

    async def tally(
        self, congress: str, table: Table, service: str, query: Query, by: str
    ) -> Mapping[str | None, int]:
        """Count the documents that match by the value of a field; see the port."""
        layout = self._layout(table)
        match = questions.matching(layout, congress, service, query)
        question = questions.counts(layout, match, congress, service, by)
        counted: Counter[str | None] = Counter()  # 7 and "7" meet under one label
        for value, count in self._ask(question.sql, *question.values):
            counted[columns.label(value)] += count
        return counted

    async def put(
        self, congress: str, table: Table, service: str, documents: Mapping[str, Written], mark: int
    ) -> None:
        """Write documents and mark in one transaction; see the port."""
        layout = self._layout(table)
        rows = list(layout.rows(documents))

        def work(connection: apsw.Connection) -> None:
            question = layout.standing(congress, service, rows)
            standing = connection.execute(question.sql, question.values).fetchall()
            for change in layout.changes(congress, service, rows, standing):
                connection.execute(change.sql, change.values)
            connection.execute(statements.MARK, (layout.number, f"{service}/{congress}", mark))

        await self._writer.write(work)

    async def marks_of(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Written]:
        """Give what was ever written under these ids, tombstones too."""
        question = f"SELECT id, mark, body FROM {self._layout(table).documents} WHERE {NAMED}"  # noqa: S608
        rows = self._ask(question, congress, service, json.dumps(list(ids)))
        return {each: (mark, body and from_json(body)) for each, mark, body in rows}

    async def marks(self, table: Table) -> Mapping[str, int]:
        """Give each ledger's mark in this table."""
        return dict(self._ask(statements.MARKS, self._layout(table).number))

    async def mark(self, table: Table, ledger: str) -> int:
        """Give one ledger's mark in this table."""
        return (await self.marks(table)).get(ledger, 0)

    async def dump(
        self, congress: str, table: Table, service: str, after: str, limit: int
    ) -> Sequence[tuple[str, int, bytes]]:
        """Give (id, mark, stored bytes) in the order of ids."""
        question = f"SELECT id, mark, body FROM {self._layout(table).documents} WHERE {statements.ABOVE}"  # noqa: S608
        rows = self._ask(question, congress, service, after, limit)
        return [(each, mark, canonical(from_json(body)) if body else b"") for each, mark, body in rows]

    async def block(self, table: Table, ledger: str, blocked: Blocked | None) -> None:
        """Note that a ledger is stopped, or that it no longer is."""
        statement, stopped = (statements.BLOCK, astuple(blocked)) if blocked else (statements.UNBLOCK, ())
        await self._do(statement, self._layout(table).number, ledger, *stopped)

    async def blocked(self, table: Table) -> Mapping[str, Blocked]:
        """Give the ledgers on which this table is stopped."""
        number = self._layout(table).number
        return {ledger: Blocked(*stopped) for ledger, *stopped in self._ask(statements.BLOCKED, number)}

    async def skip(self, view: str, version: int, skip: Skip) -> None:
        """Store the decision to pass over one entry; the first one stands."""
        await self._do(statements.SKIP, view, version, *astuple(skip))

    async def skips(self) -> Mapping[tuple[str, int], Sequence[Skip]]:
        """Give the entries passed over, by view and version."""
        found = defaultdict[tuple[str, int], list[Skip]](list)
        for view, version, *skip in self._ask(statements.SKIPS):
            found[view, version].append(Skip(*skip))
        return found

    async def close(self) -> None:
        """Write what waits and let go of the file; again is harmless."""
        await self._writer.close()
        self._reader.close()

    def _layout(self, table: Table) -> Layout:
        return self._layouts[_key(table)]

    def _ask(self, question: str, *values: apsw.Value) -> list[Any]:
        return self._reader.execute(question, values).fetchall()

    async def _do(self, statement: str, *values: apsw.Value) -> None:
        await self._writer.write(lambda connection: connection.execute(statement, values).get)


def _key(table: Table) -> tuple[str, int, int]:
    return (table.view, table.version, table.generation)


def _declared(connection: apsw.Connection, table: Table) -> Layout:
    standing: list[Any] = connection.execute(statements.STANDING, _key(table)).fetchall()
    for number, fields in standing:
        return Layout(number, tuple(json.loads(fields)))
    number = connection.execute(statements.MAKE, (*_key(table), json.dumps(table.fields))).get
    layout = Layout(number, table.fields)
    connection.execute(layout.schema())
    return layout
