"""A draft that saves itself, in a real browser, and the form it stands in."""

import asyncio

import pytest
from playwright.async_api import Route

from tests.journeys.browser import DESKTOP, Door, t
from tests.journeys.visiting import CITY

pytestmark = [pytest.mark.browser, pytest.mark.serial]
SLOW, KEPT = 5.0, "草稿已自动保存"
"""Seconds an answer takes: longer than words wait to be kept."""


async def test_what_is_sent_is_not_saved_beside(door: Door) -> None:
    """Words are kept while they are written; a form on its slow way is not overtaken by its own draft."""
    deputy = await door.enter("deputy-ma", DESKTOP)
    await deputy.open(f"/{CITY}/suggestions/new")
    await deputy.fill(title="示例：关于公园长椅的建议", text="公园里没有长椅。")
    await deputy.press(t("suggestions.do_draft"))
    await deputy.unfold(t("suggestions.head_reviseDraft"))
    kept = list[str]()

    async def answered(route: Route) -> None:
        if "hx-request" in route.request.headers:
            kept.append(route.request.post_data or "")
        else:
            await asyncio.sleep(SLOW)
        await route.continue_()

    await deputy.page.route("**/do/reviseDraft/*", answered)
    await deputy.fill(text="公园里没有长椅，老人没有地方坐。")
    await deputy.page.get_by_text(KEPT).wait_for()
    assert len(kept) == 1
    await deputy.fill(text="公园里没有长椅，老人和孩子没有地方坐。")
    await deputy.press(t("suggestions.do_revise"))
    await deputy.reads("老人和孩子")
    assert len(kept) == 1
