"""What every shelf promises, whatever it stands on."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.chassis.shelf.port import (
    BadCursor,
    Blocked,
    Document,
    Page,
    Query,
    Shelf,
    Skip,
    Table,
)
from services.chassis.shelf.sqlite import SqliteShelf

HERE, ELSEWHERE, SERVICE = "630200", "630222", "suggestions"
BOARD = Table("board", 1, 1, ("state", "due", "number", "open", "units", "lead.unit"))
Opener = Callable[[Path], AbstractAsyncContextManager[Shelf]]


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Shelf]:
    """Open the SQLite shelf of a folder, close it afterwards."""
    shelf = SqliteShelf(folder / "shelf.db")
    try:
        yield shelf
    finally:
        await shelf.close()


# Each opens the shelf that lives in a folder: the same folder is the same shelf.
SHELVES: tuple[Opener, ...] = (sqlite,)


@pytest.fixture(params=SHELVES)
def opened(request: pytest.FixtureRequest) -> Opener:
    """Give every adapter in turn, to be opened by the test."""
    adapter: Opener = request.param
    return adapter


@pytest.fixture
async def shelf(opened: Opener, tmp_path: Path) -> AsyncIterator[Shelf]:
    """Give a shelf of every adapter in turn, with an empty board."""
    async with opened(tmp_path) as shelf:
        await shelf.declare(BOARD)
        yield shelf


async def put(shelf: Shelf, documents: Mapping[str, Document | None], mark: int = 1) -> None:
    """Put documents on the board, all with the mark of the ledger."""
    marked = {name: (mark, document) for name, document in documents.items()}
    await shelf.put(HERE, BOARD, SERVICE, marked, mark)


async def found(shelf: Shelf, **query: Any) -> list[str]:  # noqa: ANN401 - a query's fields
    """Give the ids of the first page."""
    page = await shelf.find(HERE, BOARD, SERVICE, Query(**query))
    return [name for name, _ in page.documents]


async def test_documents_come_back(shelf: Shelf) -> None:
    """A document comes back as it was put, in its congress and ledger only."""
    document = {"state": "新", "n": 2**53 - 1, "more": {"l": [1, None, {"a": True}]}, "x": None}
    await put(shelf, {"a": document, "b": {}})
    assert await shelf.get(HERE, BOARD, SERVICE, ["a", "b", "c"]) == {"a": document, "b": {}}
    assert not await shelf.get(ELSEWHERE, BOARD, SERVICE, ["a"])
    assert not await shelf.get(HERE, BOARD, "liaison", ["a"])
    assert await shelf.find(ELSEWHERE, BOARD, SERVICE, Query()) == Page([], None)
    assert not await shelf.tally(ELSEWHERE, BOARD, SERVICE, Query(), "state")


async def test_last_write_counts(shelf: Shelf) -> None:
    """A document put again is the new one for every question."""
    await put(shelf, {"a": {"state": "new", "units": ["u1", "u2"]}})
    await put(shelf, {"a": {"state": "done", "units": ["u2", "u3"]}}, 2)
    assert await found(shelf, equal={"state": "new"}) == []
    assert await found(shelf, contains={"units": ["u1"]}) == []
    assert await found(shelf, equal={"state": "done"}, contains={"units": ["u3"]}) == ["a"]
    assert await shelf.size(BOARD) == 1


async def test_tombstones(shelf: Shelf) -> None:
    """A tombstone keeps its mark and its place in a dump, and no reader sees it."""
    await put(shelf, {"a": {"state": "new", "units": ["u1"]}, "b": {"state": "new"}})
    await put(shelf, {"a": None}, 2)
    assert await shelf.get(HERE, BOARD, SERVICE, ["a", "b"]) == {"b": {"state": "new"}}
    assert await found(shelf) == await found(shelf, order="due") == ["b"]
    assert await found(shelf, contains={"units": ["u1"]}) == []
    assert await shelf.tally(HERE, BOARD, SERVICE, Query(), "state") == {"new": 1}
    marks = await shelf.marks_of(HERE, BOARD, SERVICE, ["a", "b", "c"])
    assert marks == {"a": (2, None), "b": (1, {"state": "new"})}
    dumped = await shelf.dump(HERE, BOARD, SERVICE, "", 9)
    assert dumped == [("a", 2, b""), ("b", 1, b'{"state":"new"}')]
    assert await shelf.size(BOARD) == 1


async def test_dump_is_deterministic(shelf: Shelf) -> None:
    """Equal documents have equal bytes; a dump goes on above an id."""
    await put(shelf, {"b": {"x": {"q": 1, "p": "路"}, "y": 2}})
    await put(shelf, {"a": {"y": 2, "x": {"p": "路", "q": 1}}})
    first, second = await shelf.dump(HERE, BOARD, SERVICE, "", 9)
    assert first[2] == second[2]
    assert await shelf.dump(HERE, BOARD, SERVICE, "", 1) == [first]
    assert await shelf.dump(HERE, BOARD, SERVICE, "a", 9) == [second]


CASES: dict[str, Document | None] = {
    "a": {"state": "new", "due": "2025-03-01", "number": 7, "open": True, "units": ["u1", "u2"]},
    "b": {"state": "new", "due": "2025-03-09", "number": 10, "open": False, "units": []},
    "c": {"state": "done", "due": None, "number": -1, "open": True, "lead": {"unit": "u1"}},
    "d": {"state": "新案", "due": "2025-12-31", "units": ["u2"], "lead": {"unit": None}},
    "e": {"state": "新", "number": 1, "lead": "nobody"},
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcde"),
        ({"equal": {"state": "new"}}, "ab"),
        ({"equal": {"due": None}}, "ce"),
        ({"equal": {"open": True}}, "ac"),
        ({"equal": {"number": 1}}, "e"),
        ({"equal": {"open": 1}}, ""),
        ({"equal": {"units": None}}, "ce"),
        ({"equal": {"units": "u2"}}, ""),
        ({"equal": {"lead.unit": "u1"}}, "c"),
        ({"equal": {"lead.unit": None}}, "abde"),
        ({"at_least": {"due": "2025-03-09"}}, "bd"),
        ({"below": {"due": "2025-03-09"}}, "a"),
        ({"at_least": {"due": "2025-03-01"}, "below": {"due": "2025-04"}}, "ab"),
        ({"at_least": {"number": 1}}, "abe"),
        ({"below": {"number": 8}}, "ace"),
        ({"below": {"number": "x"}}, ""),
        ({"at_least": {"state": 0}}, ""),
        ({"at_least": {"open": ""}}, ""),
        ({"prefix": {"state": "新"}}, "de"),
        ({"prefix": {"state": "新案"}}, "d"),
        ({"prefix": {"state": ""}}, "abcde"),
        ({"prefix": {"due": "2025-0"}}, "ab"),
        ({"contains": {"units": ["u2"]}}, "ad"),
        ({"contains": {"units": ["u1", "u9"]}}, "a"),
        ({"contains": {"units": []}}, ""),
        ({"contains": {"state": ["done", "新"]}}, "ce"),
        ({"contains": {"units": ["u2"]}, "equal": {"state": "new"}}, "a"),
        ({"descending": True}, "edcba"),
        ({"order": "due"}, "abdce"),
        ({"order": "due", "descending": True}, "dbaec"),
        ({"order": "number"}, "ceabd"),
        ({"order": "number", "descending": True}, "baecd"),
        ({"order": "state"}, "cabed"),
        ({"order": "open", "descending": True}, "cabed"),
        ({"order": "state", "equal": {"open": True}}, "ca"),
    ],
    ids=str,
)
async def test_filters_and_orders(shelf: Shelf, query: dict[str, Any], expected: str) -> None:
    """Filters compare like with like; an absent field is None and comes last either way."""
    await put(shelf, CASES)
    assert await found(shelf, **query) == list(expected)
    paged, cursor = "", None
    while True:
        page = await shelf.find(HERE, BOARD, SERVICE, Query(**query, limit=2, cursor=cursor))
        paged += "".join(name for name, _ in page.documents)
        if (cursor := page.cursor) is None:
            break
    assert paged == expected


@pytest.mark.parametrize(
    ("by", "query", "expected"),
    [
        ("state", {}, {"new": 2, "done": 1, "新": 1, "新案": 1}),
        ("due", {"equal": {"state": "new"}}, {"2025-03-01": 1, "2025-03-09": 1}),
        ("open", {}, {"true": 2, "false": 1, None: 2}),
        ("number", {"at_least": {"number": 7}, "limit": 1}, {"7": 1, "10": 1}),
        ("units", {}, {"u1": 1, "u2": 2, None: 2}),
        ("units", {"contains": {"units": ["u1"]}}, {"u1": 1, "u2": 1}),
        ("lead.unit", {}, {"u1": 1, None: 4}),
    ],
)
async def test_tally(shelf: Shelf, by: str, query: dict[str, Any], expected: object) -> None:
    """A tally counts what matches by the text of the value, each value of a list."""
    await put(shelf, CASES)
    assert await shelf.tally(HERE, BOARD, SERVICE, Query(**query), by) == expected


async def test_pages_hold_while_documents_move(shelf: Shelf) -> None:
    """Between two pages a document may go or come: no other is lost or seen twice."""
    await put(shelf, {f"{n:03}": {"number": n // 7} for n in range(0, 100, 2)})
    first = await shelf.find(HERE, BOARD, SERVICE, Query(order="number", limit=10))
    await put(shelf, {"018": None, "020": None, "001": {"number": 0}, "021": {"number": 3}}, 2)
    rest = Query(order="number", limit=99, cursor=first.cursor)
    page = await shelf.find(HERE, BOARD, SERVICE, rest)
    assert [name for name, _ in page.documents][:3] == ["021", "022", "024"]
    assert len(page.documents) == 40


def forged(value: object, name: object) -> str:
    """Write a cursor for the order by due date by hand."""
    shape = json.dumps(["due", False, value, name])
    return base64.urlsafe_b64encode(shape.encode()).decode().rstrip("=")


async def test_bad_cursors(shelf: Shelf) -> None:
    """A cursor of another order, or of nobody's making, is refused and breaks nothing."""
    await put(shelf, CASES)
    page = await shelf.find(HERE, BOARD, SERVICE, Query(order="due", limit=1))
    own = str(page.cursor)
    assert await found(shelf, order="due", cursor=own) == ["b", "d", "c", "e"]
    with pytest.raises(BadCursor):
        await found(shelf, order="due", descending=True, cursor=own)
    with pytest.raises(BadCursor):
        await found(shelf, cursor=own)
    bad = [*(own[:end] for end in range(len(own))), own + "é", "=", "x" * 5_000, "[" * 9_999]
    values: tuple[Any, ...] = (1.5, 2**70, [], {}, float("nan"), "\ud800")
    bad += [forged(value, "a") for value in values]
    bad += [forged("x", name) for name in (None, 3, "\udfff")]
    bad += [base64.b64encode(other).decode() for other in (b"{}", b"[]", b"7", b'["due"]')]
    for cursor in bad:
        with pytest.raises(BadCursor):
            await found(shelf, order="due", cursor=cursor)


async def test_undeclared(shelf: Shelf) -> None:
    """A field or table that was not declared, and a field that holds an object, are refused."""
    queries: tuple[Any, ...] = ({"order": "x"}, {"equal": {"x": 1}}, {"contains": {"x": ["1"]}})
    for query in queries:
        with pytest.raises(LookupError):
            await found(shelf, **query)
    with pytest.raises(LookupError):
        await shelf.tally(HERE, BOARD, SERVICE, Query(), "x")
    with pytest.raises(LookupError):
        await shelf.get(HERE, Table("board", 1, 2), SERVICE, ["a"])
    with pytest.raises(ValueError, match="stands with"):
        await shelf.declare(Table("board", 1, 1, ("state",)))
    refused: tuple[Any, ...] = ({"a": 1}, [[1]], 0.5)
    for value in refused:
        with pytest.raises(TypeError):
            await put(shelf, {"b": {"state": "new"}, "a": {"state": value}}, 4)
    assert not await shelf.marks(BOARD)


async def test_marks_and_notes(opened: Opener, tmp_path: Path) -> None:
    """Marks, blocked ledgers and skips belong to their table or version and are kept."""
    skip = Skip("suggestions/630200", 7, "operator", "broken before 0.2")
    async with opened(tmp_path) as shelf:
        await asyncio.gather(*(shelf.declare(BOARD) for _ in range(3)))
        await put(shelf, {"a": {}}, 5)
        await shelf.put(HERE, BOARD, "liaison", {}, 9)
        await shelf.block(BOARD, "suggestions/630200", Blocked(6, "KeyError"))
        await shelf.block(BOARD, "liaison/630200", Blocked(2, "KeyError"))
        await shelf.block(BOARD, "liaison/630200", None)
        await shelf.skip("board", 1, skip)
        await shelf.skip("board", 1, skip)
    async with opened(tmp_path) as shelf:
        assert await shelf.tables() == [BOARD]
        assert await shelf.marks(BOARD) == {"suggestions/630200": 5, "liaison/630200": 9}
        assert await shelf.blocked(BOARD) == {"suggestions/630200": Blocked(6, "KeyError")}
        assert (await shelf.skips("board", 1), await shelf.skips("board", 2)) == ([skip], [])
        assert await shelf.get(HERE, BOARD, SERVICE, ["a"]) == {"a": {}}


async def test_generations(shelf: Shelf) -> None:
    """Readers move to a new generation by one compare-and-set; the old one can be dropped."""
    second = Table("board", 1, 2, BOARD.fields)
    await shelf.declare(second)
    await put(shelf, {"a": {}}, 5)
    assert await shelf.live("board", 1) == 0
    assert await shelf.switch("board", 1, 0, 1)
    both = await asyncio.gather(*(shelf.switch("board", 1, 1, 2) for _ in range(2)))
    assert sorted(both) == [False, True]
    assert (await shelf.live("board", 1), await shelf.live("board", 2)) == (2, 0)
    assert not await shelf.marks(second)
    await shelf.drop(BOARD)
    await shelf.drop(BOARD)
    assert await shelf.tables() == [second]
    await shelf.declare(BOARD)
    assert not await shelf.marks(BOARD)
    assert await found(shelf) == []
    assert await shelf.live("board", 1) == 2
    await shelf.drop(second)
    assert await shelf.live("board", 1) == 0
