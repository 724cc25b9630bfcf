"""What every shelf promises, whatever it stands on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.chassis.shelf.port import Blocked, Page, Query, Shelf, Skip, Table
from tests.services.chassis.shelves import BOARD, ELSEWHERE, HERE, SERVICE, Opener, found, put


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


async def test_overtaken(shelf: Shelf) -> None:
    """Who is late takes neither a document nor the ledger's mark back, and adds what is missing."""
    await put(shelf, {"a": {"state": "new", "units": ["u1"]}}, 5)
    await put(shelf, {"b": None}, 6)
    await put(shelf, {"a": {"state": "old", "units": ["u2"]}, "b": {"state": "old"}, "c": {}}, 4)
    marks = await shelf.marks_of(HERE, BOARD, SERVICE, ["a", "b", "c"])
    assert marks == {"a": (5, {"state": "new", "units": ["u1"]}), "b": (6, None), "c": (4, {})}
    assert await found(shelf, equal={"state": "old"}) == await found(shelf, contains={"units": ["u2"]}) == []
    assert await shelf.mark(BOARD, f"{SERVICE}/{HERE}") == 6
    assert await shelf.mark(BOARD, f"{SERVICE}/{ELSEWHERE}") == 0


async def test_several_writers(opened: Opener, tmp_path: Path) -> None:
    """Processes that fold one ledger at once, each at its own pace, leave what the furthest wrote."""
    async with opened(tmp_path) as one:
        await one.declare(BOARD)
        async with opened(tmp_path) as other:
            late_and_early = [(one, 20), (other, 3), (one, 7), (other, 30), (one, 29), (other, 1), (one, 12)]
            await asyncio.gather(
                *(
                    put(shelf, {f"{n}": {"number": mark} for n in range(9)}, mark)
                    for shelf, mark in late_and_early
                )
            )
            written = await one.marks_of(HERE, BOARD, SERVICE, [f"{n}" for n in range(9)])
            assert written == {f"{n}": (30, {"number": 30}) for n in range(9)}
            assert await other.tally(HERE, BOARD, SERVICE, Query(), "number") == {"30": 9}
            assert await one.marks(BOARD) == await other.marks(BOARD) == {f"{SERVICE}/{HERE}": 30}


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
        assert await shelf.skips() == {("board", 1): [skip]}
        assert await shelf.get(HERE, BOARD, SERVICE, ["a"]) == {"a": {}}


async def test_generations(shelf: Shelf) -> None:
    """Readers move to a new generation by one compare-and-set; the old one can be dropped."""
    second = Table("board", 1, 2, BOARD.fields)
    await shelf.declare(second)
    await put(shelf, {"a": {}}, 5)
    assert await shelf.live() == {}
    assert await shelf.switch("board", 1, 0, 1)
    both = await asyncio.gather(*(shelf.switch("board", 1, 1, 2) for _ in range(2)))
    assert sorted(both) == [False, True]
    assert await shelf.live() == {("board", 1): 2}
    assert not await shelf.marks(second)
    await shelf.drop(BOARD)
    await shelf.drop(BOARD)
    assert await shelf.tables() == [second]
    await shelf.declare(BOARD)
    assert not await shelf.marks(BOARD)
    assert await found(shelf) == []
    assert await shelf.live() == {("board", 1): 2}
    await shelf.drop(second)
    assert not (await shelf.live()).get(("board", 1))
