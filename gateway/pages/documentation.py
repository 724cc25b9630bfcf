"""For those who build on it: the API's documentation, and every part of a page in every state."""

from starlette.responses import HTMLResponse, Response

from gateway.pages import styleguide
from gateway.pages.framing import Page, Route
from gateway.policy import EVERYBODY

CSP = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes and draws its arrows from data addresses; scripts stay ours."""


async def api(page: Page) -> Response:
    """Show the API's documentation."""
    response = page.render("documentation/api.html", plain=False)
    response.headers["Content-Security-Policy"] = CSP
    return response


async def parts(page: Page) -> Response:
    """Show the style guide."""
    elder = page.request.cookies.get("mandate-elder") == "1"
    html = styleguide.page(page.front.rendering, page.visitor.language, elder=elder)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


ROUTES = (
    Route("/api/docs", api, EVERYBODY),
    Route("/styleguide", parts, EVERYBODY),
)
