"""Same commands in, same ledgers out: the embedded and the distributed house, byte for byte."""

import datetime as dt
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.embedded import House, house
from deploy.examples.acts import OPERATOR, Act, person
from deploy.examples.entering import Door
from deploy.examples.notes import Notes
from deploy.examples.script import logins, script
from deploy.folder import Folder
from deploy.fronting import caller_tokens
from deploy.services import PUBLISHING, SERVICES
from events.catalogue.envelope import Entry
from gateway.accounts.port import Accounts
from gateway.accounts.values import Account
from gateway.api.forwarding import BASE
from gateway.clients.inprocess import InProcess
from gateway.clients.operations import Operation
from gateway.clients.port import Answer
from services.chassis.shapes import Service
from services.chassis.shelf.port import Shelf
from services.chassis.web.tokens import Caller
from tests.distributed.houses import Processes, processes
from tests.journeys.stopped import ASKED
from tests.journeys.visiting import DATA

pytestmark = [pytest.mark.serial, pytest.mark.timeout(280)]
DISTRICT = "630202"
ACTS = [each for each in script(DATA) if each.congress == DISTRICT]
ALL = 10_000
Dump = Mapping[tuple[str, str], Sequence[tuple[str, int, bytes]]]


class OverHttp(Door):
    """The door of an example, entered from outside: over HTTP, as everybody does."""

    def __init__(self, example: House, standing: Processes, accounts: Accounts, notes: Notes) -> None:
        super().__init__(example, notes)
        self._client, self._standing, self._accounts = httpx2.AsyncClient(timeout=30), standing, accounts

    async def _once(self, act: Act, operation: Operation, path: str, sent: Mapping[str, Any]) -> Answer:
        composed, headers = self._standing.composed, list(sent.get("headers", ()))
        base = f"{composed.url}{BASE}"
        if act.login == OPERATOR:
            tokens = caller_tokens(self._standing.stores.identity.master)
            token = tokens.mint(Caller(OPERATOR, "house"), act.congress, operation.service)
            headers.append(("authorization", f"Bearer {token}"))
            base = composed.services[operation.service]
        elif act.login is not None:
            headers.append(("authorization", f"Bearer {await self._token(act.login)}"))
        found = await self._client.request(
            operation.method, base + path, headers=headers, content=sent.get("body")
        )
        return Answer(found.status_code, [*found.headers.multi_items()], found.content)

    async def _token(self, login: str) -> str:
        now = int(time.time())
        return await self._accounts.create_token(login, f"t{time.monotonic_ns()}", now, now + 3600) or ""

    async def close(self) -> None:
        await self._client.aclose()


async def known(accounts: Accounts) -> None:
    """Let the people of the district in."""
    for login, each in logins(DATA).items():
        if each["congress"] == DISTRICT:
            await accounts.add(Account(login, DISTRICT, person(each), "no password", int(time.time())))


async def dumped(shelf: Shelf, service: Service) -> Dump:
    """Give every document of the district, as stored, by view and ledger."""
    tables = {(each.view, each.version): each for each in await shelf.tables()}
    return {
        (view.name, source): await shelf.dump(DISTRICT, tables[view.name, view.version], source, "", ALL)
        for view in (*service.views, *service.references)
        for source in PUBLISHING
    }


async def same_pasts(embedded: House, distributed: Processes) -> int:
    """Ask both for every kind of view and report as of some positions; give how many are the same."""
    raws = await embedded.journal.fetch(f"suggestions/{DISTRICT}", 0, ALL)
    here = InProcess({name: each.app for name, each in embedded.running.items()})
    same = 0
    async with httpx2.AsyncClient(timeout=30) as client:
        for entry in [Entry(raw) for raw in raws[:: max(1, len(raws) // 3)]]:
            for service, paths in ASKED.items():
                token = embedded.ports.tokens.mint(Caller("staff", "test"), DISTRICT, service)
                theirs = caller_tokens(distributed.stores.identity.master)
                bearer = f"Bearer {theirs.mint(Caller('staff', 'test'), DISTRICT, service)}"
                for each in paths:
                    path = f"/{DISTRICT}/{each}{'&' if '?' in each else '?'}as_of={entry.id}"
                    mine = await here.ask(service, "GET", path, token=token)
                    url = distributed.composed.services[service] + path
                    found = await client.get(url, headers={"authorization": bearer})
                    # MongoDB keeps names sorted, so what a live shelf there answers has another order.
                    assert found.json() == json.loads(mine.body), path
                    assert found.headers.get("mandate-position") == mine.header("mandate-position")
                    assert mine.header("memento-datetime") == found.headers["memento-datetime"]
                    same += 1
    return same


@asynccontextmanager
async def both(
    folder: Path, mongo: str, kafka: str, told: Mapping[str, str]
) -> AsyncIterator[tuple[House, Processes]]:
    """Run two houses that draw from one seed and look at one clock."""
    kept = Folder.open(folder / "embedded", "haidong")
    try:
        async with house(kept) as embedded, processes(folder / "parts", mongo, kafka, **told) as distributed:
            yield embedded, distributed
    finally:
        kept.close()


async def entered(embedded: House, distributed: Processes, clock: Path) -> None:
    """Do every act in both, one at a time, each after all views and reactions have caught up."""
    shared = await distributed.stores.accounts()
    await known(embedded.accounts)
    await known(shared)
    here, there = Door(embedded, Notes("here")), OverHttp(embedded, distributed, shared, Notes("there"))
    for act in ACTS:
        clock.write_text(act.at.astimezone(dt.UTC).isoformat())
        await here.enter(act)
        await embedded.settled()
        await there.enter(act)
        await distributed.settled()
    await there.close()


async def same_entries(embedded: House, distributed: Processes) -> int:
    """Compare every ledger; give how many entries there are."""
    found = 0
    for name in PUBLISHING:
        ours = await embedded.journal.fetch(f"{name}/{DISTRICT}", 0, ALL)
        theirs = await distributed.ledgers.fetch(f"{name}/{DISTRICT}", 0, ALL)
        assert [json.loads(raw) for raw in theirs] == [json.loads(raw) for raw in ours]  # told readably
        assert list(theirs) == list(ours)
        found += len(ours)
    return found


async def test_the_same_ledgers_and_views(
    tmp_path: Path, mongo_url: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole congress from its founding to its closed case: every entry and document is the same."""
    clock, documents = tmp_path / "now", 0
    clock.write_text(ACTS[0].at.isoformat())
    told = {"MANDATE_TEST_SEED": "the same for both", "MANDATE_TEST_CLOCK": str(clock)}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    async with both(tmp_path, mongo_url, kafka_bootstrap, told) as (embedded, distributed):
        await entered(embedded, distributed, clock)
        entries = await same_entries(embedded, distributed)
        for service in SERVICES:
            mine = await dumped(embedded.ports.shelf, service)
            assert await dumped(await distributed.stores.shelf(service.name), service) == mine
            documents += sum(len(each) for each in mine.values())
        pasts = await same_pasts(embedded, distributed)
    print(f"{len(ACTS)} commands, {entries} entries and {documents} documents the same in both houses")
    print(f"{pasts} answers as of an earlier position the same")
    assert pasts > 40
    assert entries > len(ACTS)
    assert documents > 40
