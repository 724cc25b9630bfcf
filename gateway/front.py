"""The front: a visitor becomes a caller, and a question goes to its service, signed.

The only place that mints caller tokens. Roles stand in the congress's own ledger; the front
asks the deputies service for them and keeps them five seconds at most.
"""

import contextlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.accounts.port import Busy
from gateway.clients.operations import Operation, Operations, heard, patiently
from gateway.clients.port import Answer, Services, Unreachable
from gateway.limits import Limiter
from gateway.policy import CITIZEN, ROLES, permitted
from gateway.rendering import Rendering
from gateway.session.sessions import Sessions
from gateway.session.visitor import Visitor
from services.chassis import problems
from services.chassis.web.tokens import Caller, Tokens
from services.chassis.web.tracing import Tracing

ROLES_KEPT_SECONDS = 5.0
KEPT = 10_000
TOLD = ("etag", "mandate-position", "memento-datetime")
ANYBODY, ASKING = Caller(CITIZEN, "anonymous"), Caller("gateway", "gateway")


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that a person holds in a congress, and what he acts for in it."""

    role: str
    holds: str | None


class Front:
    """Everything the API and the pages ask through."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that the front stands on
        self, services: Services, operations: Operations, sessions: Sessions, limiter: Limiter,
        tokens: Tokens, rendering: Rendering, tracing: Tracing,
    ) -> None:  # fmt: skip
        """Stand on what the gateway's main put together."""
        self.services, self.operations, self.sessions = services, operations, sessions
        self.limiter, self.rendering, self._tokens = limiter, rendering, tokens
        self.tracing = tracing
        self._holdings = OrderedDict[tuple[str, str], tuple[float, Sequence[Holding], str | None]]()
        self._founded: set[str] = set()
        self._answered: dict[str, dict[str, int]] = {}

    async def holdings(self, congress: str, person: str) -> Sequence[Holding]:
        """Give the roles a person holds in a congress, as its ledger says."""
        kept = self._holdings.get((congress, person))
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        token = self.token(ASKING, congress, "deputies")
        answer = await self.services.ask("deputies", "GET", f"/{congress}/people/{person}", token=token)
        document = heard(answer) or {}
        found = [Holding(each["role"], each.get("holds")) for each in document.get("roles", ())]
        name = (document.get("name") or {}).get("text")
        self._holdings[congress, person] = time.monotonic() + ROLES_KEPT_SECONDS, found, name
        if len(self._holdings) > KEPT:
            self._holdings.popitem(last=False)
        return found

    def name(self, congress: str, person: str) -> str | None:
        """Give a person's name, once his roles were asked for."""
        kept = self._holdings.get((congress, person))
        return kept[2] if kept else None

    async def exists(self, congress: str) -> bool:
        """Tell whether a congress was founded; a stranger's guess must not leave a trace."""
        if congress not in self._founded:
            token, path = self.token(ASKING, congress, "deputies"), f"/{congress}/ledgers/deputies/head"
            answer = await self.services.ask("deputies", "GET", path, token=token)
            if not (heard(answer) or {}).get("head"):
                return False
            self._founded.add(congress)
        return True

    async def caller(
        self, visitor: Visitor, congress: str, allowed: frozenset[str], wanted: str | None = None
    ) -> Caller:
        """Give the caller a visitor is in this congress, in a role that is allowed.

        `wanted` is the role he asks to act in; else the one he chose at his session.

        Raises:
            Problem: 401 for a stranger, 404 for another congress's people, 403 for a wrong role.

        """
        if visitor.account is None:
            if CITIZEN not in allowed:
                raise problems.WHO
            if not await self.exists(congress):
                raise problems.ABSENT
            return ANYBODY
        if visitor.account.congress != congress:
            if CITIZEN in allowed and await self.exists(congress):
                return ANYBODY
            raise problems.ABSENT
        wanted = wanted or visitor.role
        held = await self.holdings(congress, visitor.account.person)
        fitting = [each for each in held if each.role in allowed]
        fitting.sort(key=lambda each: (each.role != wanted, ROLES.index(each.role)))
        if fitting:
            return Caller(fitting[0].role, visitor.account.person, fitting[0].holds)
        if CITIZEN in allowed:
            return ANYBODY
        raise problems.NOT_YOURS

    def token(self, caller: Caller, congress: str, service: str) -> str:
        """Sign who asks, for one service."""
        return self._tokens.mint(caller, congress, service)

    def positions(self, congress: str, own: Mapping[str, int] | None = None) -> str:
        """Give what a command must have seen: the newest positions answered for the congress."""
        newest = dict(self._answered.get(congress, {}))
        for ledger, sequence in (own or {}).items():
            if ledger.endswith(f"/{congress}"):
                newest[ledger] = max(newest.get(ledger, 0), sequence)
        return ", ".join(f"{ledger}/{sequence}" for ledger, sequence in newest.items())

    def answered(self, congress: str, position: str) -> None:
        """Remember the position of a command that was answered."""
        ledger, _, sequence = position.rpartition("/")
        if ledger and sequence.isdecimal() and int(sequence):
            newest = self._answered.setdefault(congress, {})
            newest[ledger] = max(newest.get(ledger, 0), int(sequence))

    async def get(
        self, visitor: Visitor, congress: str, operation: str, thing: str | None = None, **query: str | None
    ) -> dict[str, Any]:
        """Read for a page, having seen the visitor's own commands.

        Raises:
            Problem: what the service, or the policy, said no with.

        """
        found = self.operations.by_id[operation]
        caller = await self.caller(visitor, congress, permitted(operation))
        asked = {name: value for name, value in query.items() if value}
        own = ", ".join(
            f"{ledger}/{sequence}"
            for ledger, sequence in visitor.positions.items()
            if ledger.endswith(f"/{congress}")
        )
        path, headers = found.path(congress, thing, asked), [("mandate-at-least", own)] if own else []
        answer = await self._ask(found, caller, congress, path, headers)
        document: dict[str, Any] = json.loads(answer.body)
        return document | {name: value for name in TOLD if (value := answer.header(name)) is not None}

    async def act(  # noqa: PLR0913, PLR0917 - a command has that many parts
        self, visitor: Visitor, congress: str, operation: str, thing: str | None, body: Mapping[str, Any],
        key: str, if_match: str | None = None, told: Sequence[str] = (),
    ) -> dict[str, Any]:  # fmt: skip
        """Send a command for a page, with the trace it was told; its position is kept for the next reads.

        Raises:
            Problem: what the service, or the policy, said no with.

        """
        found = self.operations.by_id[operation]
        caller = await self.caller(visitor, congress, permitted(operation))
        headers = [("idempotency-key", key), ("content-type", "application/json")]
        headers.append(("traceparent", self.tracing(told, key)))
        if seen := self.positions(congress, visitor.positions):
            headers.append(("mandate-at-least", seen))
        if if_match:
            headers.append(("if-match", if_match))
        answer = await self._ask(
            found, caller, congress, found.path(congress, thing, {}), headers, json.dumps(body).encode()
        )
        if position := answer.header("mandate-position"):
            self.answered(congress, position)
            with contextlib.suppress(Busy):  # it is done and durable; the next read may be a little behind
                await self.sessions.note(visitor, position)
        decided: dict[str, Any] = json.loads(answer.body)
        return decided

    async def _ask(  # noqa: PLR0913, PLR0917 - a request has that many parts
        self, operation: Operation, caller: Caller, congress: str, path: str,
        headers: Sequence[tuple[str, str]], body: bytes | None = None,
    ) -> Answer:  # fmt: skip
        async def ask() -> Answer:
            token = self.token(caller, congress, operation.service)
            return await self.services.ask(
                operation.service, operation.method, path, token=token, headers=headers, body=body
            )

        try:
            return await patiently(ask)
        except Unreachable as error:
            raise problems.FULL from error
