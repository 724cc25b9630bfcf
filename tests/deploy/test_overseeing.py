"""The operator's page: who may see it, and what it makes of the beats of all processes."""

import base64
import datetime as dt
import html
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.backing import Backing
from deploy.folder import NotBacked
from deploy.fronting import caller_tokens, front
from deploy.heartbeats import Beat
from deploy.overseeing import overseeing, state
from gateway.accounts.sqlite import SqliteAccounts
from gateway.clients.inprocess import InProcess
from gateway.limits import Limits, Rate
from gateway.main import create_gateway

PASSWORD = "示例 pass:word"
STARTED = dt.datetime(2025, 5, 20, 1, 30, tzinfo=dt.UTC)
WELL: Mapping[str, Any] = {"ready": True, "failed": [], "blocked": []}
BLOCKED = "cases suggestions/630200/41"
PROJECTED = {**WELL, "blocked": [BLOCKED], "lag": {"cases": 7, "board": 0}}
LAST = {**WELL, "blocked": ["roster deputies/630200/1"], "lag": {"roster": 5}, "backlog": {"liaison": 9999}}
BEATS = (
    Beat("gateway", "host-a/1/aa", STARTED, 1, WELL),
    Beat("project all", "host-a/2/bb", STARTED, 2, PROJECTED),
    Beat("project all", "host-b/2/bc", STARTED, 3, {**PROJECTED, "lag": {"cases": 9}}),
    Beat("react all", "host-b/3/cc", STARTED, 4, {**WELL, "ready": False, "failed": ["training:<need>"]}),
    Beat("relay all", "host-c/4/dd", STARTED, 5, {**WELL, "backlog": {"liaison": 1234, "training": 0}}),
    Beat("relay all", "host-d/5/ee", STARTED, 95, LAST),
)  # fmt: skip


class Told:
    """Beats made by hand."""

    def __init__(self, beats: Sequence[Beat] = BEATS) -> None:
        self.beats = beats

    async def all(self) -> Sequence[Beat]:
        return self.beats


async def ready() -> Mapping[str, Any]:
    """Say that all is well."""
    return WELL


async def head(_congress: str) -> Mapping[str, Any]:
    """Say what the head of a page says."""
    return {"congress_name": "履职 Mandate", "example_time": None, "congresses": [], "today": "2025-05-20"}


@asynccontextmanager
async def door(
    folder: Path, beats: Sequence[Beat] = BEATS, password: str | None = PASSWORD, tries: int = 20
) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a gateway without services whose operator has this password."""
    master = bytes(32)
    accounts = SqliteAccounts(folder / "accounts.db")
    limits = Limits(sign_in=Rate(tries))
    standing = front(InProcess({}), accounts, caller_tokens(master), master, limits)
    app = create_gateway(standing, head, ready, overseeing(standing, Told(beats), password))
    transport = httpx2.ASGITransport(app)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
            yield client
    finally:
        await accounts.close()


def basic(password: str = PASSWORD, user: str = "operator") -> dict[str, str]:
    """Give the header of a browser that was told this."""
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("password", [None, ""])
@pytest.mark.parametrize("path", ["/operator", "/operator/state.json"])
async def test_no_page_without_a_password(tmp_path: Path, password: str | None, path: str) -> None:
    """Where no password is set there is nothing to guess."""
    async with door(tmp_path, password=password) as client:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("path", ["/operator", "/operator/state.json"])
async def test_a_stranger_is_asked_for_the_password(tmp_path: Path, path: str) -> None:
    """401, and the browser asks; nothing of the house is told, and asking costs no try."""
    async with door(tmp_path, tries=1) as client:
        for _ in range(3):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Basic realm="')
            assert "host-a" not in answer.text
        assert (await client.get(path, headers=basic())).status_code == 200


WRONG = {
    "password": basic("other"), "empty": basic(""), "user": basic(user="root"),
    "longer": basic(PASSWORD + " "), "bearer": {"authorization": "Bearer pass:word"},
    "scheme": {"authorization": basic()["authorization"].removeprefix("Basic ")},
    "no-base64": {"authorization": "Basic %%%"}, "no-text": {"authorization": "Basic /w=="},
}  # fmt: skip


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
async def test_a_wrong_password_opens_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    """Each fault has the same answer."""
    async with door(tmp_path) as client:
        answer = await client.get("/operator", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert "www-authenticate" in answer.headers


async def test_wrong_tries_are_limited(tmp_path: Path) -> None:
    """After too many wrong tries the right password must wait too, else guessing would go on."""
    async with door(tmp_path, tries=3) as client:
        for _ in range(10):
            assert (await client.get("/operator", headers=basic())).status_code == 200
        said = [(await client.get("/operator", headers=basic("no"))).status_code for _ in range(4)]
        assert said == [401, 401, 401, 429]
        answer = await client.get("/operator/state.json", headers=basic())
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")


async def test_what_stands_how(tmp_path: Path) -> None:
    """Health of each process, lag, backlog, blocked ledgers; the numbers of the gone are not believed."""
    async with door(tmp_path) as client:
        answer = await client.get("/operator/state.json", headers=basic())
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (told["well"], told["away"]) == (False, ["react all"])
    assert told["blocked"] == [{"view": "cases", "entry": "suggestions/630200/41"}]
    assert told["lag"] == {"board": 0, "cases": 9}
    assert told["backlog"] == {"liaison": 1234, "training": 0}
    assert [each["well"] for each in told["processes"]] == [True, True, True, False, True, False]
    assert [each["gone"] for each in told["processes"]] == [False] * 5 + [True]
    assert told["processes"][5] == {
        "part": "relay all", "owner": "host-d/5/ee", "started": "2025-05-20T01:30:00+00:00",
        "silent_seconds": 95, "gone": True, "well": False, "failed": [],
    }  # fmt: skip


def test_when_all_is_well() -> None:
    """Well is a house in which some process of every part is, and no ledger stands still."""
    assert state(BEATS[:1])["well"]
    assert state((BEATS[0], *BEATS[4:]))["well"]
    assert not state(())["well"]
    assert not state(BEATS[:2])["well"]
    assert not state((BEATS[0], BEATS[5]))["well"]


SAID = {
    "zh": ("有 2 项要处理", "react all：没有正常的进程", "失联", "未就绪", "95 秒", "2025年5月20日 09:30"),
    "en": (
        "2 matters need attention", "react all: no process is well", "gone", "not ready", "95 seconds",
        "20 May 2025, 09:30",
    ),
}  # fmt: skip


@pytest.mark.parametrize("spoken", SAID)
async def test_the_page_says_it_in_both_languages(tmp_path: Path, spoken: str) -> None:
    """Without script it refreshes itself for whoever asks, and every table says what it is of."""
    async with door(tmp_path) as client:
        if spoken != "zh":  # which nobody has to choose
            client.cookies.set("mandate-language", spoken)
        page = html.unescape((await client.get("/operator", headers=basic())).text)
        asked = (await client.get("/operator?refresh=on", headers=basic())).text
    assert '<meta http-equiv="refresh"' not in page
    assert '<meta http-equiv="refresh" content="15">' in asked
    assert "<script" not in page
    assert page.count("<table") == page.count("<caption>") == 4
    for said in (*SAID[spoken], "host-d/5/ee", "suggestions/630200/41", "1,234", "training:<need>"):
        assert said in page


async def test_the_page_when_nothing_is_wrong(tmp_path: Path) -> None:
    """What there is none of is said, not left out; the language is switched as on every page."""
    async with door(tmp_path, BEATS[:1]) as client:
        page = (await client.get("/operator", headers=basic())).text
        switched = await client.get("/operator?lang=en", headers=basic())
    assert "各部分正常" in page
    assert page.count("没有</p>") == 3
    assert (switched.status_code, switched.headers["location"]) == (303, "http://door/operator")


async def test_nothing_else_stands_there(tmp_path: Path) -> None:
    """An address below the page is absent like any other."""
    async with door(tmp_path) as client:
        for path in ("/operator/other", "/operators", "/operator/state"):
            assert (await client.get(path)).status_code == 404


def test_the_password_is_a_setting_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may give it, as with every secret; one that is not there stops the start."""
    for name, value in {
        "MONGO_URL": "mongodb://127.0.0.1", "KAFKA_BOOTSTRAP": "127.0.0.1:1", "MANDATE_SERVICES": "{}",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert Backing().known_to_operators() is None
    file = tmp_path / "password"
    monkeypatch.setenv("MANDATE_OPERATOR_PASSWORD_FILE", str(file))
    with pytest.raises(NotBacked):
        Backing().known_to_operators()
    file.write_text(f"{PASSWORD}\n", "utf-8")
    assert Backing().known_to_operators() == PASSWORD
    monkeypatch.setenv("MANDATE_OPERATOR_PASSWORD", "other")
    assert Backing().known_to_operators() == "other"
    assert PASSWORD not in repr(Backing())
