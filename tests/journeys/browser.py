"""A real house and a real browser: people come in with clicks, and every page is watched."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    async_playwright,
)  # fmt: skip

from gateway import main
from gateway.rendering import Words
from tests.journeys.running import Process, free_port
from tests.journeys.visiting import CITY, DATA, opened

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
ICON = "/static/icon.svg"
MISSING = """
!! NO CHROMIUM: the browser tests did not run, and nobody looked at the pages.
!! As root: apt-get install chromium fonts-noto-cjk, then run the tests again."""
DESKTOP, PHONE = (1280, 900), (390, 844)
TRIES, PAUSE = 40, 250
WORDS = Words(Path(main.__file__).parent / "words")
t = partial(WORDS.say, "zh")
"""What the pages say, so that people look for what is written there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A house that runs, and one real thing of each kind in its city congress."""

    base: str
    things: dict[str, str]
    seconds: int = 10
    """How long a page may keep somebody waiting before he gives up."""


@dataclass
class Person:
    """Somebody at a browser. What went wrong on his pages is added to the door's faults."""

    page: Page
    base: str
    faults: list[str]
    answers: list[Response] = field(default_factory=list)

    def watch(self) -> None:
        """Listen to the console, to requests that fail, and to answers that are a no."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _fault(self, what: str) -> None:
        if (found := f"{urlsplit(self.page.url).path}: {what}") not in self.faults:
            self.faults.append(found)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._fault(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        let_go = request.failure == "net::ERR_ABORTED"
        replaced = request.resource_type == "fetch"  # a list that is asked for anew lets go of what it asked
        left = urlsplit(request.url).path == ICON  # a page that is left lets go of its icon, which comes last
        if not (let_go and (replaced or left)):
            self._fault(f"{request.failure}: {request.url}")

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            self.answers.clear()
        if not request.url.startswith((self.base, "data:")):
            self._fault(f"asks abroad: {request.url}")

    def _answered(self, response: Response) -> None:
        self.answers.append(response)
        if response.status >= 400:
            self._fault(f"{response.status}: {response.url}")

    async def open(self, path: str) -> Response:
        """Open a page of the house, typed in by hand."""
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer

    async def press(self, label: str, within: str = "main") -> None:
        """Press a button and wait for the page it leads to."""
        await self._go(self.page.locator(within).get_by_role("button", name=label, exact=True))

    async def follow(self, label: str, within: str = "body") -> None:
        """Follow a link; one to what others have just done may need a moment to appear."""
        link = self.page.locator(within).get_by_role("link", name=label, exact=True).first
        for _ in range(TRIES):
            if await link.count():
                break
            await self._again()
        await self._go(link)

    async def unfold(self, label: str) -> None:
        """Open what is folded away under a line."""
        await self.page.locator("summary").get_by_text(label, exact=True).click()

    async def fill(self, **fields: str) -> None:
        """Write into the fields of these names, or choose in them."""
        for name, value in fields.items():
            place = self.page.locator(f'[name="{name.replace("__", ".")}"]:visible').first
            match await place.evaluate("each => each.type"):
                case "select-one":
                    await place.select_option(label=value)
                case "radio":
                    await self.page.check(f'[name="{name}"][value="{value}"]:visible')
                case _:
                    await place.fill(value)

    async def reads(self, *texts: str) -> None:
        """Read these words on the page; what others did may need a moment."""
        shown = ""
        for _ in range(TRIES):
            shown = await self.page.locator("main").inner_text()
            if all(text in shown for text in texts):
                return
            await self._again()
        pytest.fail(f"{self.page.url} does not say {texts}, but:\n{shown}")

    async def weight(self) -> int:
        """Give the bytes of all bodies that made the page, as with an empty cache."""
        return sum([len(await each.body()) for each in self.answers if not 300 <= each.status < 400])

    async def _again(self) -> None:
        await self.page.wait_for_timeout(PAUSE)
        answer = await self.page.reload()
        assert answer is None or answer.status == 200, f"{self.page.url}: {answer.status}"

    async def _go(self, place: Locator) -> None:
        async with self.page.expect_navigation():
            await place.click()


@dataclass(slots=True)
class Door:
    """Lets people in, each with a browser window of his own."""

    browser: Browser
    house: Standing
    faults: list[str] = field(default_factory=list)
    windows: list[BrowserContext] = field(default_factory=list)

    async def citizen(self, size: tuple[int, int], *, scripts: bool = True) -> Person:
        """Let in somebody without an account, who has never been here."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", java_script_enabled=scripts,
            is_mobile=size == PHONE, has_touch=size == PHONE,
        )  # fmt: skip
        self.windows.append(context)
        context.set_default_timeout(self.house.seconds * 1000)
        person = Person(await context.new_page(), self.house.base, self.faults)
        devtools = await context.new_cdp_session(person.page)
        await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        person.watch()
        return person

    async def enter(self, login: str, size: tuple[int, int]) -> Person:
        """Let in somebody who signs in."""
        person = await self.citizen(size)
        await person.open("/sign-in")
        await person.fill(login=login, password=DATA["password"])
        await person.press(t("sign_in.submit"))
        assert person.page.url == f"{self.house.base}/{CITY}/home"
        return person

    async def close(self) -> None:
        """Let everybody out."""
        for each in self.windows:
            await each.close()


def chromium_of(request: pytest.FixtureRequest) -> str:
    """Find Debian's Chromium; without it the tests are skipped, loudly, but never in CI."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    if found is None:
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            sys.stderr.write(f"{MISSING}\n")
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
async def chromium(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Give a browser."""
    path = chromium_of(request)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def standing(
    chromium: Browser,  # noqa: ARG001 - without it there is nothing to start for
    haidong_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Standing]:
    """Give a house in a process of its own, as a person starts it, on a copy of the example."""
    copy = await asyncio.to_thread(
        shutil.copytree, haidong_folder, tmp_path_factory.mktemp("browser") / "data"
    )
    async with AsyncExitStack() as stack:
        things = (await opened(copy, stack)).things[CITY]
    process = Process(copy, free_port())
    await process.start()
    yield Standing(process.base, things)
    assert await process.end(signal.SIGINT) == 0


@pytest.fixture
async def door(chromium: Browser, standing: Standing) -> AsyncIterator[Door]:
    """Give the door of the house; in the end, nothing went wrong on any page."""
    opened_door = Door(chromium, standing)
    yield opened_door
    await opened_door.close()
    assert not opened_door.faults, "\n".join(opened_door.faults)
