"""Services in other processes, asked over HTTP/1.1 on kept connections.

Nothing is ever asked twice: whether a command that got no answer was done, only its key can
tell, and the caller has the key.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import quote

import httpx2
from starlette.types import Receive, Scope, Send

from gateway.clients.port import OURS, WRITTEN, Answer, Headers, Unreachable, credential

CONNECTIONS = 100
"""At most as many to each service; who finds none within `TIMES["pool"]` is told Unreachable."""
KEPT_SECONDS = 4.0
"""Less than the five after which uvicorn closes: a request does not run into a closing door."""
TIMES = {"connect": 2.0, "read": 15.0, "write": 5.0, "pool": 2.0}
"""Seconds; `read` and `write` are for one piece, and longer than a service lets anyone wait."""
GATHERED = 65_536
"""Bytes of a body taken in before a connection is: a slow client holds none of them."""
HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade"
    b" date server".split()
)
"""What is said of one connection only, and what the gateway's own server says of itself."""
LIMITS = httpx2.Limits(
    max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT_SECONDS
)
Raw = Sequence[tuple[bytes, bytes]]


class _Service(NamedTuple):
    """Where a service is, and the connections to it."""

    name: str
    base: httpx2.URL
    transport: httpx2.AsyncHTTPTransport


class _Left(Exception):  # noqa: N818 - it names what was found
    """The client went away within his own request."""


class HttpServices:
    """The port `Services` over base addresses by service name (`http://127.0.0.1:8101`)."""

    def __init__(self, bases: Mapping[str, str]) -> None:
        # A pool each: a service that hangs takes no connection from the others.
        self._services = {
            name: _Service(name, httpx2.URL(base), httpx2.AsyncHTTPTransport(trust_env=False, limits=LIMITS))
            for name, base in bases.items()
        }

    async def ask(  # noqa: PLR0913 - a request has that many parts
        self,
        service: str,
        method: str,
        path: str,
        *,
        token: str,
        headers: Headers = (),
        body: bytes | None = None,
    ) -> Answer:
        """Send one request and gather the answer; who cancels the question drops its connection."""
        sent = [pair for pair in headers if pair[0].lower() not in OURS]
        raw = [(name.encode(), value.encode("latin-1")) for name, value in [*sent, credential(token)]]
        target = quote(path, safe=WRITTEN).encode()
        async with _answer(self._services[service], method, target, raw, body) as response:
            parts = [part async for part in response.aiter_raw()]  # what is compressed stays so
            told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in _told(response)]
            return Answer(response.status_code, told, b"".join(parts))

    async def forward(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through: its body above 64 KiB, and its answer, piece by piece."""
        known = self._services[service]
        headers = [pair for pair in scope["headers"] if pair[0].lower() not in HOP]
        # From what was decoded: a percent sign in an id must not be decoded once more over there.
        target = quote(scope["path"], safe=WRITTEN.replace("%", "").replace("?", "")).encode()
        if scope["query_string"]:
            target += b"?" + quote(scope["query_string"], safe=WRITTEN).encode()
        try:
            body = await _body(receive)
            async with _answer(known, scope["method"], target, headers, body) as response:
                await _pass_on(response, receive, send)
        except _Left:
            return

    async def close(self) -> None:
        """Let go of all connections."""
        for service in self._services.values():
            await service.transport.aclose()


@asynccontextmanager
async def _answer(
    service: _Service, method: str, target: bytes, headers: Raw, body: bytes | AsyncIterator[bytes] | None
) -> AsyncIterator[httpx2.Response]:
    # The target as it is: a client's notion of how a path is written has no say.
    request = httpx2.Request(
        method, service.base, headers=headers, content=body or None,
        extensions={"timeout": TIMES, "target": target},
    )  # fmt: skip
    try:
        response = await service.transport.handle_async_request(request)
        try:
            yield response
        finally:
            await response.aclose()
    except httpx2.TransportError as error:
        raise Unreachable(f"{service.name}: {type(error).__name__}") from error


def _told(response: httpx2.Response) -> Raw:
    pairs = [(name.lower(), value) for name, value in response.headers.raw]
    return [pair for pair in pairs if pair[0] not in HOP]


async def _body(receive: Receive) -> bytes | AsyncIterator[bytes]:
    """Give the whole body if it is small, else its beginning and what comes after."""
    parts, size, more = list[bytes](), 0, True
    while more and size <= GATHERED:
        part, more = await _piece(receive)
        parts.append(part)
        size += len(part)
    return _pieces(b"".join(parts), receive) if more else b"".join(parts)


async def _pieces(begun: bytes, receive: Receive) -> AsyncIterator[bytes]:
    yield begun
    more = True
    while more:
        part, more = await _piece(receive)
        yield part


async def _piece(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise _Left
    return message.get("body", b""), message.get("more_body", False)


async def _pass_on(response: httpx2.Response, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": response.status_code, "headers": _told(response)})
    # An answer comes when the request is over: whatever is received now is a farewell.
    leaving = asyncio.ensure_future(receive())
    try:
        async for part in response.aiter_raw():
            if leaving.done():
                return
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        leaving.cancel()
