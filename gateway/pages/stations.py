"""Stations: where one finds a deputy, what came of opinions there, and the form to speak."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.qr import picture
from gateway.pages.telling import Say, saying, text_of
from gateway.policy import EVERYBODY

SHOWN = "50"
OPEN = ("waiting", "transferred", "escalated")


async def listing(page: Page) -> Response:
    """Show the open stations."""
    cursor = page.request.query_params.get("cursor", "")
    found = await page.get("listStations", state="open", order="name", limit=SHOWN, cursor=cursor)
    return page.render(
        "stations/list.html",
        rows=[{**each, "href": _href(page, each["id"])} for each in found["items"]],
        next_href=f"?cursor={found['cursor']}" if found["cursor"] else None,
        cursor=cursor,
    )


def _href(page: Page, stream: str) -> str:
    return f"/{page.congress}/stations/{stream.partition('/')[2]}"


async def station(page: Page) -> Response:
    """Show a station: who works there, and what came of what was said there."""
    found = await page.get("stationPage", page.thing)
    say, shown = saying(page), found["station"]
    return page.render(
        "stations/station.html",
        station=shown, id=page.thing, deputies=deputies(shown, say), received=found["received"],
        came=came(found), open=shown["state"] == "open",
    )  # fmt: skip


def deputies(shown: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    """Give the mandates of who works at a station, with their names."""
    names = shown.get("names", {})
    told = [(each, text_of(names.get(each)) or say("suggestions.a_deputy")) for each in shown["deputies"]]
    return sorted(told, key=lambda each: each[1])


def came(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Count what came of opinions at a station: by name of what happened, what did not left out."""
    stages, outcomes = found["opinions"], found["outcomes"]
    counted = {
        "answered": stages.get("answered", 0),
        "closed": outcomes.get("closed", 0),
        "declined": outcomes.get("not_admitted", 0) + outcomes.get("draft_declined", 0),
        **{name: stages.get(name, 0) for name in reversed(OPEN)},
    }
    return [(name, count) for name, count in counted.items() if count]


async def form(page: Page) -> Response:
    """Show the form; its key is good for this station only."""
    found = await page.get("getStation", page.thing)
    page.station = page.thing
    return page.render(
        "stations/opinion.html",
        station=found, id=page.thing, deputies=deputies(found, saying(page)),
        open=found["state"] == "open", about_us=(await page.get("getCongress"))["name"],
    )  # fmt: skip


async def code(page: Page) -> Response:
    """Draw the code that hangs at the station's door."""
    return picture(page, "stations")


ROUTES = (
    Route("/{congress}/stations", listing, EVERYBODY, dated=True),
    Route("/{congress}/stations/{id}", station, EVERYBODY, dated=True),
    Route("/{congress}/stations/{id}/qr.svg", code, EVERYBODY),
    Route("/{congress}/stations/{id}/opinion", form, EVERYBODY),
)
