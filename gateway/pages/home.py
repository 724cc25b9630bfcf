"""Home: what waits for me? By role, the nearest date first."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.opinion_told import words_of
from gateway.pages.queues import FAR, RETURNING, UNRATED, if_there, overdue, queue
from gateway.pages.telling import saying
from gateway.policy import AUDITOR, DEPUTY, LEADER, STAFF, STATION, UNIT, WORKING

SERVICES = ("deputies", "suggestions", "liaison", "training")
OPINIONS = {DEPUTY: "waiting", STATION: "waiting"}
DESKS = {STAFF: "desk", UNIT: "inbox"}
BESIDE: Mapping[str, Sequence[str]] = {
    STAFF: ("figures", "stations", "erasures", "record"),
    DEPUTY: ("suggestions", "stations", "roster"),
    LEADER: ("courses", "stations", "erasures"),
    AUDITOR: ("courses", "stations", "erasures"),
    STATION: ("roster",),
}
"""Pages that the navigation of a role has no room for, or that hold what home leaves out."""


async def home(page: Page) -> Response:
    """Show what waits for the reader in his role; each service is asked once."""
    waits, late, opinions, learner, heads = await asyncio.gather(
        queue(page), overdue(page), _opinions(page), _learner(page), _heads(page)
    )
    own = [each for each in waits.sections if each.name != UNRATED]
    sections = [*late, *own]
    counted = sections if page.role == LEADER else [each for each in own if each.name != RETURNING]
    today = page.house["today"]
    mandate = page.holding[1] if page.role == DEPUTY else None
    return page.render(
        "home/home.html",
        sections=sections,
        unrated=sum(len(each.rows) for each in waits.sections if each.name == UNRATED),
        more=waits.more,
        count=len({row["id"] for each in counted for row in each.rows}) + len(opinions),
        late=len({row["id"] for each in sections for row in each.rows if (row["due"] or FAR) < today}),
        opinions=opinions,
        learner=learner,
        heads=heads,
        desk=DESKS.get(page.role),
        beside=BESIDE.get(page.role, ()),
        dossier=mandate and mandate.partition("/")[2],
    )


async def _opinions(page: Page) -> list[dict[str, Any]]:
    """Give the opinions that wait for the reader, the oldest first."""
    if page.role not in OPINIONS:
        return []
    say = saying(page)
    found = await if_there(page, "listOpinions", stage=OPINIONS[page.role], order="updated")
    return [
        {
            "id": each["id"].partition("/")[2],
            "text": words_of(each, say),
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
