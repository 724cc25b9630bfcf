"""Pages as of a day, in a real browser: the switch, the banner, and nothing to do."""

import datetime as dt
import re

import pytest

from tests.journeys.browser import DESKTOP, PHONE, Door, chromium, door, standing, t
from tests.journeys.visiting import CITY

__all__ = ["chromium", "door", "standing"]

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]
DAY = "2025-04-01"
PAGES = ("board", "suggestions", "roster", "courses", "stations", "figures", "opinions")
BANNER = f'section[aria-label="{t("past.title")}"]'


async def test_a_citizen_looks_back_without_script(door: Door) -> None:
    """On a phone, no script: choose a day, see its numbers and what they stand on, come back."""
    citizen = await door.citizen(PHONE, scripts=False)
    await citizen.open(f"/{CITY}/figures")
    today = await citizen.page.locator("main .cards").inner_text()
    await citizen.unfold(t("past.unfold"))
    await citizen.fill(as_of=DAY)
    await citizen.press(t("past.show"))
    assert citizen.page.url.endswith(f"/{CITY}/figures?as_of={DAY}")
    await citizen.reads(
        t("past.shown", moment="2025年4月1日 23:59"), f"suggestions/{CITY}/947", "截至 2025年4月1日"
    )
    assert await citizen.page.locator("main .cards").inner_text() != today
    assert await citizen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await citizen.follow(t("past.back"))
    assert citizen.page.url.endswith(f"/{CITY}/figures")
    assert await citizen.page.locator("main .cards").inner_text() == today


async def test_a_case_as_it_was_offers_nothing(door: Door) -> None:
    """From the board of a day to a case of that day: its stage, its days left, no form, no button to act."""
    clerk = await door.enter("staff", DESKTOP)
    await clerk.open(f"/{CITY}/board?as_of={DAY}")
    await clerk.page.locator("a[data-item]").first.click()
    await clerk.page.wait_for_url(re.compile(f"/suggestions/[a-z0-9]+[?]as_of={DAY}$"))
    shown = await clerk.page.locator("main").inner_text()
    story = re.findall(r"记录 suggestions/630200/(\d+)", shown)
    assert story
    assert max(map(int, story)) <= 947
    assert not await clerk.page.locator('main form[method="post"]').count()
    await clerk.follow(t("past.back"))
    now = await clerk.page.locator("main").inner_text()
    assert re.search(r"还有 \d+ 个工作日", shown)
    assert not re.search(r"还有 \d+ 个工作日", now)
    assert "逾期" in now


async def test_every_dated_page_and_its_filters_keep_the_day(door: Door) -> None:
    """Each says which day it shows, its links and filters keep it; pages of the present drop it."""
    clerk = await door.enter("staff", DESKTOP)
    for name in PAGES:
        await clerk.open(f"/{CITY}/{name}?as_of={DAY}")
        assert await clerk.page.locator(BANNER).count() == 1, name
        assert not await clerk.page.locator('main form[method="post"]').count(), name
        hrefs = await clerk.page.locator(f'main a[href^="/{CITY}/"]:not([data-now])').evaluate_all(
            "all => all.map(each => each.getAttribute('href'))"
        )
        assert all(f"as_of={DAY}" in each for each in hrefs), name
    await clerk.open(f"/{CITY}/suggestions?as_of={DAY}&stage=replied")
    await clerk.fill(category="交通")
    await clerk.page.wait_for_url(re.compile(f"as_of={DAY}"))
    await clerk.open(f"/{CITY}/desk?as_of={DAY}")
    assert clerk.page.url.endswith(f"/{CITY}/desk")
    await clerk.open(f"/{CITY}/board?as_of=")
    assert clerk.page.url.endswith(f"/{CITY}/board")


async def test_a_day_that_cannot_be_shown(door: Door) -> None:
    """A day before the record, one to come, and nonsense are a page with one sentence."""
    citizen = await door.citizen(DESKTOP)
    year = dt.date.today().year + 2  # noqa: DTZ011 - any day that is far away
    for as_of, status in ((f"{year}-01-01", 422), ("2019-01-01", 410), ("nonsense", 422)):
        answer = await citizen.page.goto(f"{citizen.base}/{CITY}/figures?as_of={as_of}")
        assert answer is not None
        assert answer.status == status
        assert await citizen.page.locator("main h1").count() == 1
    door.faults.clear()  # these noes are what was asked for
