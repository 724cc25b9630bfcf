"""A table of the embedded shelf in SQL: a table of documents and one of the values in lists."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import to_json

from services.chassis.shelf.columns import LIST, PLAIN, Column, elements, is_list, stored
from services.chassis.shelf.documents import reached
from services.chassis.shelf.port import Written

KEY = ("congress", "service", "id")
NAMED = "congress = ? AND service = ? AND id IN (SELECT value FROM json_each(?))"
AT_ONCE = 64  # rows in one statement: each step of one gives up the interpreter lock


class Clause(NamedTuple):
    """A piece of SQL and the values of its question marks."""

    sql: str
    values: tuple[Column, ...] = ()


class Row(NamedTuple):
    """A document on its way to the shelf; a tombstone has neither fields nor body."""

    id: str
    mark: int
    fields: tuple[Column, ...]
    elements: tuple[tuple[int, Column], ...]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Its number names its tables, the places of its fields their columns."""

    number: int
    fields: tuple[str, ...]

    @property
    def documents(self) -> str:
        """Give the name of the table of documents."""
        return f"document_{self.number}"

    @property
    def elements(self) -> str:
        """Give the name of the table of the values in lists."""
        return f"element_{self.number}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the columns of the fields."""
        return tuple(f"f{number}" for number in range(len(self.fields)))

    def index(self, field: str) -> int:
        """Give the place of a field among those declared.

        Raises:
            LookupError: when it is not declared.

        """
        if field not in self.fields:
            raise LookupError(f"the field {field} is not declared")
        return self.fields.index(field)

    def column(self, field: str) -> str:
        """Give the column of a field, or raise LookupError."""
        return f"f{self.index(field)}"

    def schema(self) -> str:
        """Give the statements that make room for the documents."""
        indexes = "".join(
            f"CREATE INDEX {self.documents}_{column} ON {self.documents} (congress, service, {column}, id);"
            for column in self.columns
        )
        return f"""
            CREATE TABLE {self.documents} (
                congress TEXT NOT NULL, service TEXT NOT NULL, id TEXT NOT NULL,
                mark INTEGER NOT NULL, {"".join(f"{column} ANY, " for column in self.columns)}
                body BLOB, PRIMARY KEY (congress, service, id)
            ) STRICT;
            CREATE TABLE {self.elements} (
                congress TEXT NOT NULL, service TEXT NOT NULL, id TEXT NOT NULL,
                field INTEGER NOT NULL, value ANY NOT NULL,
                PRIMARY KEY (congress, service, id, field, value)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX {self.elements}_value ON {self.elements}
                (congress, service, field, value);
            {indexes}"""

    def rows(self, documents: Mapping[str, Written]) -> Iterator[Row]:
        """Give the rows of documents by id.

        Raises:
            TypeError: when a field holds neither a scalar, nor None, nor a list of those.

        """
        paths = [field.split(".") for field in self.fields]
        for name, (mark, document) in documents.items():
            if document is None:
                yield Row(name, mark, (None,) * len(paths), (), None)
                continue
            values = [reached(document, path) for path in paths]
            listed = [
                (number, column)
                for number, value in enumerate(values)
                if type(value) is list
                for column in elements(value)
            ]
            fields = [value if type(value) in PLAIN else stored(value) for value in values]
            yield Row(name, mark, tuple(fields), tuple(listed), to_json(document))

    def standing(self, congress: str, service: str, rows: Sequence[Row]) -> Clause:
        """Give the question for (id, mark, columns of the fields) as they stand."""
        columns = ", ".join(("id", "mark", *self.columns))
        named = json.dumps([row.id for row in rows])
        question = f"SELECT {columns} FROM {self.documents} WHERE {NAMED}"  # noqa: S608 - our names
        return Clause(question, (congress, service, named))

    def changes(
        self, congress: str, service: str, rows: Sequence[Row], standing: Sequence[Any]
    ) -> Iterator[Clause]:
        """Give the statements that write rows, those left out that would take a document back.

        The indexes of fields that stay are not touched.
        """
        ledger, own = (congress, service), self.columns
        further = {name: mark for name, mark, *_ in standing}
        before = {name: fields for name, _, *fields in standing}
        alike, relisted = defaultdict[tuple[str, ...], list[tuple[Column, ...]]](list), list[Row]()
        for row in (row for row in rows if row.mark >= further.get(row.id, row.mark)):
            old = before.get(row.id, (LIST,) * len(row.fields))  # as if all were another
            changed = [number for number, value in enumerate(row.fields) if value != old[number]]
            if any(is_list(row.fields[number]) or is_list(old[number]) for number in changed):
                relisted.append(row)
            names = tuple(own[number] for number in changed)
            alike[names].append((*ledger, row.id, row.mark, *row.fields, row.body))
        columns = (*KEY, "mark", *own, "body")
        for names, values in alike.items():
            yield from _inserts(self.documents, columns, values, ("mark", *names, "body"))
        gone = json.dumps([row.id for row in relisted])
        yield Clause(f"DELETE FROM {self.elements} WHERE {NAMED}", (*ledger, gone))  # noqa: S608
        values = [(*ledger, row.id, *element) for row in relisted for element in row.elements]
        yield from _inserts(self.elements, (*KEY, "field", "value"), values, ("value",))


def _inserts(
    table: str, columns: Sequence[str], rows: Sequence[tuple[Column, ...]], change: Sequence[str]
) -> Iterator[Clause]:
    """Give statements of 64, 32, 16 … rows: few texts, so that they are prepared once."""
    row = f"({','.join('?' * len(columns))})"
    changes = ",".join(f"{column}=excluded.{column}" for column in change)
    start = 0
    while left := len(rows) - start:
        size = min(1 << left.bit_length() - 1, AT_ONCE)
        values = tuple(value for each in rows[start : start + size] for value in each)
        statement = (
            f"INSERT INTO {table} ({','.join(columns)}) VALUES {','.join([row] * size)}"  # noqa: S608
            f" ON CONFLICT DO UPDATE SET {changes}"
        )
        yield Clause(statement, values)
        start += size
