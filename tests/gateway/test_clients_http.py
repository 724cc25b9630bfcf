"""What is said of the HTTP client alone: connections, time-outs, nobody there."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from gateway.clients.http import TIMES, HttpServices
from gateway.clients.port import Unreachable
from tests.gateway.echo import ROUTES
from tests.loopback import served


async def test_nobody_there_is_unreachable() -> None:
    """A kept connection that was closed, then a port that is closed, answer nothing."""
    async with served(Starlette(routes=ROUTES)) as base:
        services = HttpServices({"echo": base})
        assert (await services.ask("echo", "GET", "/nothing", token="signed")).status == 204
    for _ in range(2):
        with pytest.raises(Unreachable):
            await services.ask("echo", "GET", "/nothing", token="signed")
    await services.close()


async def test_silence_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who says nothing in time is not there; nobody else's questions wait for him."""
    monkeypatch.setitem(TIMES, "read", 0.05)
    served_once = asyncio.Event()

    async def silent(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        served_once.set()

    async with served(silent) as base:
        services = HttpServices({"echo": base})
        with pytest.raises(Unreachable, match="ReadTimeout"):
            await services.ask("echo", "POST", "/", token="signed", body=b"x")
        async with asyncio.timeout(5):
            await served_once.wait()
        await services.close()


async def test_connections_are_kept_and_nothing_is_asked_twice() -> None:
    """Questions one after the other share a connection; one that broke off is not repeated."""
    callers, asked = set[object](), list[str]()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        callers.add(scope["client"])
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        if scope["path"] == "/broken":
            raise ConnectionError
        await send({"type": "http.response.body", "body": b"as it was"})

    async with served(app) as base:
        services = HttpServices({"echo": base})
        for _ in range(5):
            answer = await services.ask("echo", "POST", "/", token="signed", body=b"x")
            assert answer.headers == [("content-length", "9")]
        assert len(callers) == 1
        with pytest.raises(Unreachable):
            await services.ask("echo", "POST", "/broken", token="signed", body=b"x")
        assert asked.count("/broken") == 1
        await services.close()
