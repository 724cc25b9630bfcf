"""Every part of the distributed house killed under load: nothing lost, nothing done twice."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from deploy.brokers.broker import Cluster, kafka
from deploy.brokers.ferret import Server, mongo
from deploy.brokers.processes import Child
from deploy.composed import COMPOSE
from tests.distributed.dying import STEPS
from tests.distributed.enduring import Deed, Load, differing
from tests.distributed.houses import Processes, processes
from tests.journeys.audit import promises
from tests.journeys.test_killed import reach
from tests.journeys.visiting import Visit

pytestmark = pytest.mark.serial
KINDS = ("relay", "projector", "reactor", "liaison", "gateway")
DOWN_SECONDS, CATCH_UP_SECONDS, DYING_SECONDS = 1.0, 60.0, 120.0
ROUNDS: tuple[Mapping[str, str], ...] = (
    {
        "liaison": "service: decided, before append",
        "relay": "relay: read, before send",
        "projector": "projector: fetched, before fold",
        "reactor": "reactor: decided, before append",
    },
    {
        "liaison": "service: after append, before answer",
        "relay": "relay: sent, before mark",
        "projector": "projector: folded, before documents",
        "reactor": "reactor: after append, before mark",
    },
    {"projector": "projector: documents, before mark"},
    {"projector": "projector: mark, before offset"},
)
"""Which part dies at which step, side by side."""


@pytest.fixture(scope="module")
async def load(
    visit: Visit, haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory, mongo_url: str,
    kafka_bootstrap: str,
) -> AsyncIterator[Load]:  # fmt: skip
    """Give a whole house as processes, and what can be sent to it."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(haidong_folder, folder / "example")
    async with processes(folder, mongo_url, kafka_bootstrap, "haidong") as standing:
        await standing.settled()
        yield await Load.of(visit, standing, folder)


async def endured(load: Load, faults: Mapping[str, tuple[Deed, Deed]], journeys: int, every: int) -> None:
    """Send; each fault comes after some more promises and passes; then the load waits for all to catch up."""
    before = len(promises(load.log))
    async with load.sent(journeys) as sender:
        for number, (name, (kill, start)) in enumerate(faults.items(), 1):
            await reach(load.log, before + number * every, sender)
            await kill()
            await asyncio.sleep(DOWN_SECONDS)
            sender.send_signal(signal.SIGSTOP)  # so that there is an end to catch up with
            await start()
            took = await load.caught_up()
            sender.send_signal(signal.SIGCONT)
            print(f"{name}: killed, all caught up {took:.0f} s after its return", flush=True)
            assert took < CATCH_UP_SECONDS
    assert await load.caught_up() < CATCH_UP_SECONDS


def killed(standing: Processes, *names: str) -> Mapping[str, tuple[Deed, Deed]]:
    """Give how parts are killed, and come back."""
    composed = standing.composed
    return {name: (partial(composed.kill, name), partial(composed.start, name)) for name in names}


@pytest.mark.timeout(600)
async def test_one_of_each_kind_is_killed(load: Load) -> None:
    """Relay, projector, reactor, service and gateway: the short form."""
    began = time.monotonic()
    await endured(load, killed(load.standing, *KINDS), journeys=18, every=3)
    print(f"{await load.whole()} promises, {len(KINDS)} kills, 0 lost, 0 doubled", flush=True)
    assert await differing(load.standing) == []
    print(f"{time.monotonic() - began:.0f} s")


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_death_at_every_step(load: Load) -> None:
    """Between append and view there is no step at which a death loses or doubles anything."""
    assert {step for each in ROUNDS for step in each.values()} == STEPS.keys()
    for number, steps in enumerate(ROUNDS, 1):
        armed = load.folder / f"armed-{number}"
        dying = await asyncio.gather(*(doomed(load, name, step, armed) for name, step in steps.items()))
        armed.touch()
        async with load.sent(8), asyncio.TaskGroup() as waiting:
            for name, child in zip(steps, dying, strict=True):
                waiting.create_task(risen(load, name, child))
        took = await load.caught_up()
        print(f"{'; '.join(steps.values())}: all caught up in {took:.0f} s", flush=True)
        print(f"{await load.whole()} promises, 0 lost, 0 doubled", flush=True)
        assert took < CATCH_UP_SECONDS
    assert await differing(load.standing) == []


async def doomed(load: Load, name: str, step: str, armed: Path) -> Child:
    """Put in the place of a part one that dies at a step."""
    composed = load.standing.composed
    await composed.stop(name)
    command = (sys.executable, "-m", "tests.distributed.dying", step, str(armed))
    child = Child(
        name, COMPOSE.parent, load.folder / "parts" / f"{name}.log",
        (*command, *composed.parts[name].command), composed.environment(name),
    )  # fmt: skip
    await child.start(partial(composed.ready, name))
    return child


async def risen(load: Load, name: str, child: Child) -> None:
    """Wait until a part has died by itself, and start it as it is."""
    async with asyncio.timeout(DYING_SECONDS):
        while child.pid is not None:
            await asyncio.sleep(0.05)
    assert await child.stop() == -signal.SIGKILL
    await load.standing.composed.start(name)


@pytest.mark.chaos
@pytest.mark.timeout(900)
async def test_every_part_is_killed_in_turn(visit: Visit, haidong_folder: Path, tmp_path: Path) -> None:
    """Parts, broker and store: 0 lost, 0 doubled, views equal their rebuild, caught up in a minute."""
    shutil.copytree(haidong_folder, tmp_path / "house" / "example")
    async with (
        mongo(tmp_path / "mongo") as store,
        kafka(tmp_path / "kafka") as cluster,
        processes(tmp_path / "house", store.url, cluster.bootstrap, "haidong") as standing,
    ):
        load, faults = await Load.of(visit, standing, tmp_path), faults_of(standing, store, cluster)
        await endured(load, faults, journeys=32, every=12)
        print(f"{await load.whole()} promises, {len(faults)} faults, 0 lost, 0 doubled", flush=True)
        assert await differing(standing) == []


def faults_of(standing: Processes, store: Server, cluster: Cluster) -> Mapping[str, tuple[Deed, Deed]]:
    """Give what can be killed, and how it comes back."""
    broker = partial(cluster.kill, 1), partial(cluster.start, 1)
    parts = killed(standing, *KINDS, "suggestions")
    return {**parts, "mongo": (store.kill, store.start), "kafka": broker}
