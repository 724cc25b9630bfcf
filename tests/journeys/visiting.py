"""Who comes to the door of a house, and how he asks: everybody's own token, every real thing."""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.embedded import House, house
from deploy.examples.acts import person
from deploy.examples.script import logins, read, script
from deploy.folder import Folder
from events.journal.port import Once
from gateway.api.document import BASE, merged
from gateway.clients.inprocess import InProcess
from gateway.clients.port import Answer
from gateway.limits import Limits, Rate
from services.chassis.asking import receipt_code
from tests.conftest import HAIDONG

CITY, DISTRICT = "630200", "630202"
UNLIMITED = Limits(*(Rate(1_000_000),) * 6)
DATA = read(HAIDONG)
LOGINS: Mapping[str, Mapping[str, str]] = {
    CITY: {
        "deputy": "deputy-ma", "staff": "staff", "station": "station", "unit": "unit-housing",
        "leader": "leader", "auditor": "auditor",
    },
    DISTRICT: {
        "deputy": "deputy-chao-yueying", "staff": "ledu-staff", "station": "ledu-station",
        "unit": "unit-ledu-housing",
    },
}  # fmt: skip
"""The person who stands for each role of each congress."""
Body = Mapping[str, Any] | bytes | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door: a role of a congress, or nobody (neither)."""

    congress: str = ""
    role: str = ""
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.congress}/{self.role}" if self.role else "nobody"


NOBODY = Visitor()


@dataclass(slots=True)
class Visit:
    """A house, who comes, and the things that really stand in each congress, by kind."""

    house: House
    app: InProcess
    people: list[Visitor]
    document: Mapping[str, Any]
    things: dict[str, dict[str, str]] = field(default_factory=dict)

    def who(self, congress: str, role: str) -> Visitor:
        """Give the person who stands for a role of a congress."""
        return next(each for each in self.people if (each.congress, each.role) == (congress, role))

    async def ask(self, who: Visitor, method: str, path: str, body: Body = None, **headers: str) -> Answer:
        """Send one request through the gateway; `if_match` is the header If-Match."""
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if raw is not None:
            sent.append(("content-type", "application/json"))
        return await self.app.ask("door", method, path, token=who.token, headers=sent, body=raw)

    async def get(self, who: Visitor, path: str) -> Any:  # noqa: ANN401 - JSON
        """Read from the API of the visitor's own congress what he may see."""
        answer = await self.ask(who, "GET", f"{BASE}/{who.congress}{path}")
        assert answer.status == 200, answer.body.decode()
        return json.loads(answer.body)

    async def heads(self) -> Mapping[str, int]:
        """Give where every ledger stands, once all has settled."""
        await self.house.settled()
        return {name: each.sequence for name, each in (await self.house.ports.journal.heads()).items()}


async def opened(path: Path, stack: AsyncExitStack) -> Visit:
    """Open a house in a copied folder, with a token for everybody."""
    folder = Folder.open(path)
    stack.callback(folder.close)
    standing = await stack.enter_async_context(house(folder, UNLIMITED))
    people = [NOBODY, *[await _visitor(standing, *each) for each in _roles()]]
    document = merged(standing.front.operations.documents)
    visit = Visit(standing, InProcess({"door": _anonymous(standing.app)}), people, document)
    visit.things = {congress: await _things(visit, congress) for congress in LOGINS}
    return visit


def _roles() -> Sequence[tuple[str, str, str]]:
    return [(congress, role, login) for congress, each in LOGINS.items() for role, login in each.items()]


async def _visitor(standing: House, congress: str, role: str, login: str) -> Visitor:
    now = int(time.time())
    token = await standing.accounts.create_token(login, "journey", now, now + 3600)
    assert token is not None
    return Visitor(congress, role, token)


def _anonymous(app: ASGIApp) -> ASGIApp:
    """Let come without a token who has none."""

    async def anonymous(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair != (b"authorization", b"Bearer ")]
        await app({**scope, "headers": headers, "client": ("127.0.0.1", 1)}, receive, send)

    return anonymous


async def _things(visit: Visit, congress: str) -> dict[str, str]:
    """Find one thing of each kind, such that the deputy may see it."""
    deputy, login = visit.who(congress, "deputy"), LOGINS[congress]["deputy"]
    name = person(logins(DATA)[login])
    mandate = f"3-{name}"
    first = {
        kind: (await visit.get(deputy, f"/{kind}{query}"))["items"][0]["id"].partition("/")[2]
        for kind, query in {
            "suggestions": "", "opinions": "", "courses": f"?enrolled=mandate/{mandate}",
            "stations": f"?deputies=mandate/{mandate}",
        }.items()
    }  # fmt: skip
    return first | {
        "mandates": mandate, "people": name, "erasures": name, "learners": mandate, "needs": mandate,
        "dossiers": mandate, "receipts": await _code(visit.house, congress),
    }  # fmt: skip


async def _code(standing: House, congress: str) -> str:
    """Give the receipt code of the first opinion that the script of the example gave."""
    acts = (each for each in script(DATA) if each.operation == "giveOpinion")
    act = next(each for each in acts if each.congress == congress)
    secret = await standing.ports.vault.secret(congress)
    return receipt_code(Once("citizen/anonymous giveOpinion", act.key), secret)
