"""How long the embedded house takes from the command to ready, and the memory it has when idle."""

import asyncio
import signal
import time

import uvloop

from tests.bench import houses
from tests.bench.timing import Watch, resident_mb
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload

IDLE_SECONDS = 5.0


async def _started(room: Room) -> Run:
    folder, watch, idle = await houses.example(room), Watch(), 0.0
    process = houses.served(folder)
    for _ in range(room.size):
        with watch.going():
            start = time.perf_counter()
            await process.start()
            watch.laps.append(time.perf_counter() - start)
        await asyncio.sleep(IDLE_SECONDS)
        idle = resident_mb(process.pid)
        assert await process.end(signal.SIGTERM) == 0
    return watch.run(room.size, also={"seconds": watch.seconds / room.size, "idle MB": idle})


def house(room: Room) -> Run:
    """Start it on the example congress."""
    return uvloop.run(_started(room))


START = Workload(
    "start", (Case("example", "starts", "FULL", (Subject("house", Kind.HOUSE, house),), size=1),)
)
