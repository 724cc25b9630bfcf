"""Services in this process: their ASGI applications are called directly."""

import asyncio
import logging
from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.clients.port import OURS, WRITTEN, Answer, Headers, Unreachable, credential

# What a server would hand over; the rest of a scope belongs to the gateway's own routing.
CARRIED = (
    "type",
    "asgi",
    "http_version",
    "method",
    "scheme",
    "path",
    "raw_path",
    "query_string",
    "headers",
    "client",
    "server",
    "extensions",
)
FAULT = 500

log = logging.getLogger(__name__)


class InProcess:
    """The port `Services` over applications by service name."""

    def __init__(self, services: Mapping[str, ASGIApp]) -> None:
        self._services = services

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
        """Call the application in this task: whoever cancels the question cancels the work."""
        application = self._services[service]
        sent = [pair for pair in headers if pair[0].lower() not in OURS]
        sent += [("host", service), credential(token)]
        if body is not None:
            sent.append(("content-length", str(len(body))))
        exchange = _Exchange(body or b"")
        try:
            await application(_scope(method, path, sent), exchange.receive, exchange.send)
        except Exception:
            log.exception("%s failed at %s", service, method)
        return exchange.answer()

    async def forward(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application with the caller's own channel."""
        application, passing = self._services[service], _Passing(send)
        carried = {key: scope[key] for key in CARRIED if key in scope}
        try:
            await application({**carried, "root_path": ""}, receive, passing.send)
        except Exception as error:
            log.exception("%s failed at %s", service, scope["method"])
            await passing.fail(error)


class _Passing:
    """The caller's channel, and how far the answer has come in it."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun, self._whole = send, False, False

    async def send(self, message: Message) -> None:
        self._begun = True
        self._whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Answer 500, unless the service itself has; half an answer is none."""
        if not self._begun:
            await self._send({"type": "http.response.start", "status": FAULT, "headers": []})
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        elif not self._whole:
            raise Unreachable("the answer broke off") from error


class _Exchange:
    """One request's channel: gives the body, gathers the answer."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._whole = asyncio.Event()

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        # Whoever listens on is told when it is over, as a server tells him.
        await self._whole.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._whole.set()

    def answer(self) -> Answer:
        if self._start is None:
            return Answer(FAULT, (), b"")
        if not self._whole.is_set():
            raise Unreachable("the answer broke off")
        headers = [
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in self._start.get("headers", ())
        ]
        return Answer(self._start["status"], headers, b"".join(self._parts))


def _scope(method: str, path: str, headers: Headers) -> Scope:
    written, _, query = quote(path, safe=WRITTEN).partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(written),
        "raw_path": written.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": None,
        "server": None,
    }
