"""The staff's desk: review, registration and all that waits for a decision, in one table."""

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.queues import STAGES, open_cases, sections
from gateway.policy import STAFF

KINDS = ("decide_return", "redo", "review", "register", "assign", "close")


async def desk(page: Page) -> Response:
    """Show the queue; `kind` in the address narrows it to one step."""
    cases = await open_cases(page, STAGES[STAFF])
    found = {each.name: each.rows for each in sections(page, cases)}
    kind = page.request.query_params.get("kind", "")
    chosen = [kind] if kind in KINDS else [each for each in KINDS if each in found]
    return page.render(
        "desk/desk.html",
        kind=kind if kind in KINDS else "",
        counts={each: len(found.get(each, ())) for each in KINDS},
        rows=[{**row, "kind": name} for name in chosen for row in found.get(name, ())],
    )


ROUTES = (Route("/{congress}/desk", desk, frozenset({STAFF})),)
