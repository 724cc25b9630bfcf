"""Every shelf there is, opened for tests, and a board on it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from events.drivers.motor import Driver
from services.chassis.shelf.mongo import MongoShelf
from services.chassis.shelf.port import Document, Query, Shelf, Table
from services.chassis.shelf.sqlite import SqliteShelf
from tests.distributed.databases import DRIVERS, Databases

HERE, ELSEWHERE, SERVICE = "630200", "630222", "suggestions"
BOARD = Table("board", 1, 1, ("state", "due", "number", "open", "units", "lead.unit"))
ADAPTERS = ("sqlite", *DRIVERS)
Opener = Callable[[Path], AbstractAsyncContextManager[Shelf]]


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Shelf]:
    """Open the SQLite shelf of a folder, close it afterwards."""
    shelf = SqliteShelf(folder / "shelf.db")
    try:
        yield shelf
    finally:
        await shelf.close()


@asynccontextmanager
async def mongo(databases: Databases, driver: Driver, folder: Path) -> AsyncIterator[Shelf]:
    """Open the MongoDB shelf of a folder, close it afterwards."""
    shelf = await MongoShelf.open(await databases.open(folder, "shelf", driver))
    try:
        yield shelf
    finally:
        await shelf.close()


def opening(request: pytest.FixtureRequest) -> Opener:
    """Give what opens the shelf that lives in a folder: the same folder is the same shelf."""
    if request.param == "sqlite":
        return sqlite
    return partial(mongo, request.getfixturevalue("databases"), request.param)


@pytest.fixture(params=ADAPTERS)
def opened(request: pytest.FixtureRequest) -> Opener:
    """Give every adapter in turn, to be opened by the test."""
    return opening(request)


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


CASES: dict[str, Document | None] = {
    "a": {"state": "new", "due": "2025-03-01", "number": 7, "open": True, "units": ["u1", "u2"]},
    "b": {"state": "new", "due": "2025-03-09", "number": 10, "open": False, "units": []},
    "c": {"state": "done", "due": None, "number": -1, "open": True, "lead": {"unit": "u1"}},
    "d": {"state": "新案", "due": "2025-12-31", "units": ["u2"], "lead": {"unit": None}},
    "e": {"state": "新", "number": 1, "lead": "nobody"},
}
