"""Figures: how well are suggestions handled? Every rate with its numbers and its definition."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.telling import cohort_of, saying
from gateway.policy import EVERYBODY

CARDS = (
    "assigned", "replied", "concluded-formally", "concluded", "accepted", "satisfied", "met",
    "met-thrice",
)  # fmt: skip
"""The figures one asks for first; the others follow in a table."""


async def figures(page: Page) -> Response:
    """Show the figures of one session to everybody."""
    asked = page.request.query_params.get("session", "")
    found = await page.get("getFigures", session=asked)
    say = saying(page)
    told = [spoken(each, page.visitor.language) for each in found["figures"]]
    by_key = {each["key"]: each for each in told}
    return page.render(
        "figures/figures.html",
        found=found,
        cards=[by_key[key] for key in CARDS if key in by_key],
        others=[each for each in told if each["key"] not in CARDS],
        sessions=[(each, cohort_of(each, say)) for each in found["sessions"]],
        cohort=cohort_of(found["session"], say) if found["session"] else None,
        stands=[page.led(each) for each in stands(found["positions"])],
    )


def spoken(figure: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Give a figure with its name and its definition in one language."""
    ending = "" if language == "zh" else "_en"
    return {**figure, "label": figure[f"name{ending}"], "means": figure[f"definition{ending}"]}


def stands(positions: Mapping[str, int]) -> Sequence[str]:
    """Say on which entries of which ledgers an answer stands: `suggestions/630200/1169`."""
    return [f"{ledger}/{sequence}" for ledger, sequence in sorted(positions.items())]


ROUTES = (Route("/{congress}/figures", figures, EVERYBODY, dated=True),)
