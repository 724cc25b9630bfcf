"""The shelf: documents of views, each folded from one ledger, found by declared fields.

A *table* is one generation of one version of a view: `board@1`, generation 1. A document's
key is (table, congress, service, id); `service` names the ledger it was folded from. The
shelf is disposable: whatever stands on it can be folded again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Document = dict[str, Any]
"""JSON: text, integers, booleans, None, lists and objects; no floats."""

Scalar = str | int | bool
Written = tuple[int, Document | None]  # a mark and the document there; None is a tombstone


@dataclass(frozen=True, slots=True)
class Table:
    """One generation of a view. `fields` may be searched and sorted; a dotted path reaches in.

    A field holds a scalar, None or a list of scalars. A list is searched with `contains`;
    it equals nothing and cannot be sorted by.
    """

    view: str
    version: int
    generation: int
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Which documents, in which order: those that pass every filter, at most `limit` (≥ 1).

    An absent field is None: it equals None, matches no range and comes last in either
    direction. A range compares like with like, text by code point. `contains` asks for one
    of the values, in a list or as the scalar itself. Without `order` the order is that of
    ids; `descending` turns the ids of a tie as well.
    """

    equal: Mapping[str, Scalar | None] = field(default_factory=dict)
    at_least: Mapping[str, str | int] = field(default_factory=dict)
    below: Mapping[str, str | int] = field(default_factory=dict)
    prefix: Mapping[str, str] = field(default_factory=dict)
    contains: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: str | None = None
    descending: bool = False
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Documents found, as (id, document), and the cursor of the next page if there is one."""

    documents: Sequence[tuple[str, Document]]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A ledger on which a view stopped: at this sequence, for this reason."""

    sequence: int
    error: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A poison entry passed over by decision; every rebuild of the version honours it."""

    ledger: str
    sequence: int
    who: str
    why: str


class BadCursor(ValueError):  # noqa: N818 - it names what was found
    """The cursor was not made by this shelf for this order."""


class Shelf(Protocol):
    """The port that SQLite and MongoDB fill. The congress comes first in every question."""

    async def declare(self, table: Table) -> None:
        """Make room for a table and its fields; nothing happens if it stands.

        Every other question about a table that does not stand, or a field that it does not
        declare, raises LookupError.

        Raises:
            ValueError: when it stands with other fields; another shape is another version.

        """
        ...

    async def live(self) -> Mapping[tuple[str, int], int]:
        """Give the generation that readers see, or 0, by view and version."""
        ...

    async def switch(self, view: str, version: int, expected: int, to: int) -> bool:
        """Let `to` take over from `expected` by one compare-and-set; tell whether it did."""
        ...

    async def drop(self, table: Table) -> None:
        """Forget a table, its documents and its marks; if readers saw it, they see none."""
        ...

    async def tables(self) -> Sequence[Table]:
        """Give every table that stands."""
        ...

    async def get(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Document]:
        """Give the documents with these ids that exist."""
        ...

    async def find(self, congress: str, table: Table, service: str, query: Query) -> Page:
        """Give the documents that match; ties in the order are broken by id.

        Raises:
            BadCursor: when the cursor does not fit.

        """
        ...

    async def tally(
        self, congress: str, table: Table, service: str, query: Query, by: str
    ) -> Mapping[str | None, int]:
        """Count the documents that match, by the value of a field (each value of a list once).

        A number is counted under its digits, a boolean under `true` or `false`, an absent
        field under None. Order, cursor and limit say nothing here.
        """
        ...

    async def put(
        self, congress: str, table: Table, service: str, documents: Mapping[str, Written], mark: int
    ) -> None:
        """Write documents by id, then move the ledger's mark.

        Several may fold one ledger at once, and come to the same document at the same mark:
        what stands further on already, document or mark, stays as it is.

        Raises:
            TypeError: when a declared field holds an object or a fraction; nothing is written.

        """
        ...

    async def marks_of(
        self, congress: str, table: Table, service: str, ids: Sequence[str]
    ) -> Mapping[str, Written]:
        """Give what was ever written under these ids, tombstones too."""
        ...

    async def marks(self, table: Table) -> Mapping[str, int]:
        """Give each ledger's mark in this table: how far its documents are folded."""
        ...

    async def mark(self, table: Table, ledger: str) -> int:
        """Give one ledger's mark in this table; 0 when nothing of it is folded."""
        ...

    async def size(self, table: Table) -> int:
        """Count the documents of a table, tombstones left out."""
        ...

    async def dump(
        self, congress: str, table: Table, service: str, after: str, limit: int
    ) -> Sequence[tuple[str, int, bytes]]:
        """Give (id, mark, stored bytes) above `after` in the order of ids, to compare folds.

        Equal documents have equal bytes, whatever the order of their names; a tombstone has
        none.
        """
        ...

    async def block(self, table: Table, ledger: str, blocked: Blocked | None) -> None:
        """Note that a ledger of this table is stopped, or that it no longer is."""
        ...

    async def blocked(self, table: Table) -> Mapping[str, Blocked]:
        """Give the ledgers on which this table is stopped."""
        ...

    async def skip(self, view: str, version: int, skip: Skip) -> None:
        """Store the decision to pass over one entry in this version."""
        ...

    async def skips(self) -> Mapping[tuple[str, int], Sequence[Skip]]:
        """Give the entries passed over, by view and version."""
        ...

    async def close(self) -> None:
        """Let go of the store."""
        ...
