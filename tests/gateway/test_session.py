import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway.accounts.passwords import AT_ONCE, WAITING, Passwords, acceptable
from gateway.accounts.port import Busy
from gateway.accounts.sqlite import SqliteAccounts
from gateway.accounts.values import IDLE_SECONDS, Account
from gateway.session.sessions import Sessions, SignedIn, SignInRefused
from gateway.session.visitor import Visitor, language

NOON = 1_750_000_000.5
SECRET = bytes(range(32))
PASSWORD = "西宁的冬天很冷"
ADDRESS = "203.0.113.9"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CLERK = Account("ma.lan", "630200", "p-7f3a", CHEAP.hash(PASSWORD), int(NOON), "zh")


class House:
    """Sessions over real accounts, with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.accounts = SqliteAccounts(folder / "accounts.db")
        self.sessions = Sessions(
            self.accounts,
            SECRET,
            passwords=Passwords(CHEAP),
            clock=lambda: self.now,
        )

    async def enter(self) -> SignedIn:
        signed_in = await self.sessions.sign_in(CLERK.login, PASSWORD, ADDRESS)
        assert isinstance(signed_in, SignedIn)
        return signed_in

    async def seen(self, **headers: str) -> Visitor:
        visitor = await self.sessions.visitor(asking(**headers))
        assert visitor
        return visitor


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house that knows the clerk."""
    opened = House(tmp_path)
    await opened.accounts.add(CLERK)
    yield opened
    await opened.accounts.close()


def asking(scheme: str = "http", **headers: str) -> HTTPConnection:
    """Make a request with these headers."""
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return HTTPConnection({"type": "http", "scheme": scheme, "path": "/", "headers": raw})


def cookies(response: Response) -> SimpleCookie:
    """Read what a response sets."""
    found = SimpleCookie()
    for value in response.headers.getlist("set-cookie"):
        found.load(value)
    return found


async def test_a_session_begins_with_a_password_and_ends_with_signing_out(house: House) -> None:
    """Who signs in is known by his cookie until he signs out."""
    signed_in = await house.enter()
    cookie = f"mandate-session={signed_in.token}"
    visitor = await house.seen(cookie=cookie)
    assert (visitor.account, visitor.session) == (CLERK, signed_in.session)
    await house.sessions.sign_out(visitor)
    assert (await house.seen(cookie=cookie)).account is None


async def test_the_session_cookie_is_for_this_host_and_no_script(house: House) -> None:
    """HttpOnly, SameSite=Lax, Path=/, no Domain, gone with the browser; the stranger's goes."""
    response = Response()
    house.sessions.admit(asking(), response, await house.enter())
    found = cookies(response)
    morsel = found["mandate-session"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "lax", "/")
    assert (morsel["secure"], morsel["domain"], morsel["max-age"]) == ("", "", "")
    assert found["mandate-visitor"]["max-age"] == "0"
    house.sessions.dismiss(asking(), farewell := Response())
    assert cookies(farewell)["mandate-session"]["max-age"] == "0"


@pytest.mark.parametrize(("scheme", "setting"), [("https", False), ("http", True)])
async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    house: House,
    scheme: str,
    setting: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Over https, or when the setting says so, cookies are Secure and named __Host-."""
    sessions = Sessions(house.accounts, SECRET, secure=setting, clock=lambda: NOON)
    signed_in, response = await house.enter(), Response()
    sessions.admit(asking(scheme), response, signed_in)
    assert cookies(response)["__Host-mandate-session"]["secure"] is True
    plain = await sessions.visitor(asking(scheme, cookie=f"mandate-session={signed_in.token}"))
    bound = f"__Host-mandate-session={signed_in.token}"
    visitor = await sessions.visitor(asking(scheme, cookie=bound))
    assert plain
    assert plain.account is None
    assert visitor
    assert visitor.account == CLERK


async def test_signing_in_rotates_the_session(house: House) -> None:
    """The session with which somebody came to the form is worth nothing afterwards."""
    first = await house.enter()
    cookie = f"mandate-session={first.token}"
    leaving = await house.seen(cookie=cookie)
    second = await house.sessions.sign_in(CLERK.login, PASSWORD, ADDRESS, leaving)
    assert isinstance(second, SignedIn)
    assert second.token != first.token
    assert [s.id for s in await house.accounts.sessions(CLERK.login)] == [second.session.id]


async def test_a_session_ends_when_idle_and_a_look_prolongs_it(house: House) -> None:
    """60 idle minutes end it, a page view begins them anew."""
    cookie = f"mandate-session={(await house.enter()).token}"
    house.now += IDLE_SECONDS - 1
    assert (await house.seen(cookie=cookie)).account
    house.now += IDLE_SECONDS - 1
    assert (await house.seen(cookie=cookie)).account
    house.now += IDLE_SECONDS
    assert (await house.seen(cookie=cookie)).account is None


async def test_a_session_ends_after_12_hours_however_busy(house: House) -> None:
    """Nobody stays signed in for more than 12 hours."""
    cookie = f"mandate-session={(await house.enter()).token}"
    for _ in range(23):
        house.now += 1800
        assert (await house.seen(cookie=cookie)).account
    house.now += 1800
    assert (await house.seen(cookie=cookie)).account is None


async def test_the_answer_is_the_same_for_known_and_unknown_logins(house: House) -> None:
    """Wrong password, unknown login, disabled account: one answer, and after five a lock."""
    await house.accounts.add(replace(CLERK, login="gone", disabled=True))
    for login, password in [("ma.lan", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)]:
        waits = []
        for _ in range(6):
            refused = await house.sessions.sign_in(login, password, login)
            assert isinstance(refused, SignInRefused)
            waits.append(refused.wait)
        assert waits == [0, 0, 0, 0, 0, 60]
    assert await house.sessions.sign_in("ma.lan", PASSWORD, ADDRESS) == SignInRefused(60)
    house.now += 60
    await house.enter()


async def test_unknown_logins_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a login that nobody has, a hash with the same parameters is verified, and fails."""
    seen = []
    verify = PasswordHasher.verify

    def watched(self: PasswordHasher, known: str, password: bytes) -> bool:
        seen.append(known.split("$")[:4])
        return verify(self, known, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    passwords = Passwords(CHEAP)
    assert await passwords.verify(CLERK.password, PASSWORD)
    assert not await passwords.verify(None, "")
    assert not await passwords.verify(CLERK.password, "\ud800" * 300)
    assert seen[0] == seen[1] == seen[2]


async def test_a_password_is_hashed_anew_when_the_parameters_changed(house: House) -> None:
    """Who signs in gets today's hash, and stays signed in."""
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sessions = Sessions(house.accounts, SECRET, passwords=stronger, clock=lambda: NOON)
    signed_in = await sessions.sign_in(CLERK.login, PASSWORD, ADDRESS)
    assert isinstance(signed_in, SignedIn)
    account = await house.accounts.get(CLERK.login)
    assert account
    assert "m=16,t=2,p=1" in account.password
    assert await stronger.verify(account.password, PASSWORD)
    assert await house.accounts.session(signed_in.token)


async def test_only_so_many_passwords_wait() -> None:
    """Two are hashed at a time, 32 wait, the others hear that we are busy."""
    passwords = Passwords(CHEAP)
    hashing = (passwords.hash(PASSWORD) for _ in range(AT_ONCE + WAITING + 3))
    answers = await asyncio.gather(*hashing, return_exceptions=True)
    assert [type(answer) for answer in answers[-4:]] == [str, Busy, Busy, Busy]
    assert isinstance(await passwords.hash(PASSWORD), str)
    assert [acceptable("x" * length) for length in (7, 8, 256, 257)] == [False, True, True, False]


async def test_a_bearer_token_is_an_account_without_session(house: House) -> None:
    """`Authorization: Bearer mdt_…` needs no CSRF value; a bad one is nobody, not a stranger."""
    token = await house.accounts.create_token("ma.lan", "export", int(NOON), int(NOON) + 60)
    visitor = await house.seen(authorization=f"bearer {token}")
    assert (visitor.account, visitor.session, visitor.role) == (CLERK, None, None)
    assert house.sessions.forms.csrf_holds(visitor, "")
    for bad in ("", "Bearer", "Bearer mdt_x", f"Basic {token}", f"Bearer x{token}"):
        assert await house.sessions.visitor(asking(authorization=bad)) is None
    house.now += 60
    assert await house.sessions.visitor(asking(authorization=f"Bearer {token}")) is None


async def test_a_form_of_another_session_does_not_hold(house: House) -> None:
    """The CSRF value belongs to one session; nothing else is accepted for it."""
    mine, other = [
        await house.seen(cookie=f"mandate-session={(await house.enter()).token}") for _ in range(2)
    ]
    forms = house.sessions.forms
    assert forms.csrf_holds(mine, forms.csrf(mine))
    for sent in ("", "é", "\ud800", forms.csrf(other), forms.csrf(await house.seen())):
        assert not forms.csrf_holds(mine, sent)


async def test_a_stranger_has_a_signed_cookie_for_his_forms(house: House) -> None:
    """A stranger's form is bound to a cookie that we signed; a made-up one is replaced."""
    stranger, response = await house.seen(), Response()
    house.sessions.greet(asking(), response, stranger)
    cookie = cookies(response)["mandate-visitor"]
    assert cookie["httponly"] is True
    again = await house.seen(cookie=f"mandate-visitor={cookie.value}")
    forms = house.sessions.forms
    assert forms.csrf_holds(again, forms.csrf(stranger))
    house.sessions.greet(asking(), silent := Response(), again)
    assert not cookies(silent)
    forged = await house.seen(cookie=f"mandate-visitor=x{cookie.value}")
    assert forged.fresh
    assert not forms.csrf_holds(forged, forms.csrf(stranger))


async def test_positions_and_role_come_back_with_the_session(house: House) -> None:
    """What `Mandate-Position` said is there at the next click; what is no position is not."""
    cookie = f"mandate-session={(await house.enter()).token}"
    visitor = await house.seen(cookie=cookie)
    for position in ("suggestions/630200/41", "suggestions/630200/7", "x", 'a"/630200/1'):
        await house.sessions.note(visitor, position)
    assert visitor.session
    await house.accounts.choose(visitor.session.id, "deputy")
    visitor = await house.seen(cookie=cookie)
    assert (visitor.role, visitor.positions) == ("deputy", {"suggestions/630200": 41})
    await house.sessions.note(stranger := await house.seen(), "suggestions/630200/1")
    assert stranger.positions == {}


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [
        (None, "", "zh"),
        (None, "de-DE, *", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "en;q=0.8, zh-CN", "zh"),
        (None, "zh;q=0.1, en;q=0.2, english;q=1, zh;q=x", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("xx", "en", "en"),
    ],
)
def test_a_stranger_is_spoken_to_in_his_language(chosen: str | None, accepted: str, spoken: str) -> None:
    """His choice, else what his browser prefers, else Chinese."""
    assert language(chosen, accepted) == spoken
