"""How a document lies on the shared shelf, and a query as MongoDB's filters: pure.

The declared field n lies under `fn`: a scalar as it is, so that BSON keeps numbers, texts and
booleans apart as the port does; a list as an object, which no filter for a scalar matches.
BSON sorts numbers below texts below booleans, texts by code point.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.shelf.cursor import Place
from services.chassis.shelf.documents import canonical, reached
from services.chassis.shelf.port import Document, Query

Filter = dict[str, Any]
Sort = list[tuple[str, int]]

LIST = "list"
LAST = "\U0010ffff"  # no text holds this code point
KINDS = ("number", "string", "bool")  # in BSON's order


@dataclass(frozen=True, slots=True)
class Layout:
    """A table: the collection of its documents, and the fields, the first of which lies under `f0`."""

    documents: str
    fields: tuple[str, ...]

    def name(self, field: str) -> str:
        """Give the name under which a field lies.

        Raises:
            LookupError: when it is not declared.

        """
        if field not in self.fields:
            raise LookupError(f"the field {field} is not declared")
        return f"f{self.fields.index(field)}"

    def indexes(self) -> Sequence[Sequence[str]]:
        """Give the names in each index: one for each field."""
        return [("ledger", f"f{number}", "_id") for number in range(len(self.fields))]

    def row(self, ledger: str, name: str, mark: int, document: Document | None) -> Filter:
        """Give a document as it lies on the shelf; a tombstone has neither fields nor body.

        Raises:
            TypeError: when a field holds neither a scalar, nor None, nor a list of those.

        """
        row: Filter = {"_id": key(ledger, name), "ledger": ledger, "mark": mark}
        if document is not None:
            fields = (_kept(reached(document, field.split("."))) for field in self.fields)
            row |= {f"f{number}": value for number, value in enumerate(fields)}
            row["body"] = canonical(document)
        return row


def key(ledger: str, name: str) -> str:
    """Give the key of a document: within a ledger keys are in the order of ids."""
    return f"{ledger}/{name}"


def among(ledger: str, names: Sequence[str]) -> Filter:
    """Give the condition for the documents of a ledger with these ids."""
    keys = [key(ledger, name) for name in names]
    return {"_id": keys[0] if len(keys) == 1 else {"$in": keys}}  # FerretDB 1 looks up one, scans for many


def above(ledger: str, name: str) -> Filter:
    """Give the condition for the documents of a ledger, tombstones too, above an id."""
    return {"_id": {"$gt": key(ledger, name), "$lt": key(ledger, LAST)}}


def matching(layout: Layout, ledger: str, query: Query) -> Filter:
    """Give the condition on a document: its ledger, every filter, and no tombstone.

    Raises:
        LookupError: when a field is not declared.

    """
    return {"$and": [{"ledger": ledger, "body": {"$exists": True}}, *_filters(layout, query)]}


def _filters(layout: Layout, query: Query) -> Iterator[Filter]:
    for field, value in query.equal.items():
        yield {layout.name(field): value}
    for field, bound in query.at_least.items():
        yield {layout.name(field): {"$gte": bound}}
    for field, bound in query.below.items():
        yield {layout.name(field): {"$lt": bound}}
    for field, prefix in query.prefix.items():
        yield {layout.name(field): {"$gte": prefix, "$lt": prefix + LAST}}
    for field, values in query.contains.items():
        name, asked = layout.name(field), {"$in": list(values)}
        yield {"$or": [{name: asked}, {f"{name}.{LIST}": asked}]}


def stretches(
    layout: Layout, ledger: str, query: Query, after: Place | None
) -> Iterator[tuple[Filter, Sort]]:
    """Give the conditions and orders whose answers, one behind the other, are the answer.

    With an order there are two stretches, documents with a value and documents without.

    Raises:
        LookupError: when the field ordered by is not declared.

    """
    sign, way = ("$lt", -1) if query.descending else ("$gt", 1)
    if query.order is not None and (after is None or after.value is not None):
        name = layout.name(query.order)
        start: Filter = {name: {"$ne": None}}
        if after:
            tie = {name: after.value, "_id": {sign: key(ledger, after.id)}}
            kinds = ({name: {"$type": kind}} for kind in _later(after.value, descending=query.descending))
            start = {"$or": [{name: {sign: after.value}}, tie, *kinds]}
        yield start, [(name, way), ("_id", way)]
        after = None
    void: Filter = {} if query.order is None else {layout.name(query.order): None}
    start = {"_id": {sign: key(ledger, after.id)}} if after else {}
    yield void | start, [("_id", way)]


def _later(value: object, *, descending: bool) -> Sequence[str]:
    """Name the kinds of value that come after the kind of `value`: a range compares like with like."""
    kind = 2 if isinstance(value, bool) else isinstance(value, str)
    return KINDS[:kind] if descending else KINDS[kind + 1 :]


def place(layout: Layout, query: Query, row: Mapping[str, Any]) -> Place:
    """Give the place of a row in the order of a query.

    Raises:
        TypeError: when the value is a list.

    """
    value = None if query.order is None else row[layout.name(query.order)]
    if isinstance(value, dict):
        raise TypeError("a list cannot be sorted by")
    return Place(value, identity(row))


def identity(row: Mapping[str, Any]) -> str:
    """Give the id of the document in a row."""
    return str(row["_id"].removeprefix(f"{row['ledger']}/"))


def counted(groups: Iterable[tuple[Any, int]]) -> Mapping[str | None, int]:
    """Give the counts by label of the counts by what lies under a field."""
    counts: Counter[str | None] = Counter()  # 7 and "7" meet under one label
    for value, count in groups:
        for each in value[LIST] if isinstance(value, dict) else [value]:
            counts[_label(each)] += count
    return counts


def _label(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _kept(value: object) -> object:
    if isinstance(value, list):
        # Each once; true is not 1 here.
        return {
            LIST: [_scalar(each) for _, each in {(type(each), each): 0 for each in value} if each is not None]
        }
    return _scalar(value)


def _scalar(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a field cannot hold {type(value).__name__}")
