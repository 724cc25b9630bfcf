"""How long `mandate up` takes from the command to ready, and the memory it has when idle."""

import asyncio
import statistics

import uvloop

from tests.bench import houses
from tests.bench.timing import Watch, resident_mb
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.journeys.running import Process, free_port

IDLE_SECONDS = 5.0


async def _started(room: Room) -> Run:
    watch, process = Watch(), Process(await houses.example(room), free_port(), patience=houses.PATIENCE)
    for number in range(room.size):
        if number:
            assert await process.end() == 0
        with watch.going(), watch.lap():
            await process.start()
    await asyncio.sleep(IDLE_SECONDS)
    idle = resident_mb(process.pid)
    assert await process.end() == 0
    return watch.run(room.size, also={"seconds": statistics.median(watch.laps), "idle MB": idle})


def house(room: Room) -> Run:
    """Start it on the example congress."""
    return uvloop.run(_started(room))


START = Workload(
    "start", (Case("example", "starts", "FULL", (Subject("house", Kind.HOUSE, house),), size=5, rounds=1),)
)
