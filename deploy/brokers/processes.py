"""A child process that is waited for until it answers, and that never outlives us."""

import asyncio
import contextlib
import ctypes
import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
READY_SECONDS = 120.0
STOP_SECONDS = 10.0
PAUSE_SECONDS = 0.3
TAIL = 2000


class Unstartable(Exception):  # noqa: N818 - it names what was found
    """A broker cannot be built or started; the sentence says why."""


class Child:
    """One program, started in its folder; what it says is added to its log."""

    def __init__(
        self, name: str, folder: Path, log: Path, command: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Take a name for people, the working folder, the log, the command line; else our environment."""
        self._name, self._folder, self._log, self._command = name, folder, log, command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def start(self, answers: Callable[[], Awaitable[bool]]) -> None:
        """Start it and wait until it answers.

        Raises:
            Unstartable: when it runs already, ends, or does not answer within `READY_SECONDS`.

        """
        if self.pid is not None:
            raise Unstartable(f"{self._name} runs already")
        self._process = await self._spawned()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._answered(self._process, answers)
        except TimeoutError:
            await self.kill()
            raise Unstartable(f"{self._name} does not answer:\n{self._tail()}") from None
        except BaseException:
            await self.kill()
            raise

    async def _answered(
        self, process: asyncio.subprocess.Process, answers: Callable[[], Awaitable[bool]]
    ) -> None:
        while not await answers():
            if process.returncode is not None:
                raise Unstartable(f"{self._name} ended:\n{self._tail()}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _spawned(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is ours to pass on
                preexec_fn=leash(),
            )  # fmt: skip

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-TAIL:].strip()

    async def kill(self) -> None:
        """End it with SIGKILL, as a crash would, and wait until it is gone."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int | None:
        """Let it close what it has open; after `STOP_SECONDS` it is killed. Give the exit code, if it ran."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._end(signal.SIGTERM)
        finally:
            await self._end(signal.SIGKILL)
        return self._process.returncode if self._process else None

    async def _end(self, by: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(by)
            await self._process.wait()


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def leash() -> Callable[[], None] | None:
    """Give what a child does before it becomes its program: ask the kernel to die when we die.

    Linux sends the signal when the thread that started the child ends, so children are started from the
    thread that stays. Other systems have nothing like it: there a child outlives a killed parent.
    """
    if sys.platform != "linux":
        return None
    libc, parent = _libc(), os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we had asked
            raise ProcessLookupError(parent)

    return before_exec
