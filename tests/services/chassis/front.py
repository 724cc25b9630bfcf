"""One service asked over HTTP with whatever a caller may send, sound or forged."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from services.chassis.running import Running
from services.chassis.web.tokens import Caller
from services.suggestions.service import SERVICE
from tests.cast import CLERK, LEAD
from tests.services.chassis.following import settled
from tests.specification import Who
from tests.world import CONGRESS, found, ports, running

WORDS = '{"title":"关于改善供热的建议","text":"情况、问题、建议。"}'.encode()
LIST = f"/{CONGRESS}/suggestions"


@dataclass
class Front:
    """The door of the suggestions service; every request has a key of its own."""

    at_work: Running
    client: httpx2.AsyncClient
    keys: int = 0
    paths: list[str] = field(default_factory=list)

    def token(self, who: Who = LEAD, congress: str = CONGRESS, audience: str = "suggestions") -> str:
        """Give a sound token."""
        caller = Caller(who.role, who.id, who.holds)
        return self.at_work.ports.tokens.mint(caller, congress, audience)

    async def post(
        self, path: str, body: bytes | AsyncIterator[bytes] = b"{}", who: Who = LEAD, **changes: str | None
    ) -> httpx2.Response:  # fmt: skip
        """Send a command with these headers changed (`if_match="x"`) or left out (None)."""
        self.keys += 1
        headers = {
            "authorization": f"Bearer {self.token(who)}", "content-type": "application/json",
            "idempotency-key": f"key-{self.keys:020}",
        }  # fmt: skip
        return await self.client.post(path, content=body, headers=changed(headers, changes))

    async def get(self, path: str, who: Who = LEAD, **changes: str | None) -> httpx2.Response:
        """Read with these headers changed or left out."""
        headers = {"authorization": f"Bearer {self.token(who)}"}
        return await self.client.get(path, headers=changed(headers, changes))

    async def drafted(self, who: Who = LEAD) -> str:
        """Begin a suggestion; give its path."""
        answer = await self.post(LIST, WORDS, who)
        assert answer.status_code == 201, answer.text
        return f"{LIST}/{answer.json()['id'].partition('/')[2]}"

    async def submitted(self, count: int) -> list[str]:
        """Submit some suggestions, so that the office may list them."""
        for _ in range(count):
            path = await self.drafted()
            assert (await self.post(f"{path}/submission")).status_code == 200
            self.paths.append(path)
        await settled(self.at_work)
        return self.paths

    async def listed(self, query: str = "", who: Who = CLERK) -> httpx2.Response:
        """Ask for the list."""
        return await self.get(f"{LIST}?{query}", who)


def changed(headers: Mapping[str, str], changes: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Give headers with some changed; None leaves one out."""
    renamed = {name.replace("_", "-"): value for name, value in changes.items()}
    return [(name, value) for name, value in {**headers, **renamed}.items() if value is not None]


@asynccontextmanager
async def front(folder: Path) -> AsyncIterator[Front]:
    """Open the suggestions of a founded congress with two deputies."""
    async with ports(folder) as standing:
        await found(standing, "ma", "li")
        async with running(SERVICE, standing) as at_work:
            await settled(at_work)
            transport = httpx2.ASGITransport(at_work.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
                yield Front(at_work, client)
