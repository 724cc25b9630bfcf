"""The board: what is late, and whose it is."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.pages.board_said import bars, counts_of, headline, newest, order, unit_title
from gateway.pages.framing import Page, Route
from gateway.pages.telling import CATEGORIES, Say, category_of, cohort_of, number_of, saying, title_of
from gateway.policy import AUDITOR, DEPUTY, LEADER, STAFF, UNIT

READERS = frozenset({STAFF, LEADER, AUDITOR, UNIT, DEPUTY})
FILTERS = ("session", "stage", "units", "colour", "category")
SHOWN, WALL_SHOWN = "30", "7"


async def board(page: Page) -> Response:
    """Show what is late and what is due, in words, in a chart and in a list."""
    cohorts = await page.get("listBoardTally", by="session")
    sessions = sorted((each["value"] for each in cohorts["rows"]), key=order, reverse=True)
    asked = {name: page.request.query_params.get(name, "") for name in (*FILTERS, "cursor")}
    where = {name: asked[name] for name in FILTERS if asked[name]}
    wall, last = page.request.query_params.get("screen") == "wall", newest(sessions)
    limit = WALL_SHOWN if wall else SHOWN
    told, found, stages, held = await asyncio.gather(
        _told(page, asked["session"]),
        page.get("listBoard", **where, order="due", limit=limit, cursor=asked["cursor"]),
        page.get("listBoardTally", by="stage", **where),
        page.get("boardSummary", session=last),
    )
    say, following = saying(page), urlencode({**where, "cursor": found["cursor"]})
    counted = {name: held[name] for name in ("items", "units")}
    return page.render(
        "board/wall.html" if wall else "board/board.html", **told,
        rows=[row(each, say) for each in found["items"]], asked=asked, applied=len(where),
        of_these={"cohort": cohort_of(last, say), **counted} if last and not asked["session"] else None,
        sessions=[(each, cohort_of(each, say)) for each in sessions], categories=CATEGORIES,
        found=sum(each["count"] for each in stages["rows"]),
        next_href=f"?{following}" if found["cursor"] else None,
    )  # fmt: skip


async def _told(page: Page, session: str) -> dict[str, Any]:
    """Give what the summary says: the headline, the chart, the filters."""
    summary, tally = await asyncio.gather(
        page.get("boardSummary", session=session),
        page.get("listBoardTally", by="category", colour="red", session=session),
    )
    say, late = saying(page), {each["value"]: each["count"] for each in tally["rows"]}
    return {
        "summary": summary,
        "counts": counts_of(summary),
        "headline": headline(summary, late, say),
        "unit_title": unit_title(summary["by_unit"], say),
        "bars": bars(summary["by_unit"]),
        "owing": sum(bool(each["open"]) for each in summary["by_unit"]),
        "units": sorted((each["unit"], each["name"]) for each in summary["by_unit"]),
        "stages": [name for name, count in summary["stages"].items() if count],
    }


def row(each: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Give what the list says of one item."""
    handlers = each.get("handlers", {})
    owing = [handlers[unit]["name"] for unit in each.get("open_units", ()) if unit in handlers]
    return {
        "id": each["id"].partition("/")[2],
        "title": title_of(each, say),
        "about": " · ".join(filter(None, (number_of(each, say), category_of(each, say)))),
        "stage": each["stage"],
        "units": say("suggestions.and").join(owing) or "—",
        "due": each.get("due"),
        "left": each.get("days_left"),
    }


ROUTES = (Route("/{congress}/board", board, READERS, dated=True),)
