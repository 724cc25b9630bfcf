"""A house as it lies in its stores, for who audits it: read beside the house, running or not.

Nothing is believed that can be read again, and a store that is damaged is no reason to stop: that
is what is to be found.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from deploy.services import PUBLISHING
from events.drivers.apsw import Connection, connect
from events.journal import rows
from services.chassis.auditing.verifying import Row
from services.chassis.shelf.port import Shelf
from services.chassis.shelf.sqlite import SqliteShelf

PAGE = 2_000

if TYPE_CHECKING:
    from deploy.backing import Backing, Stores
    from events.journal.mongo import MongoJournal


class Kept(Protocol):
    """The stores of a house, to be read."""

    async def heads(self) -> Mapping[str, int]:
        """Give the last sequence of every ledger, whatever its entries say."""
        ...

    async def rows(self, ledger: str, after: int) -> Sequence[Row]:
        """Give the next entries of a ledger as they lie; none after the last."""
        ...

    async def flaws(self) -> Sequence[str]:
        """Say what is wrong with the store itself."""
        ...

    async def shelf(self, service: str, *, again: bool = False) -> Shelf:
        """Give the shelf of a service; opened again, it knows the tables that stand now."""
        ...


class Where(Protocol):
    """Where a house lies; it can be told to another process."""

    def opened(self) -> AbstractAsyncContextManager[Kept]:
        """Open the stores, in whichever process."""
        ...


@dataclass(frozen=True, slots=True)
class InFolder:
    """An embedded house in a data folder."""

    path: Path

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Kept]:
        """Open journal and shelf beside the house."""
        journal = connect(self.path / "journal.db", read_only=True)
        kept = _Files(journal, self.path / "shelf.db")
        try:
            yield kept
        finally:
            await kept.close()


@dataclass(slots=True)
class _Files:
    journal: Connection
    path: Path
    _ends: dict[str, tuple[int, int]] = field(default_factory=dict)
    _shelf: SqliteShelf | None = None

    async def heads(self) -> Mapping[str, int]:
        self._ends = rows.ends(self.journal)
        return {ledger: last for ledger, (_, last) in self._ends.items()}

    async def rows(self, ledger: str, after: int) -> Sequence[Row]:
        if ledger not in self._ends:
            await self.heads()
        return [Row(*each) for each in rows.stored(self.journal, self._ends[ledger][0], after, PAGE)]

    async def flaws(self) -> Sequence[str]:
        told = await asyncio.to_thread(lambda: self.journal.execute("PRAGMA integrity_check(10)").fetchall())
        found = [str(said) for (said,) in told if said != "ok"]
        return [*found, *(f"an entry lies at {place}, in no ledger" for place in rows.strays(self.journal))]

    async def shelf(self, service: str, *, again: bool = False) -> Shelf:  # noqa: ARG002 - one for all
        if again:
            await self._let_go()
        self._shelf = self._shelf or SqliteShelf(self.path)
        return self._shelf

    async def close(self) -> None:
        self.journal.close()
        await self._let_go()

    async def _let_go(self) -> None:
        shelf, self._shelf = self._shelf, None
        if shelf is not None:
            await shelf.close()


@dataclass(frozen=True, slots=True)
class InStores:
    """A distributed house: by its settings, or those of the environment."""

    backing: "Backing | None" = None
    master: bytes | None = field(default=None, repr=False)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Kept]:
        """Open the stores beside the processes."""
        from deploy.backing import Stores  # noqa: PLC0415 - the embedded house has no driver of MongoDB

        async with AsyncExitStack() as closing:
            yield _Databases(await Stores.open(closing, self.backing, self.master))


@dataclass(slots=True)
class _Databases:
    stores: "Stores"
    _journals: "dict[str, MongoJournal]" = field(default_factory=dict)
    _shelves: dict[str, Shelf] = field(default_factory=dict)

    async def heads(self) -> Mapping[str, int]:
        found = dict[str, int]()
        for service in PUBLISHING:
            heads = await (await self._journal(service)).heads()
            found |= {ledger: head.sequence for ledger, head in heads.items()}
        return found

    async def rows(self, ledger: str, after: int) -> Sequence[Row]:
        journal = await self._journal(ledger.partition("/")[0])
        return [Row(*each) for each in await journal.stored(ledger, after, PAGE)]

    async def flaws(self) -> Sequence[str]:
        return ()  # a server looks after its own files

    async def shelf(self, service: str, *, again: bool = False) -> Shelf:  # noqa: ARG002 - it asks each time
        if service not in self._shelves:
            self._shelves[service] = await self.stores.shelf(service)
        return self._shelves[service]

    async def _journal(self, service: str) -> "MongoJournal":
        if service not in self._journals:
            self._journals[service] = await self.stores.journal(service)
        return self._journals[service]
