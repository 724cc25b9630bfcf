"""The one door for forms, with what once broke it, and with an answer that never came."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
import pytest

from events.journal.port import JournalFull
from tests.journeys.visiting import CITY, Visit

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
WORDS = {"words": "示例：菜市场门口的路灯不亮。", "anonymous": "yes"}


@dataclass(slots=True)
class Browser:
    """A citizen's browser without scripts, before the form of a station."""

    client: httpx2.AsyncClient
    address: str
    hidden: dict[str, str] = field(default_factory=dict)

    async def open(self) -> None:
        """Open the page of the form."""
        self.read((await self.client.get(self.address)).text)

    def read(self, page: str) -> None:
        """Take over what the page's form sends beside the words."""
        self.hidden = dict(HIDDEN.findall(page))

    async def send(self, **fields: str) -> httpx2.Response:
        """Send the form as it stands, and show what comes back."""
        answer = await self.client.post(f"/{CITY}/do/giveOpinion", data={**self.hidden, **WORDS, **fields})
        if answer.status_code != 303:
            self.read(answer.text)
        return answer


@pytest.fixture
async def browser(visit: Visit) -> AsyncIterator[Browser]:
    """Give a citizen before the form of a station that is open."""
    transport = httpx2.ASGITransport(visit.house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
        opened = Browser(client, f"/{CITY}/stations/{visit.things[CITY]['stations']}/opinion")
        await opened.open()
        yield opened


async def test_an_answer_that_never_came(
    browser: Browser, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a 503 nobody knows what was done: the form carries its key again, and it is done once."""
    before = await visit.heads()
    append, key = visit.house.journal.append, browser.hidden["key"]

    async def lost(*request: object) -> None:
        await append(*request)  # type: ignore[arg-type]
        raise JournalFull

    with monkeypatch.context() as patched:
        patched.setattr(visit.house.journal, "append", lost)
        answer = await browser.send()
    assert (answer.status_code, browser.hidden["key"]) == (503, key)
    assert WORDS["words"] in answer.text
    assert (await browser.send()).status_code == 303
    ledger = f"liaison/{CITY}"
    assert (await visit.heads())[ledger] == before[ledger] + 1


async def test_a_no_gives_out_a_fresh_key(browser: Browser) -> None:
    """What was refused was not done: the next try is another request."""
    key = browser.hidden["key"]
    answer = await browser.send(words="")
    assert answer.status_code == 422
    assert browser.hidden["key"] != key


@pytest.mark.parametrize("name", ["a.b.c.d.e.f", ".".join("x" * 2_000), "words.more", "......."])
async def test_a_name_of_too_many_parts(browser: Browser, name: str) -> None:
    """A field that no form of ours has, however deep, is a no of 4xx and never ours to explain."""
    answer = await browser.send(**{name: "x"})
    assert answer.status_code == 400, answer.text[:300]


async def test_a_switch_beside_anything(browser: Browser) -> None:
    """The language is kept in a cookie, and the page comes back with the rest of its address."""
    answer = await browser.client.get("/?lang=en&self=1&url=2&query=3")
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).query == "self=1&url=2&query=3"
    assert answer.headers["set-cookie"].startswith("mandate-language=en")
