"""Every part of the distributed house killed under load: nothing lost, nothing done twice."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from deploy.brokers.broker import Cluster, kafka
from deploy.brokers.ferret import Server, mongo
from deploy.examples.acts import person
from deploy.examples.script import logins
from deploy.services import SERVICES
from gateway.api.document import BASE
from services.chassis.projecting import Fold, sources
from services.chassis.rebuilding import Report, compare, refold
from tests.distributed.houses import Processes, processes
from tests.journeys.audit import Audit, promises
from tests.journeys.plans import DEPUTIES, Planner
from tests.journeys.test_killed import PEOPLE, SEED, reach
from tests.journeys.visiting import CITY, DATA, Visit
from tests.rulebook import HOUSE

pytestmark = [pytest.mark.chaos, pytest.mark.serial, pytest.mark.timeout(900)]
Deed = Callable[[], Awaitable[None]]
PARTS = ("relay", "projector", "reactor", "suggestions", "liaison", "gateway")
JOURNEYS, EVERY = 60, 12
DOWN_SECONDS, CATCH_UP_SECONDS = 2.0, 60.0


async def planned(visit: Visit, standing: Processes, folder: Path) -> Path:
    """Write down what to send, to whom, and with which tokens."""
    accounts, now = await standing.stores.accounts(), int(time.time())
    tokens = {each: await accounts.create_token(each, "chaos", now, now + 3600) for each in PEOPLE}
    known = logins(DATA)
    mandates = {each: f"mandate/3-{person(known[each])}" for each in DEPUTIES}
    operations = {
        each.id: BASE + each.template.replace("{congress}", CITY)
        for each in visit.house.front.operations.by_id.values() if each.method == "POST"
    }  # fmt: skip
    journeys = Planner(SEED, mandates, visit.things[CITY]["stations"]).journeys()[:JOURNEYS]
    file = folder / "plan.json"
    told = {"tokens": tokens, "operations": operations, "journeys": journeys}
    file.write_text(json.dumps({**told, "base": standing.composed.url}))
    return file


async def differing(standing: Processes) -> list[str]:
    """Fold every view again beside the live one; give the documents that differ."""
    report, bus = Report(), standing.source
    for service in SERVICES:
        shelf = await standing.stores.shelf(service.name)
        for view in (*service.views, *service.references):
            live = await Fold.open(view, await shelf.live(view.name, view.version), shelf)
            fresh = await Fold.open(view, live.place.generation + 1, shelf)
            await refold(fresh, bus, lambda *_: None)
            for ledger in await bus.heads(sources(view)):
                await compare(live, fresh, shelf, ledger, report)
            await shelf.drop(fresh.place)
    assert report.documents > 500
    return report.differing


async def audited(standing: Processes, log: Path, folder: Path) -> Audit:
    """Hold the ledgers against everything that was promised."""
    audit = Audit(folder)
    for ledger, head in (await standing.ledgers.heads()).items():
        audit.ledgers[ledger] = list(await standing.ledgers.fetch(ledger, 0, head.sequence))
    audit.chains()
    audit.receipts(promises(log))
    audit.reactions(settled=True)
    return audit


def faults_of(standing: Processes, store: Server, cluster: Cluster) -> Mapping[str, tuple[Deed, Deed]]:
    """Give what can be killed, and how it comes back."""
    composed = standing.composed
    parts = {name: (partial(composed.kill, name), partial(composed.start, name)) for name in PARTS}
    broker = partial(cluster.kill, 1), partial(cluster.start, 1)
    return {**parts, "mongo": (store.kill, store.start), "kafka": broker}


async def endured(faults: Mapping[str, tuple[Deed, Deed]], plan: Path, log: Path) -> None:
    """Send everything; each fault comes after some more promises, and passes after a while."""
    command = (sys.executable, "-m", "tests.journeys.sender", str(plan), str(log))
    sender = await asyncio.create_subprocess_exec(*command, cwd=HOUSE)
    try:
        for number, (kill, start) in enumerate(faults.values(), 1):
            await reach(log, number * EVERY, sender)
            await kill()
            await asyncio.sleep(DOWN_SECONDS)
            await start()
        assert await asyncio.wait_for(sender.wait(), 300) == 0
    finally:
        if sender.returncode is None:
            sender.kill()
            await sender.wait()


async def test_every_part_is_killed_in_turn(visit: Visit, haidong_folder: Path, tmp_path: Path) -> None:
    """Parts, broker and store: 0 lost, 0 doubled, views equal their rebuild, caught up in a minute."""
    shutil.copytree(haidong_folder, tmp_path / "house" / "example")
    async with (
        mongo(tmp_path / "mongo") as store,
        kafka(tmp_path / "kafka") as cluster,
        processes(tmp_path / "house", store.url, cluster.bootstrap, "haidong") as standing,
    ):
        faults, log = faults_of(standing, store, cluster), tmp_path / "promises.jsonl"
        await endured(faults, await planned(visit, standing, tmp_path), log)
        began = time.monotonic()
        await standing.settled()
        caught_up = time.monotonic() - began
        audit = await audited(standing, log, tmp_path)
        assert audit.faults == []
        assert await differing(standing) == []
    print(f"{len(promises(log))} promises, {len(faults)} faults, caught up in {caught_up:.0f} s")
    assert caught_up < CATCH_UP_SECONDS
