"""`mandate up`: the house on a socket, ready, announced, and stopped cleanly."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy import upkeep
from deploy.embedded import House, house
from deploy.examples import loading
from deploy.folder import Folder
from services.chassis.logging import configure
from services.chassis.settings import Settings

log = structlog.get_logger()
EXAMPLES = Path(__file__).parent / "examples"
SWEEP_SECONDS = 86_400.0


class Broken(Exception):  # noqa: N818 - it names what was found
    """A store that must not lose anything failed; the house has stopped."""


class Server(uvicorn.Server):
    """Uvicorn that says when it listens and leaves Ctrl-C to its caller."""

    def __init__(self, config: uvicorn.Config, announce: "Announcement") -> None:
        """Take what is to be said once it listens."""
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._announce.say()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first SIGINT or SIGTERM, without raising it again afterwards."""

        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.should_exit = True

        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class Announcement:
    """What a person reads when the house is ready: the address, and the example's sign-ins."""

    def __init__(self, out: Console, port: int, standing: House) -> None:
        """Take the console, the port and the house."""
        self._out, self._port, self._house = out, port, standing

    def say(self) -> None:
        """Print it."""
        self._out.print(f"\n履职 Mandate  [bold]http://127.0.0.1:{self._port}/[/bold]   (Ctrl-C 停止)")
        if self._house.folder.example:
            for line in loading.sign_ins(EXAMPLES / self._house.folder.example, self._house.folder.path):
                self._out.print(f"  {line}", highlight=False)


async def up(folder: Folder, port: int, out: Console) -> None:
    """Run the house until it is told to stop."""
    configure(Settings().log_level)
    try:
        async with house(folder) as standing:
            if folder.example:
                await _load(standing, out)
            async with upkeep.door(standing):
                listening = _listen(port)
                config = uvicorn.Config(
                    standing.app, log_config=None, access_log=False, lifespan="off",
                    timeout_graceful_shutdown=5, proxy_headers=False, http="httptools",
                )  # fmt: skip
                announcement = Announcement(out, listening.getsockname()[1], standing)
                server = Server(config, announcement)
                watch = asyncio.create_task(_watch(standing, server))
                await server.serve([listening])
                watch.cancel()
                if (cause := standing.broken()) is not None:
                    raise Broken(f"the store failed ({cause}); nothing more was promised") from cause
    finally:
        folder.close()


async def _watch(standing: House, server: Server) -> None:
    """Stop serving when a store broke; once a day, sweep words that no entry names."""
    swept = -SWEEP_SECONDS
    while standing.broken() is None:
        if time.monotonic() - swept > SWEEP_SECONDS:
            swept = time.monotonic()
            try:
                await upkeep.sweep_of(standing, {}, upkeep.quiet)
            except Exception:
                log.exception("sweeping failed; it is tried again tomorrow")
        await asyncio.sleep(1)
    server.should_exit = True


async def _load(standing: House, out: Console) -> None:
    progress = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out)
    with progress:
        task = progress.add_task("示例 example", total=None)

        def moved(done: int, total: int, text: str) -> None:
            progress.update(task, completed=done, total=total, description=text)

        await loading.load(standing, EXAMPLES / str(standing.folder.example), moved)


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening
