"""Opinions, for those who deal with them: the list, and the page of one."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.opinion_told import (
    entries,
    gaps,
    name_of,
    offers,
    outcome_of,
    over,
    who_next,
    words_of,
)
from gateway.pages.telling import Say, saying, text_of
from gateway.policy import DEPUTY, STAFF, STATION, UNIT

READERS = frozenset({STAFF, STATION, DEPUTY, UNIT})
FILTERS = ("stage", "station")
SHOWN = "30"


async def listing(page: Page) -> Response:
    """Show the opinions that the reader deals with; the address holds the filters."""
    asked = {name: page.request.query_params.get(name, "") for name in (*FILTERS, "cursor")}
    chosen = {name: asked[name] for name in FILTERS if asked[name]}
    found, counts, stations = await asyncio.gather(
        page.get("listOpinions", **chosen, order="-received", limit=SHOWN, cursor=asked["cursor"]),
        page.get("listOpinionsTally", by="stage", station=asked["station"]),
        _stations(page),
    )
    say = saying(page)
    stages = {each["value"]: each["count"] for each in counts["rows"]}
    following = urlencode({**chosen, "cursor": found["cursor"]})
    return page.render(
        "opinions/list.html",
        rows=[row(each, say) for each in found["items"]],
        asked=asked, applied=len(chosen), stages=stages, stations=stations,
        count=stages.get(asked["stage"], 0) if asked["stage"] else sum(stages.values()),
        next_href=f"?{following}" if found["cursor"] else None,
        at_stations=await _at_stations(page, say) if page.role == DEPUTY and not chosen else [],
    )  # fmt: skip


async def _stations(page: Page) -> list[tuple[str, str]]:
    """Give the stations to choose from, to those who see opinions of more than one."""
    if page.role not in {STAFF, STATION} or page.holding[1]:
        return []
    found = await page.get("listStations", order="name", limit="100")
    return [(each["id"].partition("/")[2], each["name"]) for each in found["items"]]


async def _at_stations(page: Page, say: Say) -> list[dict[str, Any]]:
    """Give what waits at the deputy's own stations, to take up; without the way to the citizens."""
    stations = await page.get("listStations", deputies=page.holding[1], limit="100")
    found = await asyncio.gather(
        *(page.get("listStationOpinions", each["id"].partition("/")[2]) for each in stations["items"])
    )
    return [
        row(each, say)
        for answer in found
        for each in answer["items"]
        if each["stage"] in {"waiting", "transferred"} and page.holding[1] not in each["people"]
    ]


def row(each: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Give what a list says of one opinion."""
    return {
        **each,
        "id": each["id"].partition("/")[2],
        "said": words_of(each, say),
        "who": "—" if over(each) else who_next(each, say),
    }


async def case(page: Page) -> Response:
    """Show one opinion: words, where it stands, who must do what, and its story."""
    document = await page.get("getOpinion", page.thing)
    station, units = await asyncio.gather(page.get("getStation", document["station"]), _units(page))
    say, facts = saying(page), outcome_of(document)
    role, holds = page.holding
    return page.render(
        "opinions/case.html",
        document=document, id=page.thing, units=units, over=over(document),
        words=words_of(document, say), contact=text_of(document.get("contact")),
        place=text_of(document.get("place")), note=text_of(document.get("note")),
        reason=text_of(document.get("erasure_reason")),
        answer=text_of(document.get("answer")), told=text_of(document.get("told")),
        addressed=name_of(document, document["addressed_to"], say) if "addressed_to" in document else None,
        who=who_next(document, say), gaps=gaps(document, say), facts=facts,
        entries=entries(document, say, "opinions"),
        offered=() if page.as_of else offers(document, role, holds, attached=holds in station["deputies"]),
    )  # fmt: skip


async def _units(page: Page) -> list[tuple[str, str]]:
    if page.role not in {STAFF, STATION}:
        return []
    found = await page.get("getCongress")
    return [(each["unit"], each["name"]) for each in found["units"]]


ROUTES = (
    Route("/{congress}/opinions", listing, READERS, dated=True),
    Route("/{congress}/opinions/{id}", case, READERS, dated=True),
)
