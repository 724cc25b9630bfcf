"""The inbox of a handling unit: what it must sign for, handle and answer, by due date."""

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.queues import STAGES, open_cases, sections
from gateway.policy import UNIT


async def inbox(page: Page) -> Response:
    """Show what waits for the unit, and what it has answered and waits for the deputy."""
    cases = await open_cases(page, STAGES[UNIT])
    found = sections(page, cases)
    return page.render("inbox/inbox.html", sections=found, count=sum(len(each.rows) for each in found))


ROUTES = (Route("/{congress}/inbox", inbox, frozenset({UNIT})),)
