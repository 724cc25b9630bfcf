"""A query becomes SQL for the embedded shelf: pure, statement and values side by side."""

import json
from collections.abc import Iterator, Sequence

from services.chassis.shelf.columns import LIST, stored
from services.chassis.shelf.cursor import Place
from services.chassis.shelf.layout import Clause, Layout
from services.chassis.shelf.port import Query

LAST = "\U0010ffff"  # no text holds this code point


def together(clauses: Sequence[Clause]) -> Clause:
    """Join clauses that all must hold."""
    values = tuple(value for clause in clauses for value in clause.values)
    return Clause(" AND ".join(clause.sql for clause in clauses), values)


def matching(layout: Layout, congress: str, service: str, query: Query) -> Clause:
    """Give the condition on a document: its ledger, every filter, and no tombstone.

    Raises:
        LookupError: when a field is not declared.

    """
    ledger = Clause("congress = ? AND service = ? AND body IS NOT NULL", (congress, service))
    return together([ledger, *_filters(layout, congress, service, query)])


def _filters(layout: Layout, congress: str, service: str, query: Query) -> Iterator[Clause]:
    for field, value in query.equal.items():
        yield Clause(f"{layout.column(field)} IS ?", (stored(value),))
    for field, bound in query.at_least.items():
        yield _bounded(layout.column(field), ">=", bound)
    for field, bound in query.below.items():
        yield _bounded(layout.column(field), "<", bound)
    for field, prefix in query.prefix.items():
        name = layout.column(field)
        yield Clause(f"{name} >= ? AND {name} < ?", (prefix, prefix + LAST))
    for field, values in query.contains.items():
        asked = json.dumps(list(values), ensure_ascii=False)
        yield Clause(
            f"""({layout.column(field)} IN (SELECT value FROM json_each(?)) OR id IN (
                SELECT id FROM {layout.elements}
                WHERE congress = ? AND service = ? AND field = ?
                    AND value IN (SELECT value FROM json_each(?))))""",  # noqa: S608 - our names
            (asked, congress, service, layout.index(field), asked),
        )


def _bounded(name: str, sign: str, bound: str | int) -> Clause:
    # Numbers sort below '', texts below the empty blob: a range keeps to its own kind.
    kind = f"{name} >= '' AND {name} < x''" if isinstance(bound, str) else f"{name} < ''"
    return Clause(f"{name} {sign} ? AND {kind}", (stored(bound),))


def stretches(layout: Layout, query: Query, after: Place | None) -> Iterator[Clause]:
    """Give the conditions and orders whose answers, one behind the other, are the answer.

    With an order there are two stretches, documents with a value and documents without, so
    that each is read off an index from the place on.

    Raises:
        LookupError: when the field ordered by is not declared.

    """
    sign, way = ("<", "DESC") if query.descending else (">", "ASC")
    if query.order is not None and (after is None or after.value is not None):
        name = layout.column(query.order)
        start = Clause(f"{name} IS NOT NULL")
        if after:
            start = Clause(f"({name}, id) {sign} (?, ?)", (stored(after.value), after.id))
        yield Clause(f"{start.sql} ORDER BY {name} {way}, id {way}", start.values)
        after = None
    void = "TRUE" if query.order is None else f"{layout.column(query.order)} IS NULL"
    start = Clause(f"{void} AND id {sign} ?", (after.id,)) if after else Clause(void)
    yield Clause(f"{start.sql} ORDER BY id {way}", start.values)


def page(layout: Layout, match: Clause, stretch: Clause, order: str | None) -> Clause:
    """Give the question for (id, body, column ordered by) of one stretch; a limit is added."""
    column = "NULL" if order is None else layout.column(order)
    return Clause(
        f"SELECT id, body, {column} FROM {layout.documents}"  # noqa: S608 - our names
        f" WHERE {match.sql} AND {stretch.sql} LIMIT ?",
        match.values + stretch.values,
    )


def counts(layout: Layout, match: Clause, congress: str, service: str, by: str) -> Clause:
    """Give the question for (column, count) of scalars and of the values in lists.

    Raises:
        LookupError: when the field is not declared.

    """
    column = layout.column(by)
    return Clause(
        f"""SELECT {column}, count(*) FROM {layout.documents}
            WHERE {match.sql} AND ({column} IS NULL OR {column} < ?) GROUP BY {column}
        UNION ALL
        SELECT value, count(*) FROM {layout.elements}
            WHERE congress = ? AND service = ? AND field = ?
                AND id IN (SELECT id FROM {layout.documents} WHERE {match.sql})
            GROUP BY value""",  # noqa: S608 - our names
        (*match.values, LIST, congress, service, layout.index(by), *match.values),
    )
