"""Ledgers over HTTP: what one service keeps, another reads to the same bytes."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.ledgers import Ledgers, Position
from gateway.clients.operations import Operations
from gateway.clients.port import Unreachable
from services.chassis import problems
from services.chassis.running import Running
from services.chassis.web import ledgers as published
from services.chassis.web.openapi import document
from services.chassis.web.tokens import Caller, Tokens
from services.suggestions.service import SERVICE
from tests.cast import CLERK, LEAD
from tests.events.world import proposed
from tests.loopback import served
from tests.services.chassis.front import Front, front
from tests.world import CONGRESS, ports, running

LEDGER = f"suggestions/{CONGRESS}"
ODD = '关于改善供热的建议 "\\ \u2028 \U0001f3db é ﷽'


@asynccontextmanager
async def published_by(at_work: Running) -> AsyncIterator[Ledgers]:
    """Serve a service and read its ledgers as the house does."""
    tokens, house = at_work.ports.tokens, Caller("house", "training")
    async with served(at_work.app) as base:
        ledgers = Ledgers(
            {"suggestions": base}, lambda service, congress: tokens.mint(house, congress, service)
        )
        try:
            yield ledgers
        finally:
            await ledgers.close()


@pytest.fixture
async def at_work(tmp_path: Path) -> AsyncIterator[Running]:
    """Let suggestions work, with odd entries in the ledgers of three congresses."""
    async with ports(tmp_path) as standing:
        data = json.dumps({"说": ODD, "escaped": "\x01\n\t/"})
        for congress in (CONGRESS, "630202", "630203001"):
            for number in range(5):
                entry = proposed(
                    f"suggestion/{number}", data if number % 2 else json.dumps({"a": ODD}, ensure_ascii=False)
                )
                await standing.journal.append(f"suggestions/{congress}", [entry], {})
        async with running(SERVICE, standing) as at_work:
            yield at_work


async def test_entries_are_the_same_bytes(at_work: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese, escapes and what JSON need not escape arrive as stored, in pages of any size."""
    stored = await at_work.ports.journal.fetch(LEDGER, 0, 100)
    assert len(stored) == 5
    async with published_by(at_work) as ledgers:
        assert await ledgers.fetch(LEDGER, 0, 100) == stored
        assert await ledgers.fetch(LEDGER, 2, 2) == stored[2:4]
        assert await ledgers.fetch(LEDGER, 5, 2) == []
        assert await ledgers.fetch("suggestions/110000", 0, 2) == []
        monkeypatch.setattr("deploy.ledgers.MOST", 2)
        assert await ledgers.fetch(LEDGER, 0, 100) == stored
        assert await ledgers.fetch(LEDGER, 0, 3) == stored[:3]


async def test_heads_are_those_of_the_journal(at_work: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ledger of the service is told, in pages of any size; a prefix chooses."""
    every = {name: Position(5) for name in (LEDGER, "suggestions/630202", "suggestions/630203001")}
    async with published_by(at_work) as ledgers:
        for most in (published.MOST, 1, 2, 3):
            monkeypatch.setattr("deploy.ledgers.MOST", most)
            assert await ledgers.heads() == every
        assert await ledgers.heads("suggestions/") == every
        assert await ledgers.heads("sugg") == every
        assert await ledgers.heads(LEDGER) == {LEDGER: Position(5)}
        assert await ledgers.heads("deputies/") == {}


async def test_a_no_is_no_entry(at_work: Running) -> None:
    """An owner who says no, or nothing, is unreachable, never an empty ledger."""
    async with served(at_work.app) as base:
        forged = Tokens(b"x" * 32)
        ledgers = Ledgers(
            {"suggestions": base}, lambda *_: forged.mint(CLERK_CALLER, CONGRESS, "suggestions")
        )
        for question in (ledgers.fetch(LEDGER, 0, 1), ledgers.heads()):
            with pytest.raises(Unreachable, match="401"):
                await question
    with pytest.raises(Unreachable):
        await ledgers.fetch(LEDGER, 0, 1)
    await ledgers.close()


CLERK_CALLER = Caller(CLERK.role, CLERK.id, CLERK.holds)


async def asked(door: Front, token: str | None, path: str = "/ledgers") -> int:
    """Ask with this token; give the status."""
    return (await door.get(path, authorization=token and f"Bearer {token}")).status_code


async def test_all_ledgers_are_told_to_the_house_alone(tmp_path: Path) -> None:
    """No token of a congress opens `*`, no role but the house's, and `*` opens no congress."""
    async with front(tmp_path) as door:
        tokens = door.at_work.ports.tokens
        house = Caller("house", "training")
        assert await asked(door, tokens.mint(house, "*", "suggestions")) == 200
        assert await asked(door, tokens.mint(house, CONGRESS, "suggestions")) == 401
        assert await asked(door, tokens.mint(house, "*", "liaison")) == 401
        assert await asked(door, Tokens(b"x" * 32).mint(house, "*", "suggestions")) == 401
        assert await asked(door, None) == 401
        for role in ("staff", "gateway", "deputy", "None"):
            assert await asked(door, tokens.mint(Caller(role, "x"), "*", "suggestions")) == 403
        for who in (LEAD, CLERK):
            assert await asked(door, door.token(who)) == 401
        every = tokens.mint(house, "*", "suggestions")
        for path in (f"/{CONGRESS}/ledgers/suggestions", f"/{CONGRESS}/suggestions"):
            assert await asked(door, every, path) == 401
        assert await asked(door, every, "/*/ledgers/suggestions") == 404
        for query in ("limit=0", "limit=1001", "limit=x", "before=1", "after=a&after=b"):
            assert await asked(door, every, f"/ledgers?{query}") == 422


def test_the_gateway_does_not_offer_it() -> None:
    """The list of all ledgers stands in no document, so no request finds it at the gateway."""
    described = document(SERVICE)
    assert "/ledgers" not in described["paths"]
    offered = Operations({"suggestions": described["paths"]}, bool, lambda: {"suggestions": described})
    assert offered.find("GET", "/ledgers") == problems.ABSENT
