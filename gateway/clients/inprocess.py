"""Services in this process: their ASGI applications are called directly."""

import asyncio
import logging
from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.clients.port import Answer, Headers, Unreachable, credential

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
# All that RFC 3986 allows in a path or query, and the percent sign of what is encoded already.
WRITTEN = "/:@!$&'()*+,;=?-._~%"
OURS = {"authorization", "host", "content-length", "transfer-encoding"}
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
        """Call the application with the caller's own channel; its faults are the caller's."""
        carried = {key: scope[key] for key in CARRIED if key in scope}
        await self._services[service]({**carried, "root_path": ""}, receive, send)


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
