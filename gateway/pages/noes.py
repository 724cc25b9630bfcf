"""A no as a page: which rule, in one sentence, and what can be done instead."""

from starlette.responses import RedirectResponse, Response

from gateway.pages.framing import Page
from services.chassis.problems import Problem

UNAUTHENTICATED = 401


def refused_page(page: Page, problem: Problem) -> Response:
    """Show a problem in the reader's language; a stranger is sent to sign in."""
    problem.told()
    if problem.status == UNAUTHENTICATED and page.request.method == "GET":
        return RedirectResponse(f"/sign-in?next={page.request.url.path}", 303)
    page.problem = problem
    sentence = problem.zh if page.visitor.language == "zh" else problem.en
    response = page.render("noes/no.html", problem.status, sentence=sentence)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
