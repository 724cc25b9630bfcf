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
ROLES = ("nobody", *LOGINS[CITY])
WHOLE = {"nobody", "staff", "deputy"}
"""For these every boundary of every parameter is tried, for all others what chance brings."""
SECONDS = 200


@pytest.fixture(scope="module")
async def told(
    haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mapping[str, str]]:
    """Give a folder to serve, with what a stranger must be told beside it, and everybody's token."""
    room = tmp_path_factory.mktemp("schemathesis")
    shutil.copytree(haidong_folder, room / "data")
    async with AsyncExitStack() as stack:
        visit = await opened(room / "data", stack)
        tokens = {each.role: each.token for each in visit.people if each.congress == CITY}
        now = int(time.time())
        for each in (*DEPUTIES[1:], "deputy-chao-yueying"):
            tokens[each] = str(await visit.house.accounts.create_token(each, "more", now, now + 3600))
        known = {"congress": CITY, "things": visit.things[CITY]}
    (room / "things.json").write_text(json.dumps(known))
    return room, tokens


@pytest.fixture(scope="module")
async def served(told: tuple[Path, Mapping[str, str]]) -> AsyncIterator[Process]:
    """Serve the folder on a free port without limits on how often; stop in the end."""
    data, port = told[0] / "data", free_port()
    command = (sys.executable, "-m", "tests.journeys.serving", str(data), str(port))
    process = Process(data, port, command)
    await process.start()
    yield process
    await process.end()


async def run(base: str, room: Path, token: str, *more: str) -> tuple[int, str]:
    """Let schemathesis loose with every check; give its exit code and what it said."""
    environment = os.environ | {
        "MANDATE_THINGS": str(room / "things.json"), "MANDATE_ANSWERS": str(room / "answers.txt"),
        "PYTHONPATH": str(HOUSE), "COLUMNS": "200",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"),
        "run", f"{base}/openapi.json", *(("-H", f"Authorization:Bearer {token}") if token else ()),
        "--checks", "all", "--seed", SEED, *more, cwd=room, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.serial
@pytest.mark.timeout(SECONDS)
async def test_everything_can_be_done(served: Process, told: tuple[Path, Mapping[str, str]]) -> None:
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
async def test_the_house_is_as_it_says(
    role: str, served: Process, told: tuple[Path, Mapping[str, str]]
) -> None:
    """In no role does a request get an answer that the document does not tell."""
    room, tokens = told
    phases = "coverage,fuzzing" if role in WHOLE else "fuzzing"
    code, said = await run(f"{served.base}/api/v1", room, tokens.get(role, ""), "--phases", phases)
    if code:
        pytest.fail(said, pytrace=False)


@pytest.mark.serial
async def test_everything_was_asked(told: tuple[Path, Mapping[str, str]]) -> None:
    """More than 5,000 requests were made, of every operation, and none broke the house."""
    lines = [line.split() for line in (told[0] / "answers.txt").read_text().splitlines()]
    answers = Counter(status for _, status in lines)
    print(f"{len(lines)} requests: {dict(sorted(answers.items()))}")
    assert len(lines) >= REQUESTS
    assert {operation for operation, _ in lines} == PERMITTED.keys()
    assert not {status for status in answers if status.startswith("5")} - {"503"}


def careless() -> FastAPI:
    """Make an app that breaks at most names, which is an answer that it does not tell of."""
    app = FastAPI(openapi_url="/openapi.json")

    @app.get("/{congress}/teapots", operation_id="listTeapots")
    def teapots(congress: str) -> dict[str, str]:
        return {"found": congress.encode("gb2312", "strict").decode("ascii")}

    return app


@pytest.mark.serial
async def test_a_planted_defect_is_found(told: tuple[Path, Mapping[str, str]]) -> None:
    """The run is able to fail: a status that is not told, and a 500, are found."""
    config = uvicorn.Config(careless(), port=free_port(), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        code, said = await run(f"http://127.0.0.1:{config.port}", told[0], "")
    finally:
        server.should_exit = True
        await serving
    assert code == 1
    assert "Server error" in said
