"""Suggestions: the list, a new draft, and the page of one case."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.pages.board_said import order as order_of
from gateway.pages.case_told import case_told
from gateway.pages.framing import Page, Route
from gateway.pages.next_step import next_step
from gateway.pages.queues import if_there, row, turn_of
from gateway.pages.telling import CATEGORIES, cohort_of, saying, text_of
from gateway.policy import DEPUTY, LEADER, STATION, WORKING

FILTERS = ("stage", "category", "session")
ORDERS = ("-updated", "due", "number")
SHOWN = "30"
MOST_ROSTER = 10
READERS = WORKING - {STATION}


async def listing(page: Page) -> Response:
    """Show the suggestions that the reader may see; the address holds the filters."""
    asked = {name: page.request.query_params.get(name, "") for name in (*FILTERS, "turn", "order", "cursor")}
    chosen = {name: asked[name] for name in FILTERS if asked[name]}
    turn = {"waits": turn_of(page)} if asked["turn"] == "mine" else {}
    without = {name: value for name, value in chosen.items() if name != "stage"}
    order = asked["order"] if asked["order"] in ORDERS else ORDERS[0]
    found, stages, sessions = await asyncio.gather(
        page.get("listSuggestions", **chosen, **turn, order=order, cursor=asked["cursor"], limit=SHOWN),
        page.get("listSuggestionsTally", by="stage", **without, **turn),
        _sessions(page),
    )
    say, counts = saying(page), {each["value"]: each["count"] for each in stages["rows"]}
    in_address = {**chosen, **({"turn": "mine"} if turn else {})}
    return page.render(
        "suggestions/list.html",
        rows=[row(each, next_step(each, *page.holding), say) for each in found["items"]],
        asked={**asked, "order": order},
        applied=len(in_address),
        count=counts.get(asked["stage"], 0) if asked["stage"] else sum(counts.values()),
        counts=counts,
        sessions=sessions,
        categories=CATEGORIES,
        turns=turn_of(page) is not None and page.role != LEADER,
        next_href=_next(in_address, order, found["cursor"]),
    )


async def _sessions(page: Page) -> list[tuple[str, str]]:
    """Give the sessions to choose from, the newest first; the board has the same suggestions."""
    tally = await page.get("listBoardTally", by="session")
    found = sorted((each["value"] for each in tally["rows"] if each["value"]), key=order_of, reverse=True)
    return [(each, cohort_of(each, saying(page))) for each in found]


def _next(chosen: Mapping[str, str], order: str, cursor: str | None) -> str | None:
    return f"?{urlencode({**chosen, 'order': order, 'cursor': cursor})}" if cursor else None


async def new(page: Page) -> Response:
    """Show the form of a draft."""
    return page.render("suggestions/new.html")


async def case(page: Page) -> Response:
    """Show where a suggestion stands, who must do what by when, and its story."""
    document = await page.get("getSuggestion", page.thing)
    told = case_told(page, document)
    offered = {*told["step"].forms, *told["step"].also}
    units, deputies = await asyncio.gather(
        _units(page) if offered & {"assignSuggestion", "approveReturn"} else _none(),
        _deputies(page, document) if "inviteCosigner" in offered else _none(),
    )
    return page.render("suggestions/case.html", **told, units=units, deputies=deputies, categories=CATEGORIES)


async def _none() -> list[tuple[str, str]]:
    return []


async def _units(page: Page) -> list[tuple[str, str]]:
    """Give the handling units to choose from."""
    congress = await if_there(page, "getCongress")
    return [(each["unit"], each["name"]) for each in (congress or {}).get("units", ())]


async def _deputies(page: Page, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the deputies one may still ask to sign, by delegation."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = ""
    for _ in range(MOST_ROSTER):
        answer = await if_there(page, "listMandates", state="active", limit="100", cursor=cursor or "")
        found += (answer or {"items": []})["items"]
        cursor = answer and answer["cursor"]
        if not cursor:
            break
    asked = set(document.get("people", ()))
    named = [
        (each["mandate"], text_of(each.get("name")) or "", each.get("delegation_name", ""))
        for each in found
        if each["mandate"] not in asked
    ]
    named.sort(key=lambda each: (each[2], each[1]))
    return [(mandate, f"{name}（{group}）" if group else name) for mandate, name, group in named]


ROUTES = (
    Route("/{congress}/suggestions", listing, READERS, dated=True),
    Route("/{congress}/suggestions/new", new, frozenset({DEPUTY})),
    Route("/{congress}/suggestions/{id}", case, READERS, dated=True),
)
