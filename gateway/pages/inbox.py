"""The inbox of a handling unit: what it must sign for, handle and answer, by due date."""

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.queues import queue
from gateway.policy import UNIT


async def inbox(page: Page) -> Response:
    """Show what waits for the unit."""
    found = await queue(page)
    return page.render("inbox/inbox.html", sections=found.sections, more=found.more)


ROUTES = (Route("/{congress}/inbox", inbox, frozenset({UNIT})),)
