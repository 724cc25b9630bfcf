"""A house with its example for workloads: loaded once, copied for each run, served without limits.

`python -m tests.bench.houses FOLDER PORT` serves one as `mandate up` does.
"""

import asyncio
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from deploy import looping
from deploy.embedded import house
from deploy.folder import Folder
from deploy.serving import load_example
from deploy.sockets import Server, listen
from gateway.accounts.sqlite import SqliteAccounts
from tests.bench.values import Room
from tests.journeys.running import Process, free_port
from tests.journeys.visiting import CITY, LOGINS, UNLIMITED

PATIENCE = 120.0
SERVING = (sys.executable, "-m", "tests.bench.houses")


async def serve(path: Path, port: int) -> None:
    """Serve until a signal comes."""
    folder = Folder.open(path)
    try:
        async with house(folder, UNLIMITED) as standing:
            await Server(standing.app, lambda: None).serve([listen("127.0.0.1", port)])
    finally:
        folder.close()


async def example(room: Room) -> Path:
    """Give a copy of a folder with the loaded example."""
    loaded = room.kept / "haidong"
    if not loaded.exists():
        fresh = room.kept / "haidong.new"
        shutil.rmtree(fresh, ignore_errors=True)
        folder = Folder.open(fresh, "haidong")
        async with house(folder) as standing:
            await load_example(standing, Console(quiet=True))
        folder.close()
        fresh.rename(loaded)
    return shutil.copytree(loaded, room.folder / "data")


async def token(folder: Path, role: str) -> str:
    """Give a token for the API to somebody of the city; the house must not be open."""
    accounts = SqliteAccounts(folder / "accounts.db")
    now = int(time.time())
    given = await accounts.create_token(LOGINS[CITY][role], "bench", now, now + 86_400)
    await accounts.close()
    assert given is not None
    return given


def served(folder: Path) -> Process:
    """Give a house to be started on a folder; its port is `.port`."""
    port = free_port()
    return Process(folder, port, (*SERVING, str(folder), str(port)), PATIENCE)


if __name__ == "__main__":
    with suppress(asyncio.CancelledError):
        looping.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
