"""Home: what waits for me? By role, the nearest date first."""

import asyncio
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.queues import STAGES, if_there, late, open_cases, sections
from gateway.pages.telling import text_of
from gateway.policy import AUDITOR, DEPUTY, LEADER, STAFF, STATION, WORKING

SERVICES = ("deputies", "suggestions", "liaison", "training")
ELSEWHERE = ("late", "underway")
"""Sections that are worth knowing, but wait for others."""
OPINIONS = {DEPUTY: "waiting", STATION: "waiting"}


async def home(page: Page) -> Response:
    """Show what waits for the reader in his role."""
    cases, opinions, learner, heads = await asyncio.gather(
        open_cases(page, STAGES.get(page.role, ())),
        _opinions(page),
        _learner(page),
        _heads(page),
    )
    found = sections(page, cases) if page.role in STAGES else []
    waits = [each for each in found if each.name not in ELSEWHERE or page.role == LEADER]
    waiting = {row["id"] for each in waits for row in each.rows}
    return page.render(
        "home/home.html",
        sections=found,
        count=len(waiting) + len(opinions),
        late=sum(late(case, page) for case in cases),
        opinions=opinions,
        learner=learner,
        heads=heads,
        desk={STAFF: "desk", "unit": "inbox"}.get(page.role),
    )


async def _opinions(page: Page) -> list[dict[str, Any]]:
    """Give the opinions that wait for the reader, the oldest first."""
    if page.role not in OPINIONS:
        return []
    found = await if_there(page, "listOpinions", stage=OPINIONS[page.role], order="updated")
    return [
        {
            "id": each["id"].partition("/")[2],
            "text": text_of(each.get("words")),
            "station": each.get("station_name", ""),
            "received": each.get("received"),
        }
        for each in (found or {"items": []})["items"]
    ]


async def _learner(page: Page) -> Any:  # noqa: ANN401 - the service's own document
    """Give the deputy's own learning."""
    if page.role != DEPUTY or not page.holding[1]:
        return None
    return await if_there(page, "getLearner", page.holding[1].partition("/")[2])


async def _heads(page: Page) -> list[dict[str, Any]]:
    """Give the auditor where each ledger stands."""
    if page.role != AUDITOR:
        return []
    found = await asyncio.gather(*(if_there(page, f"read{each.title()}Head") for each in SERVICES))
    return [{"name": name, **each} for name, each in zip(SERVICES, found, strict=True) if each]


ROUTES = (Route("/{congress}/home", home, WORKING),)
