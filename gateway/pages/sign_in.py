"""Sign in and out."""

from starlette.responses import RedirectResponse, Response

from gateway.accounts.port import Busy
from gateway.limits import Kind, source
from gateway.pages.filling import posted
from gateway.pages.framing import Page, Route
from gateway.policy import EVERYBODY
from gateway.session.sessions import SignInRefused
from services.chassis import problems
from services.chassis.problems import Problem


async def sign_in(page: Page) -> Response:
    """Show the form."""
    return page.render(
        "sign_in/sign_in.html", next=page.request.query_params.get("next", ""), login="", wait=None
    )


async def enter(page: Page) -> Response:
    """Sign in, or show the form again with one answer for every cause."""
    values = await posted(page)
    login, password, wanted = (values.get(name, "") for name in ("login", "password", "next"))
    address = page.request.client.host if page.request.client else ""
    if wait := page.front.limiter.take(Kind.SIGN_IN, address):
        raise Problem(429, "too-often", problems.TOO_OFTEN.zh, problems.TOO_OFTEN.en, retry_after=wait)
    try:
        outcome = await page.front.sessions.sign_in(login, password, source(address), page.visitor)
    except Busy as error:
        raise problems.FULL from error
    if isinstance(outcome, SignInRefused):
        return page.render("sign_in/sign_in.html", 422, next=wanted, login=login, wait=outcome.wait)
    home = f"/{outcome.account.congress}/home"
    response = RedirectResponse(wanted if wanted.startswith(f"/{outcome.account.congress}/") else home, 303)
    page.front.sessions.admit(page.request, response, outcome)
    return response


async def leave(page: Page) -> Response:
    """Sign out."""
    await posted(page)
    await page.front.sessions.sign_out(page.visitor)
    response = RedirectResponse("/", 303)
    page.front.sessions.dismiss(page.request, response)
    return response


ROUTES = (Route("/sign-in", sign_in, EVERYBODY),)
