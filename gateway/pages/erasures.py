"""Requests to delete: a person's data, asked for by staff and decided by a leader; opinions that wait."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.opinions import row
from gateway.pages.telling import Say, saying, text_of
from gateway.policy import LEADER, OFFICE, STAFF

GROUNDS = ("consent_withdrawn", "purpose_ended", "term_over", "unlawful", "other")
DECIDING: Mapping[str, tuple[str, ...]] = {
    "requested": ("approveErasure", "restrictPerson", "refuseErasure"),
    "restricted": ("liftPersonRestriction",),
}
SHOWN = "100"


async def listing(page: Page) -> Response:
    """Show who asked for whose data to be deleted, and what the reader may do about it."""
    found, people, opinions = await asyncio.gather(
        page.get("listErasures", order="-updated", limit=SHOWN), _people(page), _opinions(page)
    )
    say, chosen = saying(page), page.request.query_params.get("person", "")
    rows = [request(each, page.role, say) for each in found["items"]]
    asked = {each["person"] for each in rows if each["state"] != "refused"}
    offered = {
        (form, each["person"]) for each in rows for form in each["forms"] if each["person"] == chosen
    } | {("requestErasure", "")}
    return page.render(
        "erasures/list.html",
        rows=rows, grounds=GROUNDS, chosen=chosen,
        people=[each for each in people if each[0] not in asked],
        opinions=[row(each, say) for each in opinions],
        stray=(page.values.get("operation"), page.values.get("thing")) not in offered,
    )  # fmt: skip


def request(each: Mapping[str, Any], role: str, say: Say) -> dict[str, Any]:
    """Give what the page says of one request, and the forms of a reader in this role."""
    name = text_of(each.get("names", {}).get(f"person/{each['person']}"))
    unread = "erasures.unread" if each["state"] == "restricted" else "suggestions.erased"
    return {
        **each,
        "name": name or say(unread),
        "reason": text_of(each["reason"]),
        "why_not": text_of(each.get("why_not")),
        "forms": DECIDING.get(each["state"], ()) if role == LEADER else (),
    }


async def _people(page: Page) -> Sequence[tuple[str, str]]:
    """Give staff the people out of office, who left last before the others."""
    if page.role != STAFF:
        return []
    found = await page.get("listPeople", standing="over", order="-updated", limit=SHOWN)
    named = [(each["person"], text_of(each.get("name"))) for each in found["items"]]
    return [(person, name) for person, name in named if name]


async def _opinions(page: Page) -> Sequence[Mapping[str, Any]]:
    """Give staff the opinions whose deletion waits for them."""
    if page.role != STAFF:
        return []
    found = await page.get("listOpinions", erasure="requested", order="-received", limit=SHOWN)
    items: Sequence[Mapping[str, Any]] = found["items"]
    return items


ROUTES = (Route("/{congress}/erasures", listing, OFFICE),)
