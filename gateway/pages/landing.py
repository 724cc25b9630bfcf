"""The first pages: which congresses stand in this house, and what one of them is."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from gateway.pages.framing import Page, Route
from gateway.pages.telling import HAN, Say, cohort_of, numeral, saying
from gateway.policy import EVERYBODY

MOST_STATIONS = "8"


async def house(page: Page) -> Response:
    """Show the congresses of the house; a receipt code asked for here is passed on to its own."""
    congress, code = (page.request.query_params.get(name, "") for name in ("congress", "code"))
    codes = page.house["congresses"]
    if code and congress in codes:
        return RedirectResponse(f"/{congress}/receipts?code={quote(code)}", 303)
    found = await asyncio.gather(*(page.front.get(page.visitor, each, "getCongress") for each in codes))
    say = saying(page)
    told = [{"code": each, **about(one, say)} for each, one in zip(codes, found, strict=True)]
    return page.render("landing/house.html", congresses=told, code=code, plain=True)


async def congress(page: Page) -> Response:
    """Show what everybody may know of a congress."""
    found, stations, figures = await asyncio.gather(
        page.get("getCongress"),
        page.get("listStations", state="open", order="name", limit=MOST_STATIONS),
        page.get("getFigures"),
    )
    say = saying(page)
    sessions = [
        {**each, "name": cohort_of(f"{each['term']}-{each['session']}", say)}
        for each in reversed(found["sessions"])
    ]
    return page.render(
        "landing/congress.html",
        about=about(found, say),
        sessions=sessions,
        counts={name: len(found[name]) for name in ("delegations", "units")},
        stations=[{**each, "id": each["id"].partition("/")[2]} for each in stations["items"]],
        more=stations["cursor"] is not None,
        figures=in_one_line(figures, say),
    )


def about(found: Mapping[str, Any], say: Say) -> dict[str, str]:
    """Give a congress's name, level and term in the reader's language."""
    chinese = say("suggestions.numerals") == HAN
    name = found["name"] if chinese else found.get("name_en") or found["name"]
    term = numeral(found["term"]) if chinese else found["term"]
    return {"name": name, "about": say("landing.about", level=say(f"levels.{found['level']}"), term=term)}


def in_one_line(figures: Mapping[str, Any], say: Say) -> str | None:
    """Say the figures of the last session in one sentence; None before there is one."""
    if not figures["session"]:
        return None
    by_key = {each["key"]: each for each in figures["figures"]}
    parts = {
        name: f"{by_key[key]['numerator']}/{by_key[key]['denominator']}"
        for name, key in (("assigned", "assigned"), ("replied", "replied"), ("accepted", "accepted"))
    }
    return say("landing.figures", cohort=cohort_of(figures["session"], say), count=figures["items"], **parts)


ROUTES = (
    Route("/", house, EVERYBODY),
    Route("/{congress}", congress, EVERYBODY, dated=True),
)
