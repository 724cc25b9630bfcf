"""The port through which the gateway asks services: pages take answers, the API passes through.

What a service believes is the short-lived signed token, never another header.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.types import Receive, Scope, Send

Headers = Sequence[tuple[str, str]]

WRITTEN = "/:@!$&'()*+,;=?-._~%"
"""All that RFC 3986 allows in a path or query, and the percent sign of what is encoded already."""
OURS = frozenset({"authorization", "host", "content-length", "transfer-encoding"})
"""What no caller says for himself: the adapter does."""


class Unreachable(ConnectionError):  # noqa: N818 - it names what was found; callers answer 503
    """The service gave no answer, or not the whole of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case, repeated ones stay apart."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Give the first header of that name (in lower case)."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> Sequence[str]:
        """Give every header of that name (in lower case), in order."""
        return [value for key, value in self.headers if key == name]


def credential(token: str) -> tuple[str, str]:
    """Give the header that carries the signed token to a service."""
    return ("authorization", f"Bearer {token}")


class Services(Protocol):
    """The services by name (`suggestions`).

    Raises:
        KeyError: when there is no service of that name.
        Unreachable: when its answer did not come, or broke off.

    """

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
        """Send one request and take the whole answer; a service's fault is an answer 500.

        `path` begins with a slash and may carry `?query`; it is percent-encoded, but what
        stands outside ASCII is encoded here (UTF-8). `token` is set as the only credential.
        """
        ...

    async def forward(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request through, piece by piece, as it stands in `scope`.

        Path, query and headers of `scope` are what the service gets: the caller has taken out
        what a client must not say, and put in the `credential`. The path is `scope["path"]`,
        decoded; `raw_path` does not count. A service's fault is its answer 500, and a client
        who leaves ends the request.
        """
        ...
