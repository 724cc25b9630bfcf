"""The staff's desk: review, registration and all that waits for a decision, in one table."""

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.queues import SECTIONS, UNRATED, queue
from gateway.policy import STAFF

KINDS = tuple(SECTIONS[STAFF])


async def desk(page: Page) -> Response:
    """Show the queue; `kind` in the address narrows it to one step, or shows what waits for ratings."""
    waits = await queue(page)
    found = {each.name: each.rows for each in waits.sections}
    kind = page.request.query_params.get("kind", "")
    chosen = [kind] if kind in KINDS else [each for each in KINDS if each != UNRATED]
    return page.render(
        "desk/desk.html",
        kind=kind if kind in KINDS else "",
        counts={each: len(found.get(each, ())) for each in KINDS},
        waiting=sum(len(rows) for name, rows in found.items() if name != UNRATED),
        rows=[{**row, "kind": name} for name in chosen for row in found.get(name, ())],
        more=waits.more,
    )


ROUTES = (Route("/{congress}/desk", desk, frozenset({STAFF})),)
