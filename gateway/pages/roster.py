"""The roster: who our deputies are, and where each mandate stands."""

import asyncio
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.telling import saying, text_of
from gateway.policy import EVERYBODY, LEARNING

FILTERS = ("state", "delegation")
STATES = ("elected", "under_review", "invalid", "confirmed", "active", "suspended", "terminated")
SHOWN = "100"


async def roster(page: Page) -> Response:
    """Show the mandates the reader may see, by delegation."""
    asked = {name: page.request.query_params.get(name, "") for name in (*FILTERS, "cursor")}
    chosen = {name: asked[name] for name in FILTERS if asked[name]}
    found, states, congress = await asyncio.gather(
        page.get("listMandates", **chosen, order="delegation", limit=SHOWN, cursor=asked["cursor"]),
        page.get("listMandatesTally", by="state", delegation=asked["delegation"]),
        page.get("getCongress"),
    )
    say, counts = saying(page), {each["value"]: each["count"] for each in states["rows"]}
    rows = [
        {
            **each,
            "name": text_of(each["name"]) or say("suggestions.erased"),
            "href": _dossier(page, each["mandate"]),
        }
        for each in found["items"]
    ]
    following = urlencode({**chosen, "cursor": found["cursor"]})
    return page.render(
        "roster/roster.html",
        rows=rows, asked=asked, applied=len(chosen), counts=counts, states=STATES,
        delegations=[(each["delegation"], each["name"]) for each in congress["delegations"]],
        count=counts.get(asked["state"], 0) if asked["state"] else sum(counts.values()),
        next_href=f"?{following}" if found["cursor"] else None,
    )  # fmt: skip


def _dossier(page: Page, mandate: str) -> str | None:
    own = page.holding[1] == mandate
    if page.role not in LEARNING or (page.role == "deputy" and not own):
        return None
    return f"/{page.congress}/dossiers/{mandate.partition('/')[2]}"


ROUTES = (Route("/{congress}/roster", roster, EVERYBODY, dated=True),)
