"""One act at a time, through the same door as everybody: the gateway, with one's own token."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.embedded import House
from deploy.examples.acts import FIND_DRAFT, OPERATOR, Act, Made
from deploy.examples.notes import Notes
from gateway.accounts.values import digest
from gateway.api.forwarding import BASE
from gateway.clients.inprocess import InProcess
from gateway.clients.operations import Operation
from gateway.clients.port import Answer
from services.chassis.web.tokens import Caller

TOKEN_SECONDS = 3600
TRIES, PAUSE = 20, 0.25
NO, BUSY = 400, {429, 503}


class Refused(Exception):  # noqa: N818 - it names what was found
    """The house said no to an act of the script."""


class Door:
    """Lets the people of an example in. Their tokens live as long as the door is open."""

    def __init__(self, house: House, notes: Notes) -> None:
        """Take the house, and the notes in which ids and versions are kept."""
        self._house, self._notes = house, notes
        self._gateway = InProcess({"people": house.app, "citizens": _without_token(house.app)})
        self._tokens: dict[str, str] = {}

    async def enter(self, act: Act) -> None:
        """Do what the act says; done before, it changes nothing.

        Raises:
            Refused: when the house says no.

        """
        if act.operation == FIND_DRAFT:
            await self._find(act)
            return
        operation = self._house.front.operations.by_id[act.operation]
        decided = json.loads((await self._send(act, operation)).body)
        self._noted(act, decided["id"], decided["version"])
        if act.shown:
            self._notes.codes[act.name] = decided["code"]

    async def close(self) -> None:
        """Take the tokens back."""
        for login, token in self._tokens.items():
            await self._house.accounts.revoke_token(login, digest(token))
        self._tokens.clear()

    async def _send(self, act: Act, operation: Operation) -> Answer:
        headers = [("content-type", "application/json"), ("idempotency-key", act.key)]
        if act.thing and _demands_version(operation):
            version = self._notes.versions[f"{act.congress}/{self._notes.things[act.thing]}"]
            headers.append(("if-match", f'"{version}"'))
        body = json.dumps(self._filled(act.body), ensure_ascii=False).encode()
        return await self._asked(act, operation, headers=headers, body=body)

    async def _find(self, act: Act) -> None:
        """Find, as the deputy, the draft that the house opened for an opinion."""
        operations, wanted = self._house.front.operations.by_id, self._notes.things[str(act.thing)]
        listed = json.loads((await self._asked(act, operations[FIND_DRAFT], thing="")).body)
        for item in listed["items"]:
            answer = await self._asked(act, operations["getSuggestion"], thing=item["id"])
            if json.loads(answer.body).get("opinion") == wanted:
                self._noted(act, item["id"], int((answer.header("etag") or "0").strip('"')))
                return
        raise Refused(f"{act.congress} {act.name}: there is no draft for {wanted}")

    async def _asked(
        self, act: Act, operation: Operation, *, thing: str | None = None, **sent: Any,  # noqa: ANN401 - of a request
    ) -> Answer:  # fmt: skip
        """Ask until there is room; at the door as a person, or as the operator behind it."""
        stream = self._notes.things.get(act.thing or "", "") if thing is None else thing
        path = operation.path(act.congress, stream.partition("/")[2], {})
        answer = await self._once(act, operation, path, sent)
        for _ in range(TRIES):
            if answer.status not in BUSY:
                break
            await asyncio.sleep(PAUSE)
            answer = await self._once(act, operation, path, sent)
        if answer.status >= NO:
            raise Refused(f"{act.congress} {act.name}: {answer.status} {answer.body.decode()}")
        return answer

    async def _once(self, act: Act, operation: Operation, path: str, sent: Mapping[str, Any]) -> Answer:
        method = operation.method
        if act.login == OPERATOR:
            caller = Caller(OPERATOR, "house")
            token = self._house.ports.tokens.mint(caller, act.congress, operation.service)
            services = self._house.front.services
            return await services.ask(operation.service, method, path, token=token, **sent)
        who = "citizens" if act.login is None else "people"
        token = "" if act.login is None else await self._token(act.login)
        return await self._gateway.ask(who, method, BASE + path, token=token, **sent)

    async def _token(self, login: str) -> str:
        if login not in self._tokens:
            now, accounts = int(time.time()), self._house.accounts
            token = await accounts.create_token(login, "example", now, now + TOKEN_SECONDS)
            if token is None:
                raise Refused(f"there is no account {login}")
            self._tokens[login] = token
        return self._tokens[login]

    def _filled(self, part: Any) -> Any:  # noqa: ANN401 - JSON
        """Put ids for the things made before."""
        match part:
            case Made(key, bare):
                stream = self._notes.things[key]
                return stream.partition("/")[2] if bare else stream
            case dict():
                return {name: self._filled(each) for name, each in part.items()}
            case list():
                return [self._filled(each) for each in part]
            case _:
                return part

    def _noted(self, act: Act, stream: str, version: int) -> None:
        self._notes.versions[f"{act.congress}/{stream}"] = version
        if act.makes:
            self._notes.things[act.makes] = stream


def _demands_version(operation: Operation) -> bool:
    parameters = operation.document["parameters"]
    return any(each["name"] == "If-Match" and each["required"] for each in parameters)


def _without_token(app: ASGIApp) -> ASGIApp:
    """Let citizens in as they come: they have no token to show."""

    async def citizens(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        await app({**scope, "headers": headers}, receive, send)

    return citizens
