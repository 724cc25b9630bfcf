"""Databases of a test's own on a MongoDB-protocol server, dropped when it ends."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from events.drivers import motor

DRIVERS: tuple[motor.Driver, ...] = ("motor", "pymongo")


class Databases:
    """Names a database for each folder and part: the same folder has the same databases."""

    def __init__(self, url: str) -> None:
        self._url, self._names = url, dict[tuple[Path, str], str]()

    async def contents(self, part: str, folder: Path) -> bytes:
        """Read every document of a part of what lives in a folder."""
        database = await self.open(folder, part, "pymongo")
        names = await database.collections()
        found = [await database.collection(name).find({}) for name in names]
        await database.close()
        return repr(found).encode()

    async def open(self, folder: Path, part: str, driver: motor.Driver) -> motor.Database:
        """Connect to a part of what lives in a folder; to be closed by the caller."""
        name = self._names.setdefault((folder, part), f"test_{part}_{secrets.token_hex(8)}")
        return await motor.connect(self._url, name, driver=driver, standalone=True)

    async def drop(self) -> None:
        """Drop all that were named."""
        for name in self._names.values():
            database = await motor.connect(self._url, name, standalone=True)
            await database.drop()
            await database.close()


@pytest.fixture
async def databases(mongo_url: str) -> AsyncIterator[Databases]:
    """Give databases that end with the test."""
    named = Databases(mongo_url)
    yield named
    await named.drop()
