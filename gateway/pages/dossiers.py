"""The duty dossier: what a deputy did with the mandate."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gateway.pages.figures import stands
from gateway.pages.framing import Page, Route
from gateway.pages.telling import Say, number_of, saying, text_of, title_of
from gateway.policy import LEARNING

COUNTED = (
    "led", "cosigned", "rated", "opinions_addressed", "opinions_answered", "opinions_escalated",
    "courses", "minutes",
)  # fmt: skip


async def dossier(page: Page) -> Response:
    """Show the dossier, joined from four ledgers; it prints as it stands."""
    found = await page.get("getDossier", page.thing)
    say = saying(page)
    return page.render(
        "dossiers/dossier.html",
        found=found, facts=found["facts"], counted=COUNTED,
        name=text_of(found["facts"].get("name")) or say("suggestions.erased"),
        suggestions=[suggestion(each, found, say) for each in found["suggestions"]],
        stations=[_named(found, each, say) for each in found["stations"]],
        courses=[{**each, "name": _named(found, each["id"], say)} for each in found["courses"]],
        opinions=sorted(found["opinions"], key=_day, reverse=True),
        stands=stands(found["positions"]),
    )  # fmt: skip


def suggestion(each: Mapping[str, Any], found: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Give what the dossier says of a suggestion, with the deputy's own ratings of it."""
    own = [rating for rating in found["ratings"] if rating["suggestion"] == each["id"]]
    return {
        **each,
        "id": each["id"].partition("/")[2],
        "title": title_of(each, say),
        "number": number_of(each, say),
        "lead_name": _named(found, each["lead"], say),
        "rating": own[-1]["result"] if own else None,
    }


def _named(found: Mapping[str, Any], thing: str, say: Say) -> str:
    return text_of(found.get("names", {}).get(thing)) or say("suggestions.a_deputy")


def _day(opinion: Mapping[str, str]) -> str:
    return max(value for name, value in opinion.items() if name != "id")


ROUTES = (Route("/{congress}/dossiers/{id}", dossier, LEARNING, dated=True),)
