"""One service at work on SQLite in a folder: its ledgers are told, its routes are asked."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from events.bus.embedded import EmbeddedBus
from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.vocabulary import Reference
from events.journal.port import Proposed, Receipt
from events.journal.sqlite import SqliteJournal
from events.vault.sqlite import SqliteVault
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.tokens import Caller, Tokens
from tests.folding import serialized
from tests.specification import Who

CONGRESS = "630200"


class Stopped:
    """A clock that stands at noon of a day in Asia/Shanghai."""

    def __init__(self, day: str) -> None:
        self.day = day

    def now(self) -> dt.datetime:
        """Give the instant."""
        return dt.datetime.combine(dt.date.fromisoformat(self.day), dt.time(4, tzinfo=dt.UTC))


@dataclass
class Work:
    """A service at work, and what one may do with it in a case."""

    running: Running
    clock: Stopped
    client: httpx2.AsyncClient
    keys: int = 0

    async def told(self, ledger: str, subject: str, *events: Event) -> None:
        """Add entries of a stream to a ledger of the congress, and wait until they are folded."""
        journal = self.running.ports.journal
        place = f"{ledger}/{CONGRESS}"
        past = await journal.read(place, subject)
        version = Entry(past[-1]).sequence if past else 0
        parts = [
            Proposed(subject, serialized(subject, each, self.clock.day, "staff/clerk", CONGRESS))
            for each in events
        ]
        assert isinstance(await journal.append(place, parts, {subject: version}), Receipt)
        await self.settled()

    async def kept(self, owner: str, text: str) -> Reference:
        """Put words into the vault."""
        vault = self.running.ports.vault
        sealed = await vault.seal(CONGRESS, owner, [(text.encode(), "text/plain; charset=utf-8")])
        await vault.keep(sealed)
        return sealed[0].reference

    async def settled(self) -> None:
        """Wait until every view and reaction has what the journal holds."""
        async with asyncio.timeout(10):
            while not await self._level():
                await asyncio.sleep(0.002)

    async def _level(self) -> bool:
        heads = await self.running.ports.journal.heads()
        return all(
            following.mark(ledger) >= head.sequence
            for following in self.running.followings.values()
            for ledger, head in heads.items()
            if ledger.partition("/")[0] in following.services
        )

    async def get(self, who: Who, path: str, status: int = 200) -> Any:  # noqa: ANN401 - any JSON
        """Read; demand a status."""
        answer = await self.client.get(f"/{CONGRESS}{path}", headers=self._headers(who))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(
        self, who: Who, path: str, body: Mapping[str, Any], status: int = 201
    ) -> dict[str, Any]:
        """Command, each time under a new key; demand a status."""
        self.keys += 1
        headers = self._headers(who) | {"Idempotency-Key": f"key-{self.keys:020}"}
        answer = await self.client.post(f"/{CONGRESS}{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        await self.settled()
        return dict(answer.json())

    def _headers(self, who: Who) -> dict[str, str]:
        caller = Caller(who.role, who.id, who.holds)
        token = self.running.ports.tokens.mint(caller, CONGRESS, self.running.service.name)
        return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def at_work(service: Service, folder: Path, day: str = "2025-02-27") -> AsyncIterator[Work]:
    """Open a service in a folder, at noon of a day, and close it again."""
    clock = Stopped(day)
    journal = SqliteJournal(folder / "journal.db", clock.now)
    vault = SqliteVault(folder / "vault.db", folder / "keys.db", b"m" * 32, clock.now)
    shelf = SqliteShelf(folder / "shelf.db")
    ports = Ports(journal, EmbeddedBus(journal), vault, shelf, clock, Tokens(b"t" * 32))
    running = await Running.open(service, ports)
    await running.start()
    transport = httpx2.ASGITransport(running.app)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            yield Work(running, clock, client)
    finally:
        await running.stop()
        for port in (journal, vault, shelf):
            await port.close()
