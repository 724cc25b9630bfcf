"""A small world for tests of machinery: ports on a temporary folder, and a service at work."""

import datetime as dt
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from deploy import adoption
from events.bus.embedded import EmbeddedBus
from events.catalogue import deputies
from events.catalogue.envelope import decided
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from events.journal.port import Proposed, Receipt
from events.journal.sqlite import SqliteJournal
from events.notary.proving import Proving
from events.notary.sqlite import SqliteNotes
from events.vault.sqlite import SqliteVault
from gateway.clients.inprocess import InProcess
from gateway.clients.port import Answer
from services.chassis.clock import OffsetClock
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.tokens import Caller, Tokens
from tests.specification import Who, reference

CONGRESS = "630200"
IN_SESSION = dt.datetime(2025, 2, 20, 4, tzinfo=dt.UTC)


@asynccontextmanager
async def ports(folder: Path) -> AsyncIterator[Ports]:
    """Open the ports of an embedded house in a folder, and close them."""
    clock = OffsetClock()
    clock.set(IN_SESSION)
    journal = SqliteJournal(folder / "journal.db", clock.now)
    vault = SqliteVault(folder / "vault.db", folder / "keys.db", b"m" * 32, clock.now)
    shelf, notes = SqliteShelf(folder / "shelf.db"), SqliteNotes(folder / "notes.db")
    try:
        yield Ports(
            journal,
            EmbeddedBus(journal),
            vault,
            shelf,
            clock,
            Tokens(b"t" * 32),
            journal,
            partial(SqliteShelf, None),
            Proving("house", notes),
        )
    finally:
        for port in (journal, vault, shelf, notes):
            await port.close()


@asynccontextmanager
async def running(service: Service, standing: Ports) -> AsyncIterator[Running]:
    """Let a service work on these ports."""
    at_work = await Running.open(service, standing)
    await at_work.start()
    try:
        yield at_work
    finally:
        await at_work.stop()


async def say(standing: Ports, ledger: str, stream: str, *events: Event, trace: str | None = None) -> Receipt:
    """Write entries as another service would have written them."""
    entries = [
        Proposed(stream, decided(
            type=each.wire, subject=stream, time=standing.clock.now(), congress=CONGRESS,
            actor="staff/test", correlationid="test", traceparent=trace,
            dataschema=f"/schemas/{each.wire}", data=each.data(),
        ))
        for each in events
    ]  # fmt: skip
    receipt = await standing.journal.append(ledger, entries, {})
    assert isinstance(receipt, Receipt)
    return receipt


async def found(standing: Ports, *people: str) -> None:
    """Found the congress with its rules, a session, two units and these deputies in office."""
    await say(
        standing, f"deputies/{CONGRESS}", f"congress/{CONGRESS}",
        deputies.CongressFounded(name="海东市人民代表大会", level=Level.CITY, term=3),
        *(deputies.RulebookAdopted(rulebook=each) for each in adoption.rulebooks()),
        *(deputies.CalendarAdopted(calendar=each) for each in adoption.calendars()),
        deputies.SessionConvened(term=3, session=7, opens=dt.date(2025, 2, 19), closes=dt.date(2025, 2, 22)),
        deputies.UnitListed(unit="housing", name="市住建局", branch=deputies.Branch.GOVERNMENT),
        deputies.UnitListed(unit="water", name="市水务局", branch=deputies.Branch.GOVERNMENT),
    )  # fmt: skip
    for person in people:
        await elect(standing, person)


async def elect(standing: Ports, person: str) -> None:
    """Let a person be a deputy in office."""
    day = dt.date(2021, 11, 1)
    await say(
        standing, f"deputies/{CONGRESS}", f"mandate/3-{person}",
        deputies.MandateElected(
            person=person, name=reference(person), term=3, electorate="ledu",
            electorate_name="乐都区", elected=day,
        ),
        deputies.MandateConfirmed(day=day, body="市人大常委会"),
        deputies.MandateTakenUp(day=day),
    )  # fmt: skip


class Client:
    """Asks one service over HTTP, as anyone of the cast."""

    def __init__(self, at_work: Running) -> None:
        """Take the service at work."""
        self._running = at_work
        self._services = InProcess({at_work.service.name: at_work.app})

    async def post(  # noqa: PLR0913 - a request has that many parts
        self, who: Who, path: str, body: object, *, key: str | None = None, etag: str | None = None,
        seen: bool = True, raw: bytes | None = None,
    ) -> Answer:  # fmt: skip
        """Send a command, having seen all that the journal holds of others."""
        headers = [
            ("idempotency-key", key or secrets.token_urlsafe(16)),
            ("content-type", "application/json"),
        ]
        if seen:
            heads = await self._running.ports.journal.heads("deputies/")
            headers.append(
                ("mandate-at-least", ", ".join(f"{name}/{head.sequence}" for name, head in heads.items()))
            )
        if etag is not None:
            headers.append(("if-match", etag))
        return await self._ask(who, "POST", path, headers, json.dumps(body).encode() if raw is None else raw)

    async def get(self, who: Who, path: str, at_least: str | None = None) -> Answer:
        """Read, having seen a position."""
        return await self._ask(who, "GET", path, [("mandate-at-least", at_least)] if at_least else [])

    async def _ask(
        self, who: Who, method: str, path: str, headers: list[tuple[str, str]], body: bytes | None = None
    ) -> Answer:
        name = self._running.service.name
        token = self._running.ports.tokens.mint(Caller(who.role, who.id, who.holds), CONGRESS, name)
        return await self._services.ask(
            name, method, f"/{CONGRESS}{path}", token=token, headers=headers, body=body
        )


def told(answer: Answer) -> Any:  # noqa: ANN401 - any JSON
    """Give the JSON of an answer."""
    return json.loads(answer.body)
