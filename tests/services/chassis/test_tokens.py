"""Who asks is what the signed token says, and nothing else; every forgery is the same 401."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from services.chassis.problems import WHO, Problem
from services.chassis.shapes import Reader
from services.chassis.web import tokens as module
from services.chassis.web.tokens import LIFETIME, Caller, Tokens
from tests.cast import CLERK, LEAD
from tests.services.chassis.front import LIST, WORDS, Front, front
from tests.services.chassis.test_web import demand

pytestmark = pytest.mark.timeout(30)
KEY, CONGRESS = b"t" * 32, "630200"
MA = Caller("deputy", "ma", "mandate/3-ma")
NOW = int(time.time())
CLAIMS = {
    "iss": "mandate-gateway", "aud": "suggestions", "exp": NOW + 3600, "sub": "ma",
    "role": "deputy", "holds": "mandate/3-ma", "congress": CONGRESS,
}  # fmt: skip


def encoded(value: object) -> str:
    """Give one part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def signed(key: bytes = KEY, algorithm: str = "HS256", **changes: object) -> str:
    """Give a token signed like ours, with claims changed (None: left out)."""
    claims = {name: each for name, each in {**CLAIMS, **changes}.items() if each is not None}
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


def unsigned(header: object, claims: Mapping[str, object] = CLAIMS, signature: str = "") -> str:
    """Give three parts that nobody signed."""
    return f"{encoded(header)}.{encoded(dict(claims))}.{signature}"


def tampered() -> str:
    """Give a sound token with other claims put in."""
    header, _, signature = signed().split(".")
    return f"{header}.{encoded({**CLAIMS, 'role': 'staff'})}.{signature}"


FORGERIES = {
    "nothing": "", "blank": " ", "word": "admin", "dots": "..", "two-parts": "a.b", "five": "a.b.c.d.e",
    "none": unsigned({"alg": "none"}), "None": unsigned({"alg": "None", "typ": "JWT"}),
    "none-signed": unsigned({"alg": "none"}, signature="eA"), "no-alg": unsigned({}),
    "alg-list": unsigned({"alg": ["HS256"]}), "alg-null": unsigned({"alg": None}),
    "header-list": unsigned([]), "header-text": unsigned("HS256"), "header-bytes": unsigned(b"\xff\xfe"),
    "header-deep": unsigned(b"[" * 20_000), "unsigned": unsigned({"alg": "HS256"}),
    "critical": unsigned({"alg": "HS256", "crit": ["x"], "x": 1}),
    "zip": unsigned({"alg": "HS256", "zip": "DEF"}),
    "other-key": signed(key=b"u" * 32), "hs512": signed(algorithm="HS512"),
    "hs384": signed(algorithm="HS384"), "tampered": tampered(), "cut": signed()[:-3],
    "long": signed() + "A", "fourth-part": signed() + ".x",
    "expired": signed(exp=NOW - 60), "expires-never": signed(exp=None), "expires-text": signed(exp="soon"),
    "expires-list": signed(exp=[NOW + 60]),
    "not-yet": signed(nbf=NOW + 3600), "no-issuer": signed(iss=None),
    "other-issuer": signed(iss="me"), "no-audience": signed(aud=None),
    "other-service": signed(aud="deputies"),
    "all-services": signed(aud=["suggestions", "deputies"]), "no-congress": signed(congress=None),
    "other-congress": signed(congress="630222"), "congress-number": signed(congress=630200),
    "nobody": signed(sub=None), "key-in-header": unsigned({"alg": "HS256", "jwk": {"kty": "oct", "k": "eA"}}),
    "kid": unsigned({"alg": "HS256", "kid": "../../dev/null"}), "not-ascii": "\xe4.\xe4.\xe4",
}  # fmt: skip


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES)
def test_no_forgery_passes(token: str) -> None:
    """Unsigned, re-signed, changed, expired, for others, or no token at all: 401, always the same."""
    with pytest.raises(Problem) as caught:
        Tokens(KEY).check(token, CONGRESS, "suggestions")
    assert caught.value.body() == WHO.body()


def test_another_kind_of_key() -> None:
    """A token under a public key that we never gave is none."""
    token = jwt.encode({"alg": "RS256"}, CLAIMS, RSAKey.generate_key(2048))
    with pytest.raises(Problem):
        Tokens(KEY).check(token, CONGRESS, "suggestions")


@pytest.mark.parametrize("caller", [MA, Caller("staff", "clerk"), Caller("citizen", "anonymous")])
def test_minted_and_checked(caller: Caller) -> None:
    """What the gateway minted names the reader: role, id, and what he acts for."""
    house = Tokens(KEY)
    for _ in range(2):  # the second time from memory
        reader = house.check(house.mint(caller, CONGRESS, "suggestions"), CONGRESS, "suggestions")
        assert reader == Reader(caller.role, caller.id, caller.holds, CONGRESS)
    assert caller.actor == f"{caller.role}/{caller.id}"


def test_a_checked_token_stays_what_it_was() -> None:
    """That a token was good for one service and congress makes it good for no other."""
    house = Tokens(KEY)
    token = house.mint(MA, CONGRESS, "suggestions")
    house.check(token, CONGRESS, "suggestions")
    for congress, audience in ((CONGRESS, "deputies"), ("630222", "suggestions")):
        with pytest.raises(Problem):
            house.check(token, congress, audience)


def test_callers_have_tokens_of_their_own() -> None:
    """A young token is given again to the same caller only."""
    house = Tokens(KEY)
    first = house.mint(MA, CONGRESS, "suggestions")
    assert house.mint(MA, CONGRESS, "suggestions") == first
    others = [
        (Caller("deputy", "ma"), CONGRESS, "suggestions"),
        (MA, "630222", "suggestions"),
        (MA, CONGRESS, "deputies"),
    ]
    assert first not in [house.mint(*each) for each in others]


def moved(seconds: float) -> Callable[[], float]:
    """Give a clock that is ahead."""
    return lambda: time_at_start + seconds


time_at_start = time.time()


def test_a_token_lives_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is taken for its lifetime, also from memory, and re-minted before its end."""
    house = Tokens(KEY)
    monkeypatch.setattr("time.time", moved(0))
    token = house.mint(MA, CONGRESS, "suggestions")
    house.check(token, CONGRESS, "suggestions")
    monkeypatch.setattr("time.time", moved(LIFETIME / 2 + 1))
    assert house.mint(MA, CONGRESS, "suggestions") != token
    monkeypatch.setattr("time.time", moved(LIFETIME + 10))
    with pytest.raises(Problem):
        house.check(token, CONGRESS, "suggestions")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many callers come, only so many tokens are remembered."""
    monkeypatch.setattr(module, "KEPT", 3)
    house = Tokens(KEY)
    minted = [house.mint(Caller("citizen", str(n)), CONGRESS, "suggestions") for n in range(9)]
    ids = [house.check(each, CONGRESS, "suggestions").id for each in (*minted, *minted)]
    assert ids == [str(n) for n in range(9)] * 2


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Front]:
    """The suggestions service, asked directly."""
    async with front(tmp_path) as opened:
        yield opened


UNKNOWN: dict[str, Any] = {
    "absent": None, "empty": "", "scheme-only": "Bearer", "no-token": "Bearer ", "basic": "Basic bWE6bWE=",
    "bare": signed(), "token": f"Token {signed()}", "two": f"Bearer {signed()} {signed()}",
    **{name: f"Bearer {each}" for name, each in FORGERIES.items() if each.isascii()},
}  # fmt: skip


@pytest.mark.parametrize("header", UNKNOWN.values(), ids=UNKNOWN)
async def test_unknown_callers(door: Front, header: str | None) -> None:
    """Without a sound token nothing is read or done: 401."""
    demand(await door.post(LIST, WORDS, authorization=header), 401, "unauthenticated")
    demand(await door.get(LIST, authorization=header), 401, "unauthenticated")
    demand(await door.get(f"{LIST}/tally?by=stage", authorization=header), 401, "unauthenticated")
    ledger = f"/{CONGRESS}/ledgers/suggestions"
    demand(await door.get(ledger, authorization=header), 401, "unauthenticated")


async def test_headers_that_claim_a_caller(door: Front) -> None:
    """Only the token says who asks: headers that claim another caller say nothing."""
    path = await door.drafted()
    claims = {
        "x_forwarded_user": "ma",
        "x_role": "deputy",
        "x_holds": "mandate/3-ma",
        "remote_user": "ma",
        "cookie": "role=deputy",
    }
    demand(await door.get(path, CLERK, **claims), 404, "not-found")
    demand(await door.get(path, LEAD, authorization=None, **claims), 401, "unauthenticated")


async def test_who_asks_comes_first(door: Front) -> None:
    """Whoever is unknown hears nothing of keys, bodies or queries."""
    answer = await door.post(LIST, b"{", authorization=None, idempotency_key=None)
    demand(answer, 401, "unauthenticated")
    demand(await door.get(f"{LIST}?x=1", authorization=None), 401, "unauthenticated")
