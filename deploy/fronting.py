"""The gateway, put together the same way whatever stands behind it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from deploy.services import SERVICES
from events.catalogue.envelope import Entry
from events.vault.chance import Chance, Seeded, of_the_system
from gateway.accounts.port import Accounts
from gateway.clients.operations import Operations
from gateway.clients.port import Services
from gateway.front import Front
from gateway.limits import Limiter, Limits
from gateway.policy import permitted
from gateway.rendering import Rendering
from gateway.session.sessions import Sessions
from services.chassis.clock import Clock
from services.chassis.settings import Settings
from services.chassis.web.openapi import document, operations
from services.chassis.web.tokens import Tokens
from services.chassis.web.tracing import Tracing
from services.chassis.workdays import legal_day


def derived(master: bytes, purpose: bytes) -> bytes:
    """Give the 32-byte key of one purpose."""
    return HKDF(hashes.SHA256(), 32, None, b"mandate/" + purpose).derive(master)


def caller_tokens(master: bytes) -> Tokens:
    """Give what signs and checks callers in a house with this master key."""
    return Tokens(derived(master, b"caller-token"))


def drawn(seed: SecretStr | None) -> Chance:
    """Give the chance of the system, or in tests that of a seed."""
    return Seeded(seed.get_secret_value().encode()) if seed else of_the_system


def documents() -> Mapping[str, Mapping[str, Any]]:
    """Give the OpenAPI document of every service."""
    return {each.name: document(each) for each in SERVICES}


def front(reached: Services, accounts: Accounts, tokens: Tokens, master: bytes, limits: Limits) -> Front:
    """Give the front over services that are reached somehow."""
    return Front(
        reached,
        Operations({each.name: operations(each) for each in SERVICES}, permitted, documents),
        Sessions(accounts, derived(master, b"sessions"), secure=Settings().https),
        Limiter(limits), tokens, Rendering(), Tracing(drawn(Settings().test_seed)),
    )  # fmt: skip


class Source(Protocol):
    """Where the congresses and their names are read: the journal, or the owner over HTTP."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, object]:
        """Give the position of every ledger whose name begins with `prefix`."""
        ...


class Heads:
    """What the head of every page says: the congress's name, the day, and whether it is an example."""

    def __init__(self, source: Source, clock: Clock, *, example: bool) -> None:
        """Take where to ask; names are kept, for a congress does not change its own."""
        self._source, self._clock, self._example = source, clock, example
        self._names = dict[str, Mapping[str, str]]()

    async def head(self, congress: str) -> Mapping[str, Any]:
        """Give it for one congress; with none given, for the house."""
        now: dt.datetime = self._clock.now()
        return {
            "congress": congress, "now": now.isoformat(), "today": legal_day(now).isoformat(),
            "example_time": now.isoformat() if self._example else None,
            "congress_name": "履职 Mandate", "congresses": await self._congresses(),
            **await self._named(congress),
        }  # fmt: skip

    async def _congresses(self) -> list[str]:
        heads = await self._source.heads("deputies/")
        return sorted(ledger.partition("/")[2] for ledger in heads)

    async def _named(self, congress: str) -> Mapping[str, str]:
        if congress and congress not in self._names:
            first = await self._source.fetch(f"deputies/{congress}", 0, 1)
            if first:
                data = Entry(first[0]).data
                self._names[congress] = {
                    "congress_name": data["name"],
                    "congress_name_en": data.get("name_en", data["name"]),
                }
        return self._names.get(congress, {})
