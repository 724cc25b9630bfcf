"""`kill -9`, ten times, in the middle of two thousand commands: what was promised stands."""

import asyncio
import json
import random
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx2
import pytest

from deploy.examples.acts import person
from deploy.examples.script import logins
from gateway.accounts.sqlite import SqliteAccounts
from gateway.api.document import BASE
from tests.journeys.audit import Audit, Promise, lost, promises
from tests.journeys.plans import DEPUTIES, Planner
from tests.journeys.running import Process, free_port, mandate
from tests.journeys.visiting import CITY, DATA, LOGINS, Visit
from tests.rulebook import HOUSE

SEED, KILLS, COMMANDS = 20250520, 10, 2000
AGAIN = 60
"""So many promises of earlier lives are asked for again after each restart, beside all new ones."""
PEOPLE = {*DEPUTIES, *LOGINS[CITY].values(), "staff-review", "staff-training", "deputy-chao-yueying"}


@pytest.fixture
def folder(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@pytest.fixture
async def plan(folder: Path, visit: Visit) -> dict[str, object]:
    """Write what to send, to whom, and with which tokens."""
    accounts, now = SqliteAccounts(folder / "accounts.db"), int(time.time())
    tokens = {each: await accounts.create_token(each, "kill", now, now + 3600) for each in PEOPLE}
    await accounts.close()
    known = logins(DATA)
    mandates = {each: f"mandate/3-{person(known[each])}" for each in DEPUTIES}
    operations = {
        each.id: BASE + each.template.replace("{congress}", CITY)
        for each in visit.house.front.operations.by_id.values() if each.method == "POST"
    }  # fmt: skip
    journeys = Planner(SEED, mandates, visit.things[CITY]["stations"]).journeys()
    assert sum(map(len, journeys)) == COMMANDS
    return {"tokens": tokens, "operations": operations, "journeys": journeys}


@pytest.fixture
async def running(folder: Path) -> AsyncIterator[Process]:
    """Give a house that is not started yet, and is gone in the end."""
    process = Process(folder, free_port())
    yield process
    await process.end(signal.SIGKILL)


async def replayed(process: Process, kept: Sequence[Promise]) -> list[str]:
    """Send promises again with their keys: the very same answers come back."""
    wrong = []
    async with httpx2.AsyncClient(base_url=process.base, timeout=20) as client:
        for each in kept:
            answer = await client.post(each["path"], json=each["body"], headers=each["headers"])
            while answer.status_code in {429, 503}:
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
                answer = await client.post(each["path"], json=each["body"], headers=each["headers"])
            if (answer.status_code, answer.json()) != (each["status"], each["answer"]):
                wrong.append(f"{each}: {answer.status_code} {answer.text}")
    return wrong


async def rebuilt(folder: Path) -> list[str]:
    """Rebuild every view through the running house; give those that differ from the live ones."""
    code, said = await mandate("rebuild", "all", "--data", str(folder))
    reports = [line for line in said.splitlines() if " differ, " in line]
    wrong = [line for line in reports if ", 0 differ, taken over" not in line]
    return wrong if code == 0 and len(reports) > 15 else [said]


async def examined(process: Process, log: Path, before: int, *, settled: bool = False) -> int:
    """Hold a house against everything that was promised until now; give how much that was."""
    kept = promises(log)
    audit = await asyncio.to_thread(Audit.of, process.data, kept, settled=settled)
    assert audit.faults == []
    assert audit.opened >= len(kept) // 10, "too few words were looked at"
    some = random.Random(before).sample(kept[:before], min(AGAIN, before))
    assert await replayed(process, [*some, *kept[before:]]) == []
    assert await rebuilt(process.data) == []
    return len(kept)


async def reach(log: Path, count: int, sender: asyncio.subprocess.Process) -> None:
    """Wait until so many promises were made, and a moment more."""
    while len(promises(log)) < count:
        assert sender.returncode is None, "the sender ended too early"
        await asyncio.sleep(0.02)


@pytest.mark.serial
@pytest.mark.timeout(900)
async def test_what_was_promised_outlives_ten_kills(
    running: Process, plan: dict[str, object], tmp_path: Path
) -> None:
    """No promise is lost or doubled, each reaction is done once, words and views are whole."""
    chance, log, file = random.Random(SEED), tmp_path / "promises.jsonl", tmp_path / "plan.json"
    file.write_text(json.dumps(plan | {"base": running.base}))
    began, examined_up_to = time.monotonic(), 0
    await running.start()
    command = (sys.executable, "-m", "tests.journeys.sender", str(file), str(log))
    sender = await asyncio.create_subprocess_exec(*command, cwd=HOUSE)
    try:
        for life in range(1, KILLS + 1):
            await reach(log, COMMANDS * life // (KILLS + 1) + chance.randint(-60, 60), sender)
            await asyncio.sleep(chance.random() / 50)
            await running.end(signal.SIGKILL)
            await running.start()
            sender.send_signal(signal.SIGSTOP)
            examined_up_to = await examined(running, log, examined_up_to)
            sender.send_signal(signal.SIGCONT)
        assert await asyncio.wait_for(sender.wait(), 60) == 0
    finally:
        if sender.returncode is None:
            sender.kill()
            await sender.wait()
    kept = promises(log)
    assert len(kept) == len({each["key"] for each in kept}) == COMMANDS
    assert lost(log) >= KILLS
    await examined(running, log, examined_up_to, settled=True)
    print(f"{len(kept)} promises, {lost(log)} unanswered, {KILLS} kills, {time.monotonic() - began:.0f} s")
