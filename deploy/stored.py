"""A house as it lies in its stores, for who audits it: read beside the house, running or not.

Nothing is believed that can be read again, and a store that is damaged is no reason to stop: that
is what is to be found.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.folder import identity
from deploy.signing import Signing
from events.drivers.apsw import Connection, connect
from events.journal import rows
from events.journal.port import Stored
from events.notary.port import Notes, Standing
from events.notary.sqlite import SqliteNotes
from events.proof.checkpoint import origin
from events.proof.note import Key, Signer
from events.proof.tiles import Address
from services.chassis.shelf.port import Shelf
from services.chassis.shelf.sqlite import SqliteShelf

PAGE = 2_000
POLL_SECONDS = 0.05


class Kept(Protocol):
    """The stores of a house, to be read."""

    async def heads(self) -> Mapping[str, int]:
        """Give the last sequence of every ledger that there is, or of which something was signed."""
        ...

    async def rows(self, ledger: str, after: int) -> Sequence[Stored]:
        """Give the next entries of a ledger as they lie; none after the last."""
        ...

    async def flaws(self) -> Sequence[str]:
        """Say what is wrong with the store itself."""
        ...

    async def standing(self, ledger: str) -> Standing | None:
        """Give what was signed of a ledger last; None when nothing was."""
        ...

    async def tiles(self, ledger: str, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        """Give full tiles of a ledger's tree; those that are not kept are absent."""
        ...

    async def keys(self, ledger: str) -> Sequence[Key]:
        """Give the keys with which the house signs a ledger."""
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
        name, master = identity(self.path)
        kept = _Files(self.path, connect(self.path / "journal.db", read_only=True), name, master)
        try:
            yield kept
        finally:
            await kept.close()


class Noted:
    """What both houses have of their notes."""

    name: str
    master: bytes

    async def notes(self) -> Notes | None:
        """Give the notes, if there are any."""
        raise NotImplementedError

    async def standing(self, ledger: str) -> Standing | None:
        """Give what was signed of a ledger last."""
        notes = await self.notes()
        found = await notes.get(origin(self.name, ledger)) if notes else None
        return found if found and found.signed.size else None

    async def tiles(self, ledger: str, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        """Give full tiles of a ledger's tree."""
        notes = await self.notes()
        return await notes.tiles(origin(self.name, ledger), addresses) if notes else {}

    async def keys(self, ledger: str) -> Sequence[Key]:
        """Give the keys with which the house signs a ledger."""
        name = origin(self.name, ledger)
        return [Signer(name, seed).key for seed in Signing().seeds(self.master)]

    async def missed(self) -> Mapping[str, int]:
        """Name the ledgers of which something was signed."""
        notes, cut = await self.notes(), len(origin(self.name, ""))
        return {each.signed.origin[cut:]: 0 for each in (await notes.all() if notes else ())}


class _Files(Noted):
    def __init__(self, path: Path, journal: Connection, name: str, master: bytes) -> None:
        self.path, self.journal, self.name, self.master = path, journal, name, master
        self._ends: dict[str, tuple[int, int]] = {}
        self._shelf: SqliteShelf | None = None
        self._notes: SqliteNotes | None = None

    async def notes(self) -> Notes | None:
        if self._notes is None and (self.path / "notes.db").exists():
            self._notes = SqliteNotes(self.path / "notes.db")
        return self._notes

    async def heads(self) -> Mapping[str, int]:
        self._ends = rows.ends(self.journal)
        return {**await self.missed(), **{ledger: last for ledger, (_, last) in self._ends.items()}}

    async def rows(self, ledger: str, after: int) -> Sequence[Stored]:
        if ledger not in self._ends:
            await self.heads()
        if ledger not in self._ends:
            return []
        return rows.stored(self.journal, self._ends[ledger][0], after, PAGE)

    async def flaws(self) -> Sequence[str]:
        """Look in a thread, for minutes perhaps; whoever waits no more ends it."""
        checking = asyncio.create_task(asyncio.to_thread(self._flaws))
        try:
            return await asyncio.shield(checking)
        except asyncio.CancelledError:
            while not checking.done():  # again, since only a question under way can be broken off
                self.journal.interrupt()
                await asyncio.wait([checking], timeout=POLL_SECONDS)
            await asyncio.gather(checking, return_exceptions=True)
            raise

    def _flaws(self) -> Sequence[str]:
        told = self.journal.execute("PRAGMA integrity_check(10)").fetchall()
        found = [str(said) for (said,) in told if said != "ok"]
        return [*found, *(f"an entry lies at {place}, in no ledger" for place in rows.strays(self.journal))]

    async def shelf(self, service: str, *, again: bool = False) -> Shelf:  # noqa: ARG002 - one for all
        if again:
            await self._let_go()
        self._shelf = self._shelf or SqliteShelf(self.path / "shelf.db")
        return self._shelf

    async def close(self) -> None:
        self.journal.close()
        await self._let_go()
        if self._notes is not None:
            await self._notes.close()

    async def _let_go(self) -> None:
        shelf, self._shelf = self._shelf, None
        if shelf is not None:
            await shelf.close()
