"""The whole house in one process on SQLite: the only place that names these adapters."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from fastapi import FastAPI

from deploy.copying import Copying
from deploy.folder import Folder
from deploy.fronting import Heads, caller_tokens, drawn, front
from deploy.services import SERVICES
from deploy.signing import Signatory, signatory
from events.bus.embedded import EmbeddedBus
from events.journal.sqlite import SqliteJournal
from events.notary.proving import Proving
from events.notary.sqlite import SqliteNotes
from events.vault.sqlite import SqliteVault
from gateway.accounts.sqlite import SqliteAccounts
from gateway.clients.inprocess import InProcess
from gateway.front import Front
from gateway.limits import Limits
from gateway.main import create_gateway
from services.chassis import metrics
from services.chassis.clock import OffsetClock
from services.chassis.running import Ports, Running
from services.chassis.settings import Settings
from services.chassis.shelf.sqlite import SqliteShelf

SETTLING_SECONDS = 0.002


class _Closed(Protocol):
    async def close(self) -> None: ...


Port = TypeVar("Port", bound=_Closed)


@dataclass(slots=True)
class House:
    """A house that stands: its ports, its services at work, its front door."""

    folder: Folder
    ports: Ports
    journal: SqliteJournal
    vault: SqliteVault
    accounts: SqliteAccounts
    notes: SqliteNotes
    signatory: Signatory
    running: Mapping[str, Running]
    front: Front
    app: FastAPI
    clock: OffsetClock

    @property
    def name(self) -> str:
        """Give the name it was founded under."""
        return self.folder.name

    @property
    def proving(self) -> Proving:
        """Give what was signed of its ledgers."""
        return self.ports.proving

    async def settled(self) -> None:
        """Wait until every view and reaction has taken all that the journal holds."""
        while not await self._level():  # noqa: ASYNC110 - many marks move; no one event tells
            await asyncio.sleep(SETTLING_SECONDS)

    async def _level(self) -> bool:
        heads = await self.ports.journal.heads()
        for running in self.running.values():
            for following in running.followings.values():
                for ledger, head in heads.items():
                    behind = following.mark(ledger) < head.sequence
                    if (
                        behind
                        and ledger.partition("/")[0] in following.services
                        and ledger not in following.stopped
                    ):
                        return False
        return heads == await self.ports.journal.heads()

    def broken(self) -> BaseException | None:
        """Give what broke a store that must not lose anything; nothing may be promised then."""
        return self.journal.broken or self.vault.broken

    async def ready(self) -> Mapping[str, Any]:
        """Tell whether every task runs and how far each view is behind."""
        failed = [name for running in self.running.values() for name in running.failed()]
        failed += self.signatory.failed()
        heads = await self.ports.journal.heads()
        for running in self.running.values():
            for name, following in running.followings.items():
                for ledger, each in heads.items():
                    if ledger.partition("/")[0] in following.services:
                        lag = each.sequence - following.mark(ledger)
                        metrics.LAG.labels(f"{running.service.name}/{name}", ledger).set(lag)
        blocked = [
            f"{name} {ledger}/{each.sequence}" for running in self.running.values()
            for name, following in running.followings.items() for ledger, each in following.stopped.items()
        ]  # fmt: skip
        return {"ready": not failed and self.broken() is None, "failed": failed, "blocked": blocked}


@asynccontextmanager
async def house(folder: Folder, limits: Limits | None = None) -> AsyncIterator[House]:
    """Open the house in a data folder, run its services, and close it again."""
    async with AsyncExitStack() as closing:
        standing = await _opened(folder, limits or Limits(), closing)
        for each in standing.running.values():
            closing.push_async_callback(each.stop)
            await each.start()
        closing.push_async_callback(standing.signatory.stop)
        await standing.signatory.start(standing.journal.changed)
        yield standing


def _kept(port: Port, closing: AsyncExitStack) -> Port:
    closing.push_async_callback(port.close)
    return port


async def _opened(folder: Folder, limits: Limits, closing: AsyncExitStack) -> House:
    """Open the stores, each closed later whatever happens, and put the house together on them."""
    path, tokens = folder.path, caller_tokens(folder.master)
    clock, chance = OffsetClock(folder.offset, Settings().test_clock), drawn(Settings().test_seed)
    journal = _kept(SqliteJournal(path / "journal.db", clock.now), closing)
    keys = path / "keys.db"
    vault = _kept(SqliteVault(path / "vault.db", keys, folder.master, clock.now, chance), closing)
    shelf = _kept(SqliteShelf(path / "shelf.db"), closing)
    accounts = _kept(SqliteAccounts(path / "accounts.db"), closing)
    notes = _kept(SqliteNotes(path / "notes.db"), closing)
    signing = signatory(folder.name, folder.master, journal, notes)
    ports = Ports(
        journal, EmbeddedBus(journal), vault, shelf, clock, tokens, journal, partial(SqliteShelf, None),
        Proving(folder.name, notes), forget=accounts.forget,
    )  # fmt: skip
    running = {each.name: await Running.open(each, ports) for each in SERVICES}
    services = InProcess({name: each.app for name, each in running.items()})
    asking = front(services, accounts, tokens, folder.master, limits)
    standing = House(
        folder, ports, journal, vault, accounts, notes, signing, running, asking, FastAPI(), clock
    )
    heads = Heads(journal, clock, example=folder.example is not None)
    copying = Copying(folder.name, clock, journal, ports.proving)
    standing.app = create_gateway(asking, heads.head, standing.ready, copied=copying.copied)
    return standing
