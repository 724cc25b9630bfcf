"""The whole house in one process on SQLite: the only place that names these adapters."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import FastAPI

from deploy.folder import Folder
from events.bus.embedded import EmbeddedBus
from events.catalogue.envelope import Entry
from events.journal.sqlite import SqliteJournal
from events.vault.sqlite import SqliteVault
from gateway.accounts.sqlite import SqliteAccounts
from gateway.clients.inprocess import InProcess
from gateway.clients.operations import Operations
from gateway.front import Front
from gateway.limits import Limiter, Limits
from gateway.main import create_gateway
from gateway.policy import permitted
from gateway.rendering import Rendering
from gateway.session.sessions import Sessions
from services.chassis import metrics
from services.chassis.clock import OffsetClock
from services.chassis.running import Ports, Running
from services.chassis.settings import Settings
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.openapi import document
from services.chassis.web.tokens import Tokens
from services.chassis.workdays import legal_day
from services.deputies.service import SERVICE as DEPUTIES
from services.liaison.service import SERVICE as LIAISON
from services.reporting.service import SERVICE as REPORTING
from services.suggestions.service import SERVICE as SUGGESTIONS
from services.supervision.service import SERVICE as SUPERVISION
from services.training.service import SERVICE as TRAINING

SERVICES = (DEPUTIES, SUGGESTIONS, LIAISON, TRAINING, SUPERVISION, REPORTING)


SETTLING_SECONDS = 0.002


@dataclass(slots=True)
class House:
    """A house that stands: its ports, its services at work, its front door."""

    folder: Folder
    ports: Ports
    journal: SqliteJournal
    vault: SqliteVault
    accounts: SqliteAccounts
    running: Mapping[str, Running]
    front: Front
    app: FastAPI
    clock: OffsetClock

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
        heads = await self.ports.journal.heads()
        for running in self.running.values():
            for name, following in running.followings.items():
                lag = sum(
                    each.sequence - following.mark(ledger)
                    for ledger, each in heads.items()
                    if ledger.partition("/")[0] in following.services
                )
                metrics.LAG.labels(f"{running.service.name}/{name}").set(lag)
        blocked = [
            f"{name} {ledger}/{each.sequence}" for running in self.running.values()
            for name, following in running.followings.items() for ledger, each in following.stopped.items()
        ]  # fmt: skip
        return {"ready": not failed and self.broken() is None, "failed": failed, "blocked": blocked}


@asynccontextmanager
async def house(folder: Folder, limits: Limits | None = None) -> AsyncIterator[House]:
    """Open the house in a data folder, run its services, and close it again."""
    clock = OffsetClock(folder.offset)
    journal = SqliteJournal(folder.path / "journal.db", clock.now)
    vault = SqliteVault(folder.path / "vault.db", folder.path / "keys.db", folder.master, clock.now)
    shelf = SqliteShelf(folder.path / "shelf.db")
    accounts = SqliteAccounts(folder.path / "accounts.db")
    tokens = Tokens(derived(folder.master, b"caller-token"))
    ports = Ports(journal, EmbeddedBus(journal), vault, shelf, clock, tokens)
    running = {each.name: await Running.open(each, ports) for each in SERVICES}
    front = _front(running, accounts, tokens, folder, limits or Limits())
    standing = House(folder, ports, journal, vault, accounts, running, front, FastAPI(), clock)
    standing.app = create_gateway(front, Heads(standing).head, standing.ready)
    try:
        for each in running.values():
            await each.start()
        yield standing
    finally:
        for each in running.values():
            await each.stop()
        for port in (journal, vault, shelf, accounts):
            await port.close()


def _front(
    running: Mapping[str, Running], accounts: SqliteAccounts, tokens: Tokens, folder: Folder, limits: Limits
) -> Front:
    return Front(
        InProcess({name: each.app for name, each in running.items()}),
        Operations({name: document(each.service) for name, each in running.items()}, permitted),
        Sessions(accounts, derived(folder.master, b"sessions"), secure=Settings().https),
        Limiter(limits), tokens, Rendering(),
    )  # fmt: skip


def derived(master: bytes, purpose: bytes) -> bytes:
    """Give the 32-byte key of one purpose."""
    return HKDF(hashes.SHA256(), 32, None, b"mandate/" + purpose).derive(master)


class Heads:
    """What the head of every page says: the congress's name, the day, and whether it is an example."""

    def __init__(self, house: House) -> None:
        """Take the house; names are kept, for a congress does not change its own."""
        self._house, self._names = house, dict[str, Mapping[str, str]]()

    async def head(self, congress: str) -> Mapping[str, Any]:
        """Give it for one congress; with none given, for the house."""
        now = self._house.clock.now()
        return {
            "congress": congress, "now": now.isoformat(), "today": legal_day(now).isoformat(),
            "example_time": now.isoformat() if self._house.folder.example else None,
            "congress_name": "履职 Mandate", "congresses": await self._congresses(),
            **await self._named(congress),
        }  # fmt: skip

    async def _congresses(self) -> list[str]:
        heads = await self._house.ports.journal.heads("deputies/")
        return sorted(ledger.partition("/")[2] for ledger in heads)

    async def _named(self, congress: str) -> Mapping[str, str]:
        if congress and congress not in self._names:
            first = await self._house.ports.journal.fetch(f"deputies/{congress}", 0, 1)
            if first:
                data = Entry(first[0]).data
                self._names[congress] = {
                    "congress_name": data["name"],
                    "congress_name_en": data.get("name_en", data["name"]),
                }
        return self._names.get(congress, {})
