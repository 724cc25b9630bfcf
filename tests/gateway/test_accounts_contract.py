"""The contract of accounts, the same for every adapter."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.accounts import values
from gateway.accounts.port import Accounts
from gateway.accounts.values import IDLE_SECONDS, SESSION_SECONDS, Failures
from tests.gateway.accounts import ADDRESS, CLERK, NOON, Contents, Opening, signed_in


async def test_a_login_is_unique_however_it_is_spelled(accounts: Accounts) -> None:
    """A login is unique and case-folded, in full width or half: MA.Lan is ma.lan."""
    assert not await accounts.add(replace(CLERK, login="\uff2d\uff21.Lan ", person="another"))
    assert await accounts.get(" MA.LAN") == CLERK
    assert await accounts.get("ma.la") is None


@pytest.mark.parametrize("login", ["", "  ", "x" * 65])
async def test_a_login_has_1_to_64_characters(accounts: Accounts, login: str) -> None:
    """An empty login, and one of 65 characters, cannot be added."""
    with pytest.raises(ValueError, match="64"):
        await accounts.add(replace(CLERK, login=login))


async def test_a_person_may_have_several_accounts_each_of_one_congress(accounts: Accounts) -> None:
    """One account belongs to one congress, one person may have several of both."""
    city = replace(CLERK, login="ma.lan@city", congress="630000")
    deputy = replace(CLERK, login="deputy", language="en", disabled=True)
    assert await accounts.add(city)
    assert await accounts.add(deputy)
    assert await accounts.of("630200") == [deputy, CLERK]
    assert await accounts.of("630000") == [city]
    assert await accounts.of("") == []


async def test_what_is_given_is_changed_and_the_rest_stays(accounts: Accounts) -> None:
    """A change sets what it names, of this account alone."""
    other = replace(CLERK, login="other")
    await accounts.add(other)
    await accounts.change("MA.LAN", language="en")
    assert await accounts.get(CLERK.login) == replace(CLERK, language="en")
    await accounts.change(CLERK.login, disabled=True, password="new")
    changed = replace(CLERK, language="en", disabled=True, password="new")
    assert await accounts.get(CLERK.login) == changed
    await accounts.change(CLERK.login, disabled=False)
    assert await accounts.get(CLERK.login) == replace(changed, disabled=False)
    assert await accounts.get("other") == other


async def test_a_rehash_never_brings_an_old_password_back(accounts: Accounts) -> None:
    """Rehashing replaces only the hash that was verified."""
    await accounts.rehash(CLERK.login, CLERK.password, "stronger")
    await accounts.rehash(CLERK.login, CLERK.password, "late")
    assert await accounts.get(CLERK.login) == replace(CLERK, password="stronger")


async def test_a_session_is_found_by_its_token_alone(accounts: Accounts) -> None:
    """A session carries its account, its own CSRF secret and its times."""
    token, session = await signed_in(accounts)
    other, another = await signed_in(accounts)
    assert await accounts.session(token) == (CLERK, session)
    assert (session.created, session.seen, session.role, session.positions) == (
        NOON,
        NOON,
        None,
        {},
    )
    assert len(token) >= 43
    assert len({token, other, session.id, another.id}) == 4
    assert session.csrf != another.csrf
    assert await accounts.session(session.id) is None
    assert {s.id for s in await accounts.sessions("Ma.Lan")} == {session.id, another.id}


async def test_a_session_ends_after_12_hours_or_60_idle_minutes(accounts: Accounts) -> None:
    """The last touch counts, and never back; nothing stretches the 12 hours."""
    _, session = await signed_in(accounts)
    assert session.expires == NOON + IDLE_SECONDS
    await accounts.touch(session.id, NOON + 100)
    await accounts.touch(session.id, NOON + 50)
    (touched,) = await accounts.sessions(CLERK.login)
    assert touched.expires == NOON + 100 + IDLE_SECONDS
    assert replace(touched, seen=NOON + SESSION_SECONDS - 1).expires == NOON + SESSION_SECONDS


async def test_opening_a_session_sweeps_expired_ones(accounts: Accounts) -> None:
    """What has expired is forgotten when the next one signs in."""
    await signed_in(accounts)
    _, kept = await signed_in(accounts, NOON + 1)
    _, latest = await signed_in(accounts, NOON + IDLE_SECONDS)
    assert await accounts.sessions(CLERK.login) == [latest, kept]


async def test_no_session_for_what_the_account_was(accounts: Accounts) -> None:
    """A password changed, or an account disabled, while the old one was verified: no session."""
    assert await accounts.open_session(replace(CLERK, password="old"), NOON) is None
    await accounts.change(CLERK.login, disabled=True)
    assert await accounts.open_session(CLERK, NOON) is None
    assert await accounts.sessions(CLERK.login) == []


@pytest.mark.parametrize("change", [{"password": "new"}, {"disabled": True}])
async def test_a_new_password_or_disabling_closes_all_sessions(
    accounts: Accounts, change: dict[str, str | bool]
) -> None:
    """Whoever was signed in is signed out; a language costs nobody his session."""
    token, _ = await signed_in(accounts)
    await accounts.change(CLERK.login, language="en")
    assert await accounts.session(token)
    await accounts.change(CLERK.login, **change)  # type: ignore[arg-type]
    assert await accounts.session(token) is None


async def test_role_and_positions_stay_with_their_session(accounts: Accounts) -> None:
    """Positions only grow, whatever the order of answers; a role may be taken back."""
    token, session = await signed_in(accounts)
    await signed_in(accounts)
    await accounts.choose(session.id, "deputy")
    steps = [("suggestions/630200", 41), ("suggestions/630200", 7), ("liaison/630200", 3)]
    await asyncio.gather(*(accounts.note(session.id, *step) for step in steps))
    noted = replace(session, role="deputy", positions={steps[0][0]: 41, steps[2][0]: 3})
    assert await accounts.session(token) == (CLERK, noted)
    assert [s.positions for s in await accounts.sessions(CLERK.login)].count({}) == 1
    await accounts.choose(session.id, None)
    assert await accounts.session(token) == (CLERK, replace(noted, role=None))


async def test_one_session_or_all_can_be_closed(accounts: Accounts) -> None:
    """Closing all may spare the one that asks, and touches nobody else's."""
    await accounts.add(replace(CLERK, login="other"))
    other = await accounts.open_session(replace(CLERK, login="other"), NOON)
    opened = [(await signed_in(accounts))[1] for _ in range(4)]
    await accounts.close_session(opened[0].id)
    assert {s.id for s in await accounts.sessions(CLERK.login)} == {s.id for s in opened[1:]}
    await accounts.close_sessions(CLERK.login, but=opened[1].id)
    assert await accounts.sessions(CLERK.login) == [opened[1]]
    await accounts.close_sessions(CLERK.login)
    assert await accounts.sessions(CLERK.login) == []
    assert other
    assert await accounts.session(other[0])


async def test_a_token_is_told_once_and_expires(accounts: Accounts) -> None:
    """`mdt_` and 256 random bits; listed without its text; good until it expires."""
    text = await accounts.create_token(CLERK.login, "export", NOON, NOON + 10)
    assert text
    assert text.startswith("mdt_")
    assert len(text) == 4 + 43
    (token,) = await accounts.tokens(CLERK.login)
    assert (token.name, token.created, token.expires) == ("export", NOON, NOON + 10)
    assert await accounts.bearer(text, NOON + 9) == CLERK
    assert await accounts.bearer(text, NOON + 10) is None
    assert await accounts.bearer(token.id, NOON) is None
    assert await accounts.create_token("nobody", "export", NOON, NOON + 10) is None


async def test_a_token_can_be_revoked_by_its_account_only(accounts: Accounts) -> None:
    """Revoked is revoked; a token of another account cannot be touched; disabled says no."""
    text = await accounts.create_token(CLERK.login, "export", NOON, NOON + 10)
    kept = await accounts.create_token(CLERK.login, "import", NOON + 1, NOON + 10)
    assert text
    assert kept
    second, first = await accounts.tokens(CLERK.login)
    assert not await accounts.revoke_token("other", first.id)
    assert await accounts.revoke_token("MA.lan", first.id)
    assert not await accounts.revoke_token(CLERK.login, first.id)
    assert await accounts.bearer(text, NOON + 1) is None
    assert await accounts.tokens(CLERK.login) == [second]
    await accounts.change(CLERK.login, disabled=True)
    assert await accounts.bearer(kept, NOON + 1) is None


@pytest.mark.parametrize("login", [CLERK.login, "nobody"])
async def test_five_failures_lock_a_login_known_or_not(accounts: Accounts, login: str) -> None:
    """Five failures: a minute, then doubling to 15; attempts turned away do not count."""
    now, waits = NOON, []
    for _ in range(5):
        assert await accounts.admit(login.upper(), ADDRESS, now) == 0
    for _ in range(6):
        wait = await accounts.admit(login, ADDRESS, now)
        assert await accounts.admit(login, ADDRESS, now + wait - 1) == 1
        waits.append(wait)
        now += wait
        assert await accounts.admit(login, "198.51.100.1", now) == 0
    assert waits == [60, 120, 240, 480, 900, 900]


async def test_parallel_guesses_count_one_by_one(accounts: Accounts) -> None:
    """Of 50 attempts at once on one login, five are let in."""
    waits = await asyncio.gather(*(accounts.admit("ma.lan", ADDRESS, NOON) for _ in range(50)))
    assert waits.count(0) == 5
    assert set(waits) == {0, 60}


async def test_an_address_is_locked_after_20_logins(accounts: Accounts) -> None:
    """One address that tries many logins is locked, others are not."""
    for number in range(20):
        assert await accounts.admit(f"login{number}", ADDRESS, NOON) == 0
    assert await accounts.admit("another", ADDRESS, NOON) == 60
    assert await accounts.admit("another", "198.51.100.1", NOON) == 0


async def test_a_success_resets_the_login_and_takes_itself_off_the_address(
    accounts: Accounts,
) -> None:
    """An own account does not wash an address clean of guesses at others."""
    for number in range(19):
        await accounts.admit(f"login{number}", ADDRESS, NOON)
    for _ in range(8):
        assert await accounts.admit(CLERK.login, ADDRESS, NOON) == 0
        await accounts.forgive(CLERK.login, ADDRESS)
    assert await accounts.admit("guess", ADDRESS, NOON) == 0
    assert await accounts.admit(CLERK.login, ADDRESS, NOON) == 60


async def test_failures_are_forgotten_after_a_day(accounts: Accounts) -> None:
    """A failure a day ago is none; a clock set back locks nobody for longer than the lock."""
    for _ in range(5):
        await accounts.admit(CLERK.login, ADDRESS, NOON)
    assert await accounts.admit(CLERK.login, ADDRESS, NOON - 86_400) == 60
    for _ in range(5):
        assert await accounts.admit(CLERK.login, ADDRESS, NOON + 86_400) == 0
    assert Failures(9, NOON).counted(NOON + 86_400) == Failures(1, NOON + 86_400)


async def test_what_was_answered_outlives_the_process_and_tells_no_token(
    opening: Opening, tmp_path: Path, contents: Contents
) -> None:
    """Opened again all is there; no byte of a token, and no mistyped password, is in the files."""
    first = await opening(tmp_path)
    await first.add(CLERK)
    token, session = await signed_in(first)
    text = await first.create_token(CLERK.login, "export", NOON, NOON + 10)
    assert text
    await first.admit("a password typed as login", ADDRESS, NOON)
    await first.close()
    again = await opening(tmp_path)
    assert await again.session(token) == (CLERK, session)
    assert await again.bearer(text, NOON) == CLERK
    kept = await contents(tmp_path)
    await again.close()
    assert values.digest(token).encode() in kept
    for secret in (token, text, "typed as login"):
        assert secret.encode() not in kept


async def test_a_person_is_forgotten_with_all_that_hangs_on_him(accounts: Accounts) -> None:
    """Every account of the person in this congress goes, with sessions and tokens; others stay."""
    second, abroad = replace(CLERK, login="second"), replace(CLERK, login="abroad", congress="630000")
    colleague = replace(CLERK, login="colleague", person="li")
    for each in (second, abroad, colleague):
        await accounts.add(each)
    session, _ = await signed_in(accounts)
    token = await accounts.create_token(CLERK.login, "name", NOON, NOON + 60)
    for _ in range(2):
        await accounts.forget(CLERK.congress, CLERK.person)
    assert await accounts.of(CLERK.congress) == [colleague]
    assert await accounts.get(abroad.login) == abroad
    assert await accounts.session(session) is None
    assert token is not None
    assert await accounts.bearer(token, NOON) is None
    assert await accounts.tokens(CLERK.login) == []
