"""QR codes of our own addresses, as pictures that need no script."""

import io
import re

import segno
from starlette.responses import Response

from gateway.pages.framing import Page
from services.chassis import problems

THING = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def address(page: Page, kind: str) -> str:
    """Give the whole address of a public thing of this page's path."""
    if not THING.fullmatch(page.thing):
        raise problems.ABSENT
    return f"{page.request.base_url}{page.congress}/{kind}/{page.thing}"


def picture(page: Page, kind: str, error: str = "m") -> Response:
    """Draw the address of a thing as a QR code; `error` is how much damage it bears (l, m, q, h).

    Nothing is looked up: who asks learns nothing that his own request did not say.
    """
    drawn = io.BytesIO()
    segno.make(address(page, kind), error=error, micro=False, boost_error=False).save(
        drawn, kind="svg", scale=5, border=4, xmldecl=False, svgclass=None, lineclass=None, light="#fff"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
