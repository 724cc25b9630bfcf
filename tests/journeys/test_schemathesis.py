"""A stranger with the OpenAPI in his hand, in every role: what the house says of itself is so.

Schemathesis asks every operation, soundly and not, of a running house, with every check on.
What nobody could guess (real ids, versions, opinions to be answered) is asked for beside it.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from deploy.examples.acts import person
from deploy.examples.script import logins
from gateway.policy import PERMITTED
from tests.journeys import sound
from tests.journeys.plans import DEPUTIES
from tests.journeys.positive import Positive
from tests.journeys.running import Process, free_port
from tests.journeys.visiting import CITY, DATA, LOGINS, opened
from tests.rulebook import HOUSE

HERE = Path(__file__).parent
SEED, REQUESTS = "20250520", 5_000
NOBODY = "nobody"
ROLES = (NOBODY, *LOGINS[CITY])
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SECONDS, AT_ONCE = 400, 2
Told = tuple[Path, Mapping[str, str]]
Ran = Mapping[str, asyncio.Task[tuple[int, str]]]


@pytest.fixture(scope="module")
async def told(haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Give a folder to serve, with what a stranger must be told beside it, and everybody's token."""
    room = tmp_path_factory.mktemp("schemathesis")
    shutil.copytree(haidong_folder, room / "data")
    async with AsyncExitStack() as stack:
        visit = await opened(room / "data", stack)
        tokens = {each.role: each.token for each in visit.people if each.congress == CITY}
        now = int(time.time())
        for each in (*DEPUTIES[1:], "deputy-chao-yueying"):
            tokens[each] = str(await visit.house.accounts.create_token(each, "more", now, now + 3600))
        things = visit.things[CITY]
        said = {name: [part] for name, part in sound.PARTS.items()} | sound.MOMENTS
        said |= {"tile": ["000"], "about": [f"person/{things['people']}"]}
        known = {"congress": CITY, "things": things, "values": sound.known(CITY, things), "said": said}
    (room / "things.json").write_text(json.dumps(known))
    return room, tokens


@pytest.fixture(scope="module")
async def served(told: Told) -> AsyncIterator[Process]:
    """Serve the folder on a free port without limits on how often; stop in the end."""
    data, port = told[0] / "data", free_port()
    command = (sys.executable, "-m", "tests.journeys.serving", str(data), str(port))
    process = Process(data, port, command)
    await process.start()
    yield process
    await process.end()


def config(room: Path, role: str) -> Path:
    """Write what a run in a role reads: chains, and every boundary, where the door lets this role in.

    At a door that is shut nothing of a request is read; a stranger tries every boundary there.
    """
    shut = [each for each, roles in PERMITTED.items() if ("citizen" if role == NOBODY else role) not in roles]
    phases = f"phases.coverage.enabled = {json.dumps(role == NOBODY)}\nphases.stateful.enabled = false\n"
    rows = f"\n[[operations]]\ninclude-operation-id = {json.dumps(shut)}\n{phases}"
    path = room / f"{role}.toml"
    path.write_text((HERE / "schemathesis.toml").read_text() + rows)
    return path


async def run(base: str, room: Path, role: str, token: str = "") -> tuple[int, str]:
    """Let schemathesis loose with every phase and check; give its exit code and what it said."""
    environment = os.environ | {
        "MANDATE_THINGS": str(room / "things.json"), "MANDATE_ANSWERS": str(room / f"{role}.answers"),
        "PYTHONPATH": str(HOUSE), "COLUMNS": "200",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config(room, role)),
        "run", f"{base}/openapi.json", *(("-H", f"Authorization:Bearer {token}") if token else ()),
        "--phases", ",".join(PHASES), "--checks", "all", "--seed", SEED, cwd=room, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.fixture(scope="module")
async def ran(served: Process, told: Told) -> Ran:
    """Start a run in every role, two at once."""
    (room, tokens), turns = told, asyncio.Semaphore(AT_ONCE)

    async def one(role: str) -> tuple[int, str]:
        async with turns:
            return await run(f"{served.base}/api/v1", room, role, tokens.get(role, ""))

    return {role: asyncio.create_task(one(role)) for role in ROLES}


def answers(room: Path) -> Counter[tuple[str, ...]]:
    """Count what was answered: role, phase, operationId, status."""
    lines = [(role, *each.split()) for role in ROLES for each in noted(room, role)]
    return Counter(lines)


def noted(room: Path, role: str) -> list[str]:
    """Give the lines that a run in a role left."""
    return (room / f"{role}.answers").read_text().splitlines()


@pytest.mark.serial
@pytest.mark.timeout(SECONDS)
async def test_everything_can_be_done(served: Process, told: Told) -> None:
    """Each operation does what it is for, at least once, with bodies such as the document asks for."""
    room, tokens = told
    known, things = logins(DATA), json.loads((room / "things.json").read_text())["things"]
    mandates = {each: f"mandate/3-{person(known[each])}" for each in DEPUTIES}
    async with httpx2.AsyncClient(base_url=served.base, timeout=20) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
        done = await Positive(client, document, tokens, things, mandates).all()
    assert {each.id for each in sound.operations(document)} - done == set()


@pytest.mark.serial
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("role", ROLES)
async def test_the_house_is_as_it_says(role: str, ran: Ran) -> None:
    """In no role does a request, or a chain of them, get an answer that the document does not tell."""
    code, said = await ran[role]
    if code:
        pytest.fail(said, pytrace=False)


@pytest.mark.serial
async def test_everything_was_asked(told: Told) -> None:
    """More than 5,000 requests were made, in every role, phase and of every operation; none broke it."""
    found = answers(told[0])
    by_run, statuses = Counter[tuple[str, str]](), Counter[str]()
    for (role, phase, _operation, status), count in found.items():
        by_run[role, phase] += count
        statuses[status] += count
    for role in ROLES:
        print(role, {phase: by_run[role, phase] for phase in PHASES})
    print(f"{found.total()} requests: {dict(sorted(statuses.items()))}")
    done = {operation for _, _, operation, status in found if status.startswith("2")}
    print(f"2xx by chance: {len(done)}; never: {sorted(PERMITTED.keys() - done)}")
    assert found.total() >= REQUESTS
    assert {operation for _, _, operation, _ in found} == PERMITTED.keys()
    assert by_run.keys() == {(role, phase) for role in ROLES for phase in PHASES}
    assert not {status for status in statuses if status.startswith("5")} - {"503"}


def careless() -> FastAPI:
    """Make an app that breaks at the city's own code, which is an answer that it does not tell of."""
    app = FastAPI(openapi_url="/openapi.json")

    @app.get("/{congress}/teapots", operation_id="listTeapots")
    def teapots(congress: str) -> dict[str, str]:
        return {"found": congress.removeprefix(CITY)[0]}

    return app


@pytest.mark.serial
async def test_a_planted_defect_is_found(told: Told) -> None:
    """The run is able to fail: a status that is not told, and a 500, are found."""
    config = uvicorn.Config(careless(), port=free_port(), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        code, said = await run(f"http://127.0.0.1:{config.port}", told[0], "careless")
    finally:
        server.should_exit = True
        await serving
    assert code == 1
    assert "Server error" in said
