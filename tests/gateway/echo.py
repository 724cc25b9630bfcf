"""A service that tells what reached it, and a client of the gateway who asks through it."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send


async def mirror(request: Request) -> JSONResponse:
    """Tell what arrived."""
    told = {
        "method": request.method,
        "path": request.url.path,
        "raw": request.scope["raw_path"].decode(),
        "named": request.path_params["name"],
        "query": request.query_params.multi_items(),
        "headers": request.headers.items(),
        "body": (await request.body()).decode(),
    }
    return JSONResponse(told, status_code=201)


async def repeated(_: Request) -> Response:
    """Answer with headers of one name."""
    response = Response(b"\x00\xff", headers={"X-Position": "a/1"})
    response.headers.append("X-Position", "b/2")
    return response


async def stream(_: Request) -> StreamingResponse:
    """Answer in three pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"one ", b"two ", b"three"):
            await asyncio.sleep(0)
            yield piece

    return StreamingResponse(pieces())


async def broken(_: Request) -> StreamingResponse:
    """Break off within the answer."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        raise RuntimeError

    return StreamingResponse(pieces())


async def fault(_: Request) -> Response:
    """Fail before there is an answer."""
    raise RuntimeError


class Upload:
    """Answers each piece of the body as it comes; an application of its own, beside no listener."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            await send(
                {"type": "http.response.body", "body": message.get("body", b"").upper(), "more_body": more}
            )


async def endless(_: Request) -> StreamingResponse:
    """Answer for ever."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b"on and on"

    return StreamingResponse(pieces())


async def early(_: Request) -> Response:
    """Answer without looking at the body."""
    return Response(b"no", status_code=413)


async def nothing(_: Request) -> Response:
    """Answer without a body."""
    return Response(status_code=204)


ROUTES = [
    Route("/mirror/{name:path}", mirror, methods=["GET", "POST", "PUT"]),
    *(Route(f"/{f.__name__}", f) for f in (repeated, stream, broken, fault, endless, nothing)),
    Route("/early", early, methods=["POST"]),
    Route("/upload", Upload(), methods=["POST"]),
]


class Caller:
    """A client of the gateway, as a server would show it: sends pieces, gathers the answer."""

    def __init__(self, *pieces: bytes, leaves: bool = False) -> None:
        self.answered: list[Message] = []
        self._pieces, self._leaves = list(pieces) or [b""], leaves
        self._silence, self._enough = asyncio.Event(), 0

    def leave_after(self, answered: int) -> None:
        self._enough = answered

    async def receive(self) -> Message:
        if not self._pieces:
            if not self._leaves:
                await self._silence.wait()
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {
            "type": "http.request",
            "body": piece,
            "more_body": bool(self._pieces) or self._leaves,
        }

    async def send(self, message: Message) -> None:
        self.answered.append(message)
        if self._enough and len(self.bodies) >= self._enough:
            self._silence.set()

    @property
    def bodies(self) -> list[bytes]:
        return [m["body"] for m in self.answered if m["type"] == "http.response.body" and m["body"]]


def scope(method: str, path: str, *headers: tuple[bytes, bytes], query: bytes = b"") -> Scope:
    """Make the scope of a request that has come through the gateway's own routing."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},  # as uvicorn has it
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "/outer",
        "query_string": query,
        "headers": list(headers),
        "client": ("203.0.113.9", 1),
        "server": ("house", 80),
        "path_params": {"name": "gateway"},
        "state": {"gateway": True},
    }
