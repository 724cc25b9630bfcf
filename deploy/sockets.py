"""An app on a socket: says when it listens, stops cleanly at SIGINT or SIGTERM."""

import contextlib
import http.client
import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger()


class Server(uvicorn.Server):
    """Uvicorn that says when it listens and leaves Ctrl-C to its caller."""

    def __init__(self, app: ASGIApp, announce: Callable[[], None]) -> None:
        """Take the app, and what is to be said once it listens."""
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=5, proxy_headers=False, http="httptools",
        )  # fmt: skip
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._announce()

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


async def serve_on(app: ASGIApp, host: str, port: int, name: str) -> None:
    """Answer on a port until the process is told to stop."""
    listening = listen(host, port)
    await Server(app, lambda: log.info("ready", process=name, port=listening.getsockname()[1])).serve(
        [listening]
    )


def healthy(port: int, seconds: float = 5.0) -> bool:
    """Ask a process of this machine whether it is ready; blocks for at most so many seconds."""
    return told(port, seconds) is not None


def told(port: int, seconds: float = 5.0) -> Mapping[str, Any] | None:
    """Ask a process of this machine how it stands; None while it is not ready. Blocks as `healthy`."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=seconds) as answer:
            found: Mapping[str, Any] = json.load(answer)
            return found
    except (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException):
        return None


def listen(host: str, port: int) -> socket.socket:
    """Open a port, 0 for any that is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening
