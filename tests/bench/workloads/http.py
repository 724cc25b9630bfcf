"""The embedded house asked over HTTP: opinions, drafts and the board, through gateway and service.

The house runs in a process of its own with the example congress and no limits on how often.
An opinion is durable when it is answered (FULL; vault before journal); reactions and views work
on meanwhile. Saturated: so many connections, each asks again when it is answered. Steady: 600
opinions a second begin at their time whether or not others are answered, and each is measured
from the time it was due, so nobody waits unseen. Afterwards every answered opinion must be one
entry with a receipt of its own, and no other is there. The ceiling is the same server with an
app that only answers.
"""

import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvloop

from events.catalogue.envelope import Entry
from tests.bench import houses
from tests.bench.asking import Asker, request
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads.appending import opened
from tests.journeys.running import free_port
from tests.journeys.visiting import CITY
from tests.rulebook import HOUSE

BASE = f"/api/v1/{CITY}"
STEADY, SECONDS, CONNECTIONS, CREATED = 600, 60, 64, 201
WORDS = "冬季供热温度偏低，夜间只有十五度，请有关部门检查城东片区的换热站并公布整改时间。"
Make = Callable[[int], bytes]


@asynccontextmanager
async def _house(room: Room) -> AsyncIterator[tuple[Path, int, dict[str, str]]]:
    """Serve a copy of the example; give folder, port and tokens by role."""
    folder = await houses.example(room)
    tokens = {role: await houses.token(folder, role) for role in ("deputy", "staff", "leader")}
    process = houses.served(folder)
    await process.start()
    try:
        yield folder, process.port, tokens
    finally:
        await process.end()


def _command(path: str, body: object, token: str | None = None) -> bytes:
    key = str(uuid.uuid4())
    headers = [("idempotency-key", key)] + ([("authorization", f"Bearer {token}")] if token else [])
    return request("POST", f"{BASE}{path}", headers, json.dumps(body).encode())


async def _station(asker: Asker) -> str:
    _, body = await asker.ask(request("GET", f"{BASE}/stations", []))
    return str(json.loads(body)["items"][0]["id"]).partition("/")[2]


def _opinion(station: str, number: int) -> bytes:
    return _command("/opinions", {"station": station, "words": f"{WORDS}{number}", "anonymous": True})


async def _saturated(
    askers: Sequence[Asker], size: int, make: Make, wanted: int, watch: Watch
) -> list[bytes]:
    answers, waiting = list[bytes](), iter([make(number) for number in range(size)])

    async def asks(asker: Asker) -> None:
        for each in waiting:
            with watch.lap():
                status, body = await asker.ask(each)
            assert status == wanted, body
            answers.append(body if status == CREATED else b"")  # thousands of pages are not kept

    with watch.going():
        await asyncio.gather(*map(asks, askers))
    return answers


async def _steady(askers: Sequence[Asker], size: int, make: Make, watch: Watch) -> list[bytes]:
    """Begin each at its time; one that finds no connection free waits, and its time runs."""
    free, answers, asked = asyncio.Queue[Asker](), list[bytes](), [make(number) for number in range(size)]
    for each in askers:
        free.put_nowait(each)
    start = time.perf_counter()

    async def one(number: int) -> None:
        asker = await free.get()
        status, body = await asker.ask(asked[number])
        watch.laps.append(time.perf_counter() - start - number / STEADY)
        free.put_nowait(asker)
        assert status == 201, body
        answers.append(body)

    with watch.going():
        async with asyncio.TaskGroup() as group:
            for number in range(size):
                if (early := start + number / STEADY - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                group.create_task(one(number))
    return answers


async def _opinions(room: Room, connections: int, *, steady: bool) -> Run:
    watch = Watch()
    async with _house(room) as (folder, port, _):
        before = await _given(folder)
        askers = [await Asker.open(port) for _ in range(connections)]
        make = partial(_opinion, await _station(askers[0]))
        if steady:
            answers = await _steady(askers, room.size, make, watch)
        else:
            answers = await _saturated(askers, room.size, make, 201, watch)
    told = {json.loads(each)["id"] for each in answers}
    found = await _given(folder) - before
    assert told == found, f"{len(told)} were promised, {len(found)} are kept"
    assert len(told) == room.size
    return watch.run(room.size)


async def _given(folder: Path) -> set[str]:
    """Give the opinions that the journal holds."""
    journal = opened(folder / "journal.db")
    raws = await journal.fetch(f"liaison/{CITY}", 0, 1 << 31)
    await journal.close()
    given = [each.subject for each in map(Entry, raws) if each.type == "opinion.received.v1"]
    assert len(given) == len(set(given)), "an opinion is there twice"
    return set(given)


def opinions(connections: int, room: Room) -> Run:
    """Give opinions, as fast as they are taken."""
    return uvloop.run(_opinions(room, connections, steady=False))


def steady(room: Room) -> Run:
    """Give 600 opinions a second."""
    return uvloop.run(_opinions(room, CONNECTIONS, steady=True))


async def _asked(room: Room, connections: int, role: str, wanted: int, make: Callable[[str], bytes]) -> Run:
    watch = Watch()
    async with _house(room) as (_, port, tokens):
        askers = [await Asker.open(port) for _ in range(connections)]
        answers = await _saturated(askers, room.size, lambda _: make(tokens[role]), wanted, watch)
    assert len(answers) == room.size
    return watch.run(room.size)


def drafts(connections: int, room: Room) -> Run:
    """Begin drafts, as a deputy."""
    body = {"title": "关于改善供热的建议", "text": WORDS}
    return uvloop.run(_asked(room, connections, "deputy", 201, partial(_command, "/suggestions", body)))


def board(connections: int, room: Room) -> Run:
    """Read the board's first page, as a leader."""
    path = f"{BASE}/board?order=due"
    read = lambda token: request("GET", path, [("authorization", f"Bearer {token}")])  # noqa: E731
    return uvloop.run(_asked(room, connections, "leader", 200, read))


def bare(connections: int, room: Room) -> Run:
    """Ask a server that only answers."""

    async def ask() -> Run:
        watch, port = Watch(), free_port()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.bare", str(port), cwd=HOUSE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        askers = [await Asker.open(port) for _ in range(connections)]
        await _saturated(askers, room.size, partial(_opinion, "any"), 201, watch)
        process.terminate()
        await process.wait()
        return watch.run(room.size)

    return uvloop.run(ask())


def _cases(connections: int) -> Sequence[Case]:
    ceiling = Subject("bare server", Kind.CEILING, partial(bare, connections))
    asked = (("opinion", opinions, "FULL"), ("draft", drafts, "FULL"), ("board", board, "none"))
    return [
        Case(
            f"{name}, {connections} connections", "requests", durability,
            (Subject("house", Kind.HOUSE, partial(run, connections)), ceiling),
            size=20_000, quick=run is opinions and connections == CONNECTIONS,
        )
        for name, run, durability in asked
    ]  # fmt: skip


HTTP = Workload(
    "http",
    (
        *(case for connections in (1, 16, CONNECTIONS) for case in _cases(connections)),
        Case(
            f"{STEADY} opinions/s", "requests", "FULL", (Subject("house", Kind.HOUSE, steady),),
            size=STEADY * SECONDS, rounds=1,
        ),
    ),
)  # fmt: skip
