"""A client that costs little beside what it asks: one kept connection, one request at a time."""

import asyncio
from collections.abc import Sequence

import httptools


class Asker(asyncio.Protocol):
    """Use `await Asker.open(port)`, then `status, body = await asker.ask(request)`."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body, self._answer = list[bytes](), asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport

    @classmethod
    async def open(cls, port: int) -> "Asker":
        """Connect to a port of this machine."""
        _, asker = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return asker

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request, wait for the whole answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self._parser.feed_data(data)

    def connection_lost(self, _why: Exception | None) -> None:
        """Fail who waits."""
        if not self._answer.done():
            self._answer.set_exception(ConnectionError("the house hung up"))

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Give the answer, and be ready for the next."""
        body, self._body, status = b"".join(self._body), [], self._parser.get_status_code()
        self._parser = httptools.HttpResponseParser(self)
        self._answer.set_result((status, body))


def request(method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes = b"") -> bytes:
    """Write a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
