"""`mandate up`: the house on a socket, ready, announced, and stopped cleanly."""

import asyncio
import time
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy import daily, upkeep
from deploy.embedded import House, house
from deploy.examples import loading
from deploy.folder import Folder
from deploy.sockets import Server, listen
from deploy.stored import InFolder

log = structlog.get_logger()
EXAMPLES = Path(__file__).parent / "examples"
SWEEP_SECONDS = 86_400.0


class Broken(Exception):  # noqa: N818 - it names what was found
    """A store that must not lose anything failed; the house has stopped."""


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
    try:
        async with house(folder) as standing:
            if folder.example:
                await load_example(standing, out)
            async with upkeep.door(standing):
                listening = listen("127.0.0.1", port)
                announcement = Announcement(out, listening.getsockname()[1], standing)
                server = Server(standing.app, announcement.say)
                tasks = [watch(standing, server), daily.verifying(InFolder(folder.path))]
                working = [asyncio.create_task(each) for each in tasks]
                await server.serve([listening])
                for task in working:
                    task.cancel()
                await asyncio.gather(*working, return_exceptions=True)
                if (cause := standing.broken()) is not None:
                    raise Broken(f"the store failed ({cause}); nothing more was promised") from cause
    finally:
        folder.close()


async def watch(standing: House, server: Server) -> None:
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


async def load_example(standing: House, out: Console) -> None:
    """Enter the folder's example, or the rest of it, with a progress bar."""
    progress = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out)
    with progress:
        task = progress.add_task("示例 example", total=None)

        def moved(done: int, total: int, text: str) -> None:
            progress.update(task, completed=done, total=total, description=text)

        await loading.load(standing, EXAMPLES / str(standing.folder.example), moved)
