"""The ledgers of other services, fetched from their owners over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic_core import from_json

from gateway.clients.http import HttpServices
from gateway.clients.port import Unreachable
from services.chassis.web.ledgers import EVERY, MOST

OK = 200


class Position(NamedTuple):
    """Where a ledger stands."""

    sequence: int


class Ledgers:
    """What a bus fetches from: `/ledgers` of the services at these base addresses.

    `token(service, congress)` gives the signed token of the role `house` for a congress, or
    for all of them (`*`).
    """

    def __init__(self, bases: Mapping[str, str], token: Callable[[str, str], str]) -> None:
        self._services, self._names, self._token = HttpServices(bases), sorted(bases), token

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger with a sequence above `after`, as stored.

        Raises:
            KeyError: when its service is none of those here.
            Unreachable: when the owner did not answer, or with a no.

        """
        service, _, congress = ledger.partition("/")
        path, found, whole = f"/{congress}/ledgers/{service}", list[bytes](), True
        while whole and len(found) < limit:
            most = min(MOST, limit - len(found))
            page = await self._get(service, congress, path, after=after + len(found), limit=most)
            found += [entry.encode() for entry in page["entries"]]
            whole = len(page["entries"]) == most
        return found

    async def heads(self, prefix: str = "") -> Mapping[str, Position]:
        """Give the position of every ledger whose name begins with `prefix`; raises as `fetch`."""
        found = dict[str, Position]()
        for service in self._names:
            if f"{service}/".startswith(prefix) or prefix.startswith(f"{service}/"):
                found |= await self._heads(service)
        return {ledger: position for ledger, position in found.items() if ledger.startswith(prefix)}

    async def _heads(self, service: str) -> Mapping[str, Position]:
        found, more = dict[str, Position](), True
        while more:
            after = max(found, default="")
            page = await self._get(service, EVERY, "/ledgers", after=after, limit=MOST)
            found |= {ledger: Position(head) for ledger, head in page["heads"].items()}
            more = page["more"]
        return found

    async def _get(self, service: str, congress: str, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        token = self._token(service, congress)
        answer = await self._services.ask(service, "GET", f"{path}?{urlencode(query)}", token=token)
        if answer.status != OK:
            raise Unreachable(f"{service} answered {answer.status}")
        return from_json(answer.body)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._services.close()
