"""Every way to keep accounts, opened for tests, and the clerk who is known to them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from events.drivers.motor import Driver
from gateway.accounts.mongo import MongoAccounts
from gateway.accounts.port import Accounts
from gateway.accounts.sqlite import SqliteAccounts
from gateway.accounts.values import Account, Session
from tests.distributed.databases import DRIVERS, Databases

NOON = 1_750_000_000
CLERK = Account("ma.lan", "630200", "p-7f3a", "hash of a password", NOON, "zh")
ADDRESS = "203.0.113.9"
Opening = Callable[[Path], Awaitable[Accounts]]
Contents = Callable[[Path], Awaitable[bytes]]


async def sqlite(folder: Path) -> Accounts:
    """Open the embedded adapter."""
    return SqliteAccounts(folder / "accounts.db")


async def mongo(databases: Databases, driver: Driver, folder: Path) -> Accounts:
    """Open the distributed adapter."""
    return await MongoAccounts.open(await databases.open(folder, "accounts", driver))


async def files(folder: Path) -> bytes:
    """Read every file of a folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture(params=("sqlite", *DRIVERS))
def lane(request: pytest.FixtureRequest) -> str:
    """Name one of the adapters."""
    return str(request.param)


@pytest.fixture
def opening(lane: Driver | Literal["sqlite"], request: pytest.FixtureRequest) -> Opening:
    """Give the way to open one of the adapters."""
    return sqlite if lane == "sqlite" else partial(mongo, request.getfixturevalue("databases"), lane)


@pytest.fixture
def contents(lane: str, request: pytest.FixtureRequest) -> Contents:
    """Give the way to read all that one of the adapters has stored."""
    return files if lane == "sqlite" else partial(request.getfixturevalue("databases").contents, "accounts")


@pytest.fixture
async def accounts(opening: Opening, tmp_path: Path) -> AsyncIterator[Accounts]:
    """Open accounts that know the clerk."""
    opened = await opening(tmp_path)
    assert await opened.add(CLERK)
    yield opened
    await opened.close()


async def signed_in(accounts: Accounts, now: int = NOON) -> tuple[str, Session]:
    """Open a session of the clerk."""
    account = await accounts.get(CLERK.login)
    assert account
    opened = await accounts.open_session(account, now)
    assert opened
    return opened
