"""`/api/v1/…`: who asks, may he, how often — then the request goes to its service as it is."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from gateway.clients.operations import Operation
from gateway.clients.port import Unreachable
from gateway.front import Front
from gateway.limits import Kind
from gateway.policy import CITIZEN, permitted
from gateway.session.forms import acceptable_anonymous_key
from gateway.session.visitor import Visitor
from services.chassis import problems
from services.chassis.problems import Problem

BASE = "/api/v1"
KINDS = {
    "giveOpinion": Kind.OPINION, "getReceipt": Kind.RECEIPT, "getReceiptProof": Kind.RECEIPT,
    "requestOpinionErasure": Kind.RECEIPT,
}  # fmt: skip
PASSED = {
    b"content-type",
    b"content-length",
    b"idempotency-key",
    b"if-match",
    b"accept",
    b"accept-datetime",
    b"x-request-id",
}


class Api:
    """An ASGI app over the operations of all services."""

    def __init__(self, front: Front) -> None:
        """Take the front."""
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request, or answer with a problem."""
        request = Request(scope, receive)
        path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(BASE)
        try:
            await self._forward(request, path, scope, receive, send)
        except Unreachable:
            await problems.FULL.answer()(scope, receive, send)
        except Problem as problem:
            await problem.answer()(scope, receive, send)

    async def _forward(self, request: Request, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._front.operations.find(request.method, path)
        if isinstance(found, Problem):
            raise found
        operation, congress = found
        visitor = await self._visitor(request)
        self._limit(operation, request, visitor)
        caller = await self._front.caller(
            visitor, congress, permitted(operation.id), request.headers.get("mandate-role")
        )
        if operation.method == "POST":
            self._check_key(operation, request)
        token = self._front.token(caller, congress, operation.service)
        headers = self._headers(operation, request, congress, token)
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "headers": headers}
        await self._front.services.forward(
            operation.service, inner, receive, self._noting(operation, congress, send)
        )

    async def _visitor(self, request: Request) -> Visitor:
        """Give who asks by his token; a browser's cookies count for nothing here."""
        if "authorization" not in request.headers:
            return Visitor("zh")
        visitor = await self._front.sessions.visitor(request)
        if visitor is None:
            raise problems.WHO
        return visitor

    def _limit(self, operation: Operation, request: Request, visitor: Visitor) -> None:
        address = request.client.host if request.client else ""
        login = visitor.account.login if visitor.account else None
        back = login is None and ("as_of" in request.query_params or "accept-datetime" in request.headers)
        kind = KINDS.get(operation.id, Kind.PAST if back else Kind.API)
        wait = self._front.limiter.take(kind, address, login)
        if wait:
            raise Problem(429, "too-often", problems.TOO_OFTEN.zh, problems.TOO_OFTEN.en, retry_after=wait)

    def _check_key(self, operation: Operation, request: Request) -> None:
        """Take for what strangers may do, whoever does it, only keys that nobody could guess."""
        if CITIZEN in permitted(operation.id) and not acceptable_anonymous_key(
            request.headers.get("idempotency-key", "")
        ):
            raise problems.BAD_KEY

    def _headers(
        self, operation: Operation, request: Request, congress: str, token: str
    ) -> list[tuple[bytes, bytes]]:
        headers = [pair for pair in request.headers.raw if pair[0] in PASSED]
        asked = ", ".join(request.headers.getlist("mandate-at-least"))
        seen = self._front.positions(congress) if operation.method == "POST" else ""
        if both := ", ".join(each for each in (asked, seen) if each):
            headers.append((b"mandate-at-least", both.encode()))
        told, key = request.headers.getlist("traceparent"), request.headers.get("idempotency-key", "")
        headers.append((b"traceparent", self._front.tracing(told, key).encode()))
        return [*headers, (b"authorization", f"Bearer {token}".encode())]

    def _noting(
        self, operation: Operation, congress: str, send: Send
    ) -> Callable[[Message], Awaitable[None]]:
        """Remember the position of every command answered."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and operation.method == "POST":
                for name, value in message.get("headers", ()):
                    if name == b"mandate-position":
                        self._front.answered(congress, value.decode())
            await send(message)

        return noting
