"""Every page, for everybody who may see it, in both languages: whole, readable, usable, in its frame."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext

from gateway.pages.families import FAMILIES
from gateway.pages.framing import Route
from gateway.policy import CITIZEN
from tests.journeys import looks
from tests.journeys.browser import DESKTOP, Door, Person, Standing
from tests.journeys.visiting import CITY, LOGINS

pytestmark = [pytest.mark.browser, pytest.mark.serial, pytest.mark.timeout(60)]
ROUTES = [route for family in FAMILIES for route in family]
OFFICE = "staff"
"""Who stands for those signed in on pages that everybody may see: only the frame is another."""
FILES = re.compile(r"\.[a-z]+$|/(proof|words|export)$")
ENTRY = {"{service}": "suggestions", "{sequence}": "41"}
OWN = {"suggestions", "opinions"}
"""Kinds of which everybody sees others: the first of his list is opened."""
INLINE = re.compile(r"""\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*["']""")
BESIDE = (
    ("citizen", "/api/docs?operation=assignSuggestion"),
    ("staff", "/{congress}/board?screen=wall"),
    ("staff", "/{congress}/suggestions?stage=submitted#"),
    ("staff", "/{congress}/suggestions?stage=replied#"),
    ("staff", "/{congress}/suggestions?stage=return_requested#"),
    ("unit", "/{congress}/suggestions?stage=in_handling#"),
    ("deputy", "/{congress}/suggestions?stage=replied#"),
    ("station", "/{congress}/opinions?stage=waiting#"),
)  # fmt: skip
"""Faces of a page that another case or choice gives it; `#` is the first of that list."""
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
painted: dict[str, float] = {}


def rows() -> Iterator[tuple[str, str]]:
    """Give every page with everybody who may see it."""
    for route in ROUTES:
        public = CITIZEN in route.roles
        for role in (CITIZEN, OFFICE) if public else sorted(route.roles):
            if role != OFFICE or not alike(route):
                yield role, route.path
    yield from BESIDE


def alike(route: Route) -> bool:
    """Tell whether a page knows nothing of who is signed in."""
    return bool(FILES.search(route.path)) or route.path == "/sign-in"


@pytest.fixture(scope="module")
async def people(chromium: Browser, standing: Standing) -> AsyncIterator[dict[str, Person]]:
    """Give a place for those who have come in already."""
    door = Door(chromium, standing)
    known = {CITIZEN: await door.citizen(DESKTOP)}
    known |= {role: await door.enter(login, DESKTOP) for role, login in LOGINS[CITY].items()}
    yield known
    await door.close()
    slowest = sorted(painted.items(), key=lambda each: -each[1])[:5]
    print("first paint, slowest:", ", ".join(f"{path} {spent:.0f} ms" for path, spent in slowest))


async def address(person: Person, path: str, things: dict[str, str]) -> str:
    """Give the address of a page, with a real thing that this person may see."""
    for part, real in {"{congress}": CITY, **ENTRY}.items():
        path = path.replace(part, real)
    kind = path.split("/{id}")[0].rpartition("/")[2]
    if "{id}" not in path:
        return await first(person, path[:-1]) if path.endswith("#") else path
    if kind not in OWN:
        return path.replace("{id}", things[kind])
    found = await first(person, f"/{CITY}/{kind}")
    return path.replace(f"/{CITY}/{kind}/{{id}}", found)


async def first(person: Person, listing: str) -> str:
    """Give the address of the first case of a list."""
    await person.open(listing)
    found = await person.page.locator("[data-item]").first.get_attribute("href")
    assert found, f"nothing in {listing}"
    return found


@LANGUAGES
@pytest.mark.parametrize(("role", "path"), [*rows()])
async def test_every_page(
    people: dict[str, Person], standing: Standing, role: str, path: str, language: str
) -> None:
    """Title, one h1, one main, its language; WCAG 2.2 AA; fits everywhere; focus seen; big enough."""
    person = people[role]
    person.faults.clear()
    await person.page.set_viewport_size({"width": 1280, "height": 900})
    await speaks(person.page.context, standing, language)
    where = await address(person, path, standing.things)
    if FILES.search(where):
        answer = await person.page.request.get(standing.base + where)
        assert answer.status == 200
        return
    text = await (await person.open(where)).text()
    painted[where] = await person.page.evaluate(looks.PAINTED)
    title, *counts, spoken = await person.page.evaluate(looks.HEADS)
    assert (counts, spoken) == ([1, 1], "zh-CN" if language == "zh" else "en")
    assert title
    assert not INLINE.search(text)
    assert [*await looks.faults(person.page), *person.faults] == []


async def speaks(context: BrowserContext, standing: Standing, language: str) -> None:
    """Choose a language as the switch does."""
    await context.add_cookies([{"name": "mandate-language", "value": language, "url": standing.base}])


@LANGUAGES
async def test_the_style_guide_is_photographed(door: Door, tmp_path: Path, language: str) -> None:
    """Every part in every state, on a picture to look at."""
    citizen = await door.citizen(DESKTOP)
    await speaks(citizen.page.context, door.house, language)
    await citizen.open("/styleguide")
    assert await looks.photographed(citizen.page, tmp_path / f"styleguide-{language}.png") > 100_000


async def test_the_checks_have_teeth(chromium: Browser) -> None:
    """A page without alternative text, contrast, focus, room for fingers and within its frame fails."""
    page = await chromium.new_page()
    await page.set_content(
        "<!doctype html><html lang='en'><title>bad</title><main><h1>Bad</h1><img src='data:,'>"
        "<p style='color:#ccc;background:#fff'>pale</p><a href='/' style='outline:none'>away</a>"
        "<button style='height:20px;width:300px'>small</button><div style='width:3000px'>wide</div></main>"
    )
    found = " ".join(await looks.axe(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert len(await looks.wide(page)) == len(looks.WIDTHS) + 1
    assert any("small" in each for each in await looks.small(page))
    assert any("away" in each for each in await looks.unseen(page))
    await page.close()
