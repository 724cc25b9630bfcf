"""The shelf on MongoDB where several processes and lost answers meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from events.drivers.terms import Unreachable
from services.chassis.shelf.port import Shelf
from tests.distributed.databases import DRIVERS, Databases
from tests.distributed.planting import before, lost
from tests.services.chassis.shelves import BOARD, HERE, SERVICE, Opener, put

pytestmark = pytest.mark.parametrize("opened", DRIVERS, indirect=True)

LEDGER = f"{SERVICE}/{HERE}"


@pytest.fixture
async def other(opened: Opener, shelf: Shelf, tmp_path: Path) -> AsyncIterator[Shelf]:
    """Open the same shelf in a second process, once the board stands."""
    async with opened(tmp_path) as other:
        assert await other.tables() == await shelf.tables() == [BOARD]
        yield other


@pytest.mark.parametrize("mark", [3, 5, 9])
async def test_inserted_by_two(
    shelf: Shelf, other: Shelf, monkeypatch: pytest.MonkeyPatch, mark: int
) -> None:
    """Of two who insert a document at once the one who is further on is believed, who was faster."""
    before(monkeypatch, "insert_many", "documents.", lambda: put(other, {"a": {"number": mark}}, mark))
    await put(shelf, {"a": {"number": 5}, "b": {"number": 5}}, 5)
    furthest = max(mark, 5)
    written = await other.marks_of(HERE, BOARD, SERVICE, ["a", "b"])
    assert written == {"a": (furthest, {"number": furthest}), "b": (5, {"number": 5})}
    assert await shelf.mark(BOARD, LEDGER) == furthest


@pytest.mark.parametrize(
    ("method", "collection"),
    [("insert_many", "documents."), ("bulk", "documents."), ("update_one", "ledgers")],
)
async def test_put_asks_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, method: str, collection: str
) -> None:
    """A put whose answer was lost on the way is whole in the end."""
    await put(shelf, {"a": {"number": 1}}, 1)
    happened = lost(monkeypatch, method, collection)
    await put(shelf, {"a": {"number": 2}, "b": {"number": 2}}, 2)
    assert len(happened) == 1
    assert await shelf.get(HERE, BOARD, SERVICE, ["a", "b"]) == {"a": {"number": 2}, "b": {"number": 2}}
    assert await shelf.mark(BOARD, LEDGER) == 2


async def test_documents_before_the_mark(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """While documents cannot be written the mark stays."""
    await put(shelf, {"a": {}}, 1)
    lost(monkeypatch, "bulk", "documents.", times=3)
    with pytest.raises(Unreachable):
        await put(shelf, {"a": {}}, 7)
    assert await shelf.marks(BOARD) == {LEDGER: 1}
    await put(shelf, {"a": {}}, 7)
    assert await shelf.marks(BOARD) == {LEDGER: 7}


async def test_a_switch_that_lost_its_answer(
    shelf: Shelf, other: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who switched is told so, and nobody else."""
    lost(monkeypatch, "insert_one", "live")
    assert await shelf.switch("board", 1, 0, 1)
    assert not await other.switch("board", 1, 0, 1)
    before(monkeypatch, "insert_one", "live", lambda: other.switch("board", 1, 1, 2))
    assert not await shelf.switch("board", 1, 1, 2)
    assert (await shelf.live())["board", 1] == 2


async def test_dropped_elsewhere(shelf: Shelf, other: Shelf) -> None:
    """Who knew a table that another process dropped is told so; made again, it is empty."""
    await put(shelf, {"a": {}}, 5)
    await other.drop(BOARD)
    with pytest.raises(LookupError):
        await shelf.get(HERE, BOARD, SERVICE, ["a"])
    await shelf.declare(BOARD)
    await put(shelf, {"a": {}}, 5)
    await other.drop(BOARD)
    with pytest.raises(LookupError):
        await put(shelf, {"a": {}}, 6)
    await other.declare(BOARD)
    assert await shelf.marks(BOARD) == {}
    await put(shelf, {"b": {}}, 2)
    assert await other.marks(BOARD) == {LEDGER: 2}


@pytest.fixture
def collections(databases: Databases, tmp_path: Path) -> Callable[[], Awaitable[int]]:
    """Give the way to count the collections of documents, whosever they are."""

    async def counted() -> int:
        database = await databases.open(tmp_path, "shelf", "pymongo")
        names = await database.collections()
        await database.close()
        return sum(name.startswith("documents.") for name in names)

    return counted


async def test_late_writers_leave_nothing(
    shelf: Shelf, opened: Opener, tmp_path: Path, collections: Callable[[], Awaitable[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What was on its way into a table dropped and made again goes there; the rest is swept up."""
    async with opened(tmp_path) as other:

        async def anew() -> None:
            await other.drop(BOARD)
            await other.declare(BOARD)

        before(monkeypatch, "insert_many", "documents.", anew)
        await put(shelf, {"a": {"number": 1}}, 9)
        assert await other.marks_of(HERE, BOARD, SERVICE, ["a"]) == {"a": (9, {"number": 1})}
        assert await collections() == 2
        async with opened(tmp_path):
            assert await collections() == 1
        assert await other.size(BOARD) == 1
