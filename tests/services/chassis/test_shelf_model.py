"""The shelf against a plain dict: whatever is put, pages are the sorted, filtered whole."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.shelf.port import Document, Query, Shelf, Table
from tests.distributed.databases import DRIVERS

HERE, SERVICE = "630200", "suggestions"
TABLE = Table("model", 1, 1, ("word", "number", "deep.flag", "many"))
Condition = Callable[[Document], bool]
Batch = dict[str, Document | None]

words = st.text("ab新𠀀 \"'%_", max_size=3)
numbers = st.integers(-3, 3) | st.integers(1 - 2**53, 2**53 - 1)
ids = st.text("abc-", min_size=1, max_size=3)
documents = st.fixed_dictionaries(
    {},
    optional={
        "word": st.none() | words,
        "number": st.none() | numbers,
        "deep": st.none() | st.fixed_dictionaries({"flag": st.none() | st.booleans()}),
        "many": st.lists(words, max_size=3),
    },
)
batches = st.dictionaries(ids, st.none() | documents, max_size=9)


def filters(word: str | None, number: int, some: list[str]) -> list[tuple[dict[str, Any], Condition]]:
    """Give every kind of filter, and the same condition in Python."""

    def at_least(one: Document) -> bool:
        return one.get("number") is not None and one["number"] >= number

    def below(one: Document) -> bool:
        return one.get("number") is not None and one["number"] < number

    def begins(one: Document) -> bool:
        return one.get("word") is not None and one["word"].startswith(word or "")

    return [
        ({"equal": {"word": word}}, lambda one: one.get("word") == word),
        ({"at_least": {"number": number}}, at_least),
        ({"below": {"number": number}}, below),
        ({"prefix": {"word": word or ""}}, begins),
        ({"contains": {"many": some}}, lambda one: bool({*some} & {*one.get("many", ())})),
        ({"contains": {"word": some}}, lambda one: one.get("word") in some),
    ]


@st.composite
def questions(draw: Callable[[Any], Any]) -> tuple[Query, Condition]:
    """Make a query of at most one filter, and the same condition in Python."""
    every = filters(draw(st.none() | words), draw(numbers), draw(st.lists(words, max_size=2)))
    fields, condition = draw(st.sampled_from([({}, lambda _: True), *every]))
    order = draw(st.sampled_from([None, "word", "number", "deep.flag"]))
    limit, descending = draw(st.integers(1, 4)), draw(st.booleans())
    return Query(**fields, order=order, descending=descending, limit=limit), condition


def reached(document: Document, path: str) -> Any:  # noqa: ANN401 - JSON
    """Read a field as the model does."""
    if path == "deep.flag":
        return (document.get("deep") or {}).get("flag")
    return document.get(path)


def answer(stored: dict[str, Document], query: Query) -> list[tuple[str, Document]]:
    """Sort documents as the port says, without a shelf."""
    if query.order is None:
        return sorted(stored.items(), key=lambda pair: pair[0], reverse=query.descending)
    values = {name: reached(one, query.order) for name, one in stored.items()}
    valued = [(value, name) for name, value in values.items() if value is not None]
    void = [name for name, value in values.items() if value is None]
    names = [name for _, name in sorted(valued, reverse=query.descending)]
    return [(name, stored[name]) for name in names + sorted(void, reverse=query.descending)]


puts = given(written=batches, later=batches, question=questions())
checks = [HealthCheck.function_scoped_fixture]


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
@settings(deadline=None, suppress_health_check=checks)
@puts
async def test_pages_are_the_whole_in_order(
    shelf: Shelf, written: Batch, later: Batch, question: tuple[Query, Condition]
) -> None:
    """Pages put together are every matching document once, in order; tallies agree."""
    await compared(shelf, written, later, question)


@pytest.mark.parametrize("opened", DRIVERS, indirect=True)
@settings(deadline=None, suppress_health_check=checks, max_examples=20)
@puts
async def test_pages_are_the_whole_over_the_network(
    shelf: Shelf, written: Batch, later: Batch, question: tuple[Query, Condition]
) -> None:
    """The same of MongoDB, by fewer examples, for each costs a hundred round trips."""
    await compared(shelf, written, later, question)


async def compared(shelf: Shelf, written: Batch, later: Batch, question: tuple[Query, Condition]) -> None:
    """Put two batches, and compare what is found with the model."""
    query, condition = question
    await shelf.drop(TABLE)
    await shelf.declare(TABLE)
    for mark, batch in enumerate((written, later), 1):
        marked = {name: (mark, document) for name, document in batch.items()}
        await shelf.put(HERE, TABLE, SERVICE, marked, mark)
    merged = {**written, **later}
    stored = {name: one for name, one in merged.items() if one is not None and condition(one)}
    page = await shelf.find(HERE, TABLE, SERVICE, query)
    found = list(page.documents)
    while page.cursor:
        assert len(page.documents) == query.limit
        page = await shelf.find(HERE, TABLE, SERVICE, replace(query, cursor=page.cursor))
        found += page.documents
    assert found == answer(stored, query)
    counted = await shelf.tally(HERE, TABLE, SERVICE, query, "word")
    assert counted == Counter(one.get("word") for one in stored.values())
