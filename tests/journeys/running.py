"""A real house in a process of its own: started, waited for, killed, stopped."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.rulebook import HOUSE

MANDATE = (sys.executable, "-c", "from deploy.command import main; main()")
SECONDS = 20.0


def free_port() -> int:
    """Give a port of the loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def mandate(*arguments: str) -> tuple[int, str]:
    """Run the command `mandate`; give its exit code and all it said."""
    process = await asyncio.create_subprocess_exec(
        *MANDATE, *arguments, cwd=HOUSE, env=os.environ | {"COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


class Process:
    """`mandate up` on a data folder, or another command that listens on `port`."""

    def __init__(
        self, data: Path, port: int, command: tuple[str, ...] = (), patience: float = SECONDS
    ) -> None:
        self.data, self.port, self._patience = data, port, patience
        self.base = f"http://127.0.0.1:{port}"
        self._command = command or (*MANDATE, "up", "--data", str(data), "--port", str(port))
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Give the id of the process that was started."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> float:
        """Start it and wait until it is ready; give the seconds that took."""
        began = time.monotonic()
        with (self.data.parent / "house.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=HOUSE, stdout=log, stderr=log
            )
        while not await asyncio.to_thread(self._ready):
            assert self._process.returncode is None, "the house ended"
            assert time.monotonic() - began < self._patience, "the house does not get ready"
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def _ready(self) -> bool:
        with (
            contextlib.suppress(URLError, OSError),
            urlopen(f"{self.base}/health/ready", timeout=2) as answer,
        ):
            return bool(answer.status == 200)
        return False

    async def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send the process a signal and wait until it is gone."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(by)
        return await asyncio.wait_for(self._process.wait(), SECONDS)
