"""Parts of the distributed house in twos: they share people, take over from the dead, and take leave."""

import asyncio
import base64
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx2
import pytest

from deploy.backing import Stores
from deploy.brokers.processes import Child
from deploy.cluster import backing
from deploy.composed import COMPOSE, KAFKA, MONGO, Composed
from deploy.sockets import healthy
from events.catalogue import deputies
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from gateway.accounts.passwords import Passwords
from gateway.accounts.values import Account
from services.chassis.running import Ports
from tests.distributed.houses import dropped
from tests.journeys.running import MANDATE, free_port
from tests.world import CONGRESS, say

pytestmark = [pytest.mark.serial, pytest.mark.timeout(280)]
LEDGER, PASSWORD, TAKEN_OVER_SECONDS = f"deputies/{CONGRESS}", "correct horse battery", 30.0
FOUNDED = deputies.CongressFounded(name="海东市人民代表大会", level=Level.CITY, term=3)
COMMANDS = (("relay", "deputies"), ("project", "deputies"), ("gateway",))


def listed(unit: str) -> deputies.UnitListed:
    """Say that a unit was listed."""
    return deputies.UnitListed(unit=unit, name="市住建局", branch=deputies.Branch.GOVERNMENT)


class Twos:
    """A house of one service, of whose other parts there are two each."""

    def __init__(self, composed: Composed, stores: Stores) -> None:
        self.composed, self.stores = composed, stores
        self.ports = {(*command, n): free_port() for command in COMMANDS for n in "ab"}
        self.parts = {part: self._child(*part) for part in self.ports}

    def _child(self, name: str, *rest: str) -> Child:
        part, port = {"project": "projector"}.get(name, name), self.ports[name, *rest]
        told = self.composed.environment(part) | {"PORT": str(port)}
        log = self.composed.folder / f"{name}-{rest[-1]}.log"
        return Child(name, COMPOSE.parent, log, (*MANDATE, name, *rest[:-1]), told)

    async def start(self, *part: str) -> None:
        await self.parts[part].start(partial(asyncio.to_thread, healthy, self.ports[part], 30.0))

    async def write(self, stream: str, event: Event) -> None:
        """Add an entry to the ledger, as the service would."""
        journal = await self.stores.journal("deputies")
        at = SimpleNamespace(journal=journal, clock=self.stores.clock)
        await say(cast("Ports", at), LEDGER, stream, event)

    async def folded(self, by: str) -> float:
        """Wait until a projector says that every view has all there is; give the seconds that took."""
        began, address = time.monotonic(), f"{self.at('project', 'deputies', by)}/health/ready"
        async with httpx2.AsyncClient(timeout=30) as client, asyncio.timeout(TAKEN_OVER_SECONDS + 30):
            while any((await client.get(address)).json()["lag"].values()):
                await asyncio.sleep(0.1)
        return time.monotonic() - began

    def at(self, *part: str) -> str:
        """Give where a part answers."""
        return f"http://127.0.0.1:{self.ports[part]}"

    async def holder(self) -> str:
        """Name the relay that holds the ledger, if one does."""
        ledgers = (await self.stores.kept(self.stores.database("journal_deputies"))).collection("ledgers")
        owner = str((await ledgers.find({"_id": LEDGER}))[0]["owner"])
        return next((n for n in "ab" if f"/{self.parts['relay', 'deputies', n].pid}/" in owner), owner)


@pytest.fixture
async def twos(tmp_path: Path, mongo_url: str, kafka_bootstrap: str) -> AsyncIterator[Twos]:
    """Run two relays, projectors and gateways beside one service; one clerk may sign in."""
    master, secret = secrets.token_bytes(32), tmp_path / "secrets"
    secret.mkdir()
    for name in ("master_key", "operator_password"):
        (secret / name).write_text(base64.b64encode(master).decode())
    told = {"MANDATE_HOUSE": f"t{secrets.token_hex(6)}", "MANDATE_MONGO_STANDALONE": "true"}
    composed = Composed(tmp_path, {MONGO: mongo_url, KAFKA: kafka_bootstrap}, told)
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing, backing(mongo_url, kafka_bootstrap, told), master)
        closing.push_async_callback(dropped, stores)
        closing.push_async_callback(composed.stop, "deputies")
        account = Account("clerk", CONGRESS, "p1", await Passwords().hash(PASSWORD), int(time.time()))
        await (await stores.accounts()).add(account)
        house = Twos(composed, stores)
        for each in house.parts.values():
            closing.push_async_callback(each.stop)
        await asyncio.gather(composed.start("deputies"), *(house.start(*part) for part in house.parts))
        await house.write(f"congress/{CONGRESS}", FOUNDED)
        await house.folded("a")
        yield house


async def test_two_of_each(twos: Twos) -> None:
    """One sign-in for both gateways; a dead owner's ledgers go on in time; who is told to stop leaves."""
    await signed_in_once(twos)
    print(f"a dead relay's ledgers after {await without_the_relay(twos):.0f} s")
    for dead, other in ("ab", "ba"):
        print(f"a dead projector's ledgers after {await without_the_projector(twos, dead, other):.0f} s")
    await all_take_leave(twos)


async def signed_in_once(twos: Twos) -> None:
    """Sign in at one gateway, be known at the other, sign out there."""
    first, second = twos.at("gateway", "a"), twos.at("gateway", "b")
    home = f"/{CONGRESS}/home"
    async with httpx2.AsyncClient(timeout=30) as client:  # cookies know no ports
        assert "/sign-in" in (await client.get(second + home)).headers["location"]
        await client.post(f"{first}/sign-in", data=await form(client, f"{first}/sign-in"))
        known = await client.get(second + home)
        assert "location" not in known.headers, known.headers
        await client.post(f"{second}/sign-out", data=await form(client, second + home))
        assert "/sign-in" in (await client.get(first + home)).headers["location"]


async def form(client: httpx2.AsyncClient, page: str) -> dict[str, str]:
    """Fill in what the forms of a page ask for."""
    (found, *_) = re.findall(r'name="csrf" value="([^"]+)"', (await client.get(page)).text)
    return {"csrf": found, "login": "clerk", "password": PASSWORD}


async def without_the_relay(twos: Twos) -> float:
    """Kill the relay that holds the ledger; give the seconds until the other has sent what is new."""
    dead = await twos.holder()
    await twos.parts["relay", "deputies", dead].kill()
    await twos.write(f"congress/{CONGRESS}", listed("housing"))
    took = await twos.folded("a")
    assert await twos.holder() != dead
    assert took < TAKEN_OVER_SECONDS
    await twos.start("relay", "deputies", dead)
    return took


async def without_the_projector(twos: Twos, dead: str, other: str) -> float:
    """Kill a projector; give the seconds until the other has folded what is new."""
    await twos.parts["project", "deputies", dead].kill()
    await twos.write(f"congress/{CONGRESS}", listed(f"water-{dead}"))
    took = await twos.folded(other)
    assert took < TAKEN_OVER_SECONDS
    await twos.start("project", "deputies", dead)
    return took


async def all_take_leave(twos: Twos) -> None:
    """Tell every part to stop: each ends well and in time, lets go of its ledgers, and is not missed."""
    pids = [str(each.pid) for each in twos.parts.values()]
    codes = [await twos.parts[part].stop() for part in twos.parts]
    assert codes == [0] * len(codes)
    assert await twos.holder() == ""
    left = {each.owner.split("/")[1] for each in await twos.stores.heartbeats.all()}
    assert left.isdisjoint(pids)
