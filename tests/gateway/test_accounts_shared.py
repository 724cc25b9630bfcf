"""Accounts on MongoDB where several gateways and lost answers meet."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.accounts.port import Accounts, Busy
from tests.distributed.databases import DRIVERS
from tests.distributed.planting import before, lost
from tests.gateway.accounts import ADDRESS, CLERK, NOON, Contents, Opening, signed_in

pytestmark = pytest.mark.parametrize("lane", DRIVERS, indirect=True)


@pytest.fixture
async def other(opening: Opening, accounts: Accounts, tmp_path: Path) -> AsyncIterator[Accounts]:
    """Open a second gateway's, once the first knows the clerk."""
    assert await accounts.get(CLERK.login)
    opened = await opening(tmp_path)
    yield opened
    await opened.close()


async def test_what_lost_its_answer_is_done_once(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added, opened, made and revoked is told as such, though the first answer was lost."""
    happened = [lost(monkeypatch, "insert_one", name) for name in ("accounts", "sessions", "tokens")]
    revoked = lost(monkeypatch, "delete_many", "tokens")
    other = replace(CLERK, login="other")
    assert await accounts.add(other)
    assert not await accounts.add(other)
    await signed_in(accounts)
    assert len(await accounts.sessions(CLERK.login)) == 1
    assert await accounts.create_token(CLERK.login, "export", NOON, NOON + 10)
    (token,) = await accounts.tokens(CLERK.login)
    assert await accounts.revoke_token(CLERK.login, token.id)
    assert not await accounts.revoke_token(CLERK.login, token.id)
    assert [*happened, revoked] == [["accounts"], ["sessions"], ["tokens"], ["tokens"]]


async def test_an_attempt_counts_once(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt, and its forgiving, whose answer was lost is not counted again."""
    happened = lost(monkeypatch, "insert_one", "failures", times=2)
    for _ in range(5):
        assert await accounts.admit(CLERK.login, ADDRESS, NOON) == 0
    assert await accounts.admit(CLERK.login, ADDRESS, NOON) == 60
    assert len(happened) == 2
    happened = lost(monkeypatch, "insert_one", "failures", times=2)
    await accounts.forgive(CLERK.login, ADDRESS)
    assert len(happened) == 2
    for number in range(16):
        assert await accounts.admit(f"login{number}", ADDRESS, NOON) == 0
    assert await accounts.admit("another", ADDRESS, NOON) == 60


async def test_no_answer_is_busy(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that never answers is busy."""
    lost(monkeypatch, "find", "failures", times=3)
    with pytest.raises(Busy):
        await accounts.admit(CLERK.login, ADDRESS, NOON)
    lost(monkeypatch, "update_one", "accounts", times=3)
    with pytest.raises(Busy):
        await accounts.change(CLERK.login, password="new")


async def test_gateways_count_together(accounts: Accounts, other: Accounts) -> None:
    """Of 40 attempts at once through two gateways five are let in."""
    attempts = (each.admit(CLERK.login, ADDRESS, NOON) for _ in range(20) for each in (accounts, other))
    assert (await asyncio.gather(*attempts)).count(0) == 5


async def test_turned_away_in_between_counts_not(
    accounts: Accounts, other: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the address is locked while the login is counted, the login's count is taken back."""
    for number in range(19):
        await accounts.admit(f"login{number}", ADDRESS, NOON)
    before(monkeypatch, "insert_one", "failures", lambda: other.admit("another", ADDRESS, NOON))
    assert await accounts.admit(CLERK.login, ADDRESS, NOON) == 60
    for _ in range(5):
        assert await accounts.admit(CLERK.login, "198.51.100.1", NOON) == 0
    assert await accounts.admit(CLERK.login, "198.51.100.1", NOON) == 60


async def test_a_session_of_a_moment_ago_is_none(
    accounts: Accounts, other: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password changed between looking at the account and opening: the session does not count."""
    before(monkeypatch, "insert_one", "sessions", lambda: other.change(CLERK.login, password="new"))
    token, session = await signed_in(accounts)
    assert await accounts.session(token) is None
    await accounts.touch(session.id, NOON + 1)
    assert await other.sessions(CLERK.login) == []


async def test_signing_in_sweeps_what_a_day_has_passed_over(
    accounts: Accounts, contents: Contents, tmp_path: Path
) -> None:
    """Whoever signs in sweeps up expired sessions and the failures of yesterday."""
    await accounts.admit(CLERK.login, ADDRESS, NOON)
    _, old = await signed_in(accounts)
    kept = await contents(tmp_path)
    assert ADDRESS.encode() in kept
    assert old.id.encode() in kept
    await signed_in(accounts, NOON + 86_400)
    kept = await contents(tmp_path)
    assert ADDRESS.encode() not in kept
    assert old.id.encode() not in kept
