"""Who may open a page, and as of which day."""

from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from gateway.limits import Kind
from gateway.pages import past
from gateway.pages.framing import Page, Route
from gateway.policy import CITIZEN
from services.chassis import problems


def admitted(page: Page, route: Route) -> None:
    """Let only those in whom the route names.

    Raises:
        Problem: 401 for strangers, 404 for people of another congress, 403 for a wrong role.

    """
    account = page.visitor.account
    if page.role in route.roles or CITIZEN in route.roles:
        return
    if account is None:
        raise problems.WHO
    raise problems.ABSENT if account.congress != page.congress else problems.NOT_YOURS


def back_to_now(page: Page, route: Route) -> Response | None:
    """Find out whether the page is to look back; one that cannot goes to the present.

    Raises:
        Problem: 429 for strangers who look back too often.

    """
    page.dated, asked = route.dated, page.request.query_params.get(past.AS_OF)
    if asked is None:
        return None
    if not (route.dated and asked):
        return RedirectResponse(past.present(page.request), 303)
    address = page.request.client.host if page.request.client else ""
    if page.visitor.account is None and (wait := page.front.limiter.take(Kind.PAST, address)):
        raise replace(problems.TOO_OFTEN, retry_after=wait)
    page.as_of = asked
    return None
