"""How a document lies on the embedded shelf: its bytes, and a column per declared field.

Booleans and lists are stored as blobs, so that true is not 1; SQLite sorts numbers below
texts below blobs.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.shelf.port import Document

Column = str | int | bytes | None

TRUTH = {False: b"\x00", True: b"\x01"}
LIST = b"\x02"  # the values of a list stand in a table of their own
NAMES = {b"\x00": "false", b"\x01": "true"}

_serialize = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def serialized(document: Document) -> bytes:
    """Give the bytes of a document, the same for equal documents."""
    return _serialize(document).encode()


def stored(value: object) -> Column:
    """Give the column of a scalar, None or a list.

    Raises:
        TypeError: when it is neither.

    """
    match value:
        case bool():
            return TRUTH[value]
        case str() | int() | None:
            return value
        case list():
            return LIST
    raise TypeError(f"a field cannot hold {type(value).__name__}")


def scalar(column: Column) -> str | int | bool | None:
    """Give back the scalar of a column.

    Raises:
        TypeError: when it is a list.

    """
    if column == LIST:
        raise TypeError("a list cannot be sorted by")
    return column == TRUTH[True] if isinstance(column, bytes) else column


def label(column: Column) -> str | None:
    """Give the text under which a tally counts a column."""
    if isinstance(column, bytes):
        return NAMES[column]
    return column if column is None else str(column)


def reached(document: Document, path: str) -> Any:  # noqa: ANN401 - JSON
    """Give what stands at a dotted path, None where it leads nowhere."""
    value: Any = document
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of the shelf in SQL: its number names its tables, its fields their columns."""

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
        names = [self.column(field) for field in self.fields]
        indexes = "".join(
            f"CREATE INDEX {self.documents}_{name} ON {self.documents}"
            f" (congress, service, {name}, id);"
            for name in names
        )
        return f"""
            CREATE TABLE {self.documents} (
                congress TEXT NOT NULL, service TEXT NOT NULL, id TEXT NOT NULL,
                mark INTEGER NOT NULL, {"".join(f"{name} ANY, " for name in names)}body BLOB,
                PRIMARY KEY (congress, service, id)
            ) STRICT;
            CREATE TABLE {self.elements} (
                congress TEXT NOT NULL, service TEXT NOT NULL, id TEXT NOT NULL,
                field INTEGER NOT NULL, value ANY NOT NULL,
                PRIMARY KEY (congress, service, id, field, value)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX {self.elements}_value ON {self.elements}
                (congress, service, field, value);
            {indexes}"""

    def row(self, mark: int, document: Document | None) -> tuple[Column, ...]:
        """Give the columns after the id: mark, one per field, body; a tombstone has a mark only."""
        if document is None:
            return (mark, *(None for _ in self.fields), None)
        fields = (stored(reached(document, field)) for field in self.fields)
        return (mark, *fields, serialized(document))

    def listed(
        self, documents: Mapping[str, tuple[int, Document | None]]
    ) -> Iterator[tuple[str, int, Column]]:
        """Give (id, place of the field, value) of the values in lists, each once.

        Raises:
            TypeError: when a list holds something else than scalars and None.

        """
        for number, field in enumerate(self.fields):
            for name, (_, document) in documents.items():
                value = document and reached(document, field)
                if isinstance(value, list):
                    values = {stored(one) for one in value} - {None}
                    yield from ((name, number, one) for one in values)
