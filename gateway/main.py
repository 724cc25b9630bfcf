"""The front door, put together: API, pages, health and metrics under one strict policy."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as Address
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api.document import BASE, merged
from gateway.api.forwarding import Api
from gateway.front import Front
from gateway.pages.admitting import admitted, back_to_now
from gateway.pages.deeds import do
from gateway.pages.families import FAMILIES
from gateway.pages.framing import Route, opened
from gateway.pages.noes import refused_page
from services.chassis import problems
from services.chassis.metrics import SECONDS
from services.chassis.problems import Problem
from services.chassis.web.health import Ready, watch
from services.chassis.web.routing import App

log = structlog.get_logger()
STATIC = Path(__file__).parent / "static"
CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
SECURITY_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
House = Callable[[str], Awaitable[Mapping[str, Any]]]
Copied = Callable[[str], AsyncIterator[bytes]]
CONGRESS = re.compile(r"[0-9]{6}(?:[0-9]{3})?")


def create_gateway(
    front: Front, house: House, ready: Ready, operator: ASGIApp | None = None, copied: Copied | None = None
) -> App:
    """Give the app. `house(congress)` says what every page's head shows; `ready()` what lags.

    `copied(congress)` gives the bytes of an archive of its ledgers, without personal data.
    """
    app = App()
    app.state.openapi, app.state.copied = cache(lambda: merged(front.operations.documents)), copied
    app.add_route(f"{BASE}/openapi.json", _openapi)
    app.add_route("/favicon.ico", _icon)
    if operator is not None:
        app.router.routes.append(Address("/operator{below:path}", operator))
    app.router.routes.append(Mount(BASE, Api(front)))
    app.router.routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    watch(app, ready)
    families = tuple(route for family in FAMILIES for route in family)
    for route in families:
        app.add_route(route.path, _shown(front, route, house), methods=["GET"])
    app.add_route("/{congress}/do/{operation}", _deed(front, families, house), methods=["POST"])
    app.add_route("/{congress}/do/{operation}/{id}", _deed(front, families, house), methods=["POST"])
    _session(app, front, house)
    _noes(app, front, house)
    app.add_middleware(SecurityHeaders)
    return app


async def _openapi(request: Request) -> Response:
    return JSONResponse(request.app.state.openapi())


async def _icon(_request: Request) -> Response:
    return FileResponse(STATIC / "icon.svg")


def _shown(front: Front, route: Route, house: House) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if (chosen := switched(request)) is not None:
            return chosen
        page = await opened(front, request, house)
        try:
            if page.congress and not CONGRESS.fullmatch(page.congress):
                raise problems.ABSENT
            admitted(page, route)
            return back_to_now(page, route) or await route.handler(page)
        except Problem as problem:
            return refused_page(page, problem)

    return endpoint


def _deed(front: Front, families: Sequence[Route], house: House) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        page = await opened(front, request, house)
        try:
            return await do(page, families)
        except Problem as problem:
            return refused_page(page, problem)

    return endpoint


def _session(app: App, front: Front, house: House) -> None:
    from gateway.pages import sign_in  # noqa: PLC0415

    async def enter(request: Request) -> Response:
        page = await opened(front, request, house)
        try:
            return await sign_in.enter(page)
        except Problem as problem:
            return refused_page(page, problem)

    async def leave(request: Request) -> Response:
        page = await opened(front, request, house)
        try:
            return await sign_in.leave(page)
        except Problem as problem:
            return refused_page(page, problem)

    app.add_route("/sign-in", enter, methods=["POST"])
    app.add_route("/sign-out", leave, methods=["POST"])


def switched(request: Request) -> Response | None:
    """Keep the choice of language or large text in a cookie and come back without it."""
    query = dict(request.query_params)
    language, elder = query.pop("lang", None), query.pop("elder", None)
    if language is None and elder is None:
        return None
    response = RedirectResponse(str(request.url.replace(query=urlencode(query))), 303)
    if language in {"zh", "en"}:
        response.set_cookie("mandate-language", language, samesite="lax", httponly=True)
    if elder in {"on", "off"}:
        response.set_cookie("mandate-elder", "1" if elder == "on" else "0", samesite="lax", httponly=True)
    return response


def _noes(app: App, front: Front, house: House) -> None:
    async def absent(request: Request, _error: Exception) -> Response:
        if request.scope["path"].startswith(f"{BASE}/"):  # a line feed in it, and no mount takes it
            return problems.ABSENT.answer()
        return await refused(request, problems.ABSENT)

    async def not_allowed(request: Request, _error: Exception) -> Response:
        return await refused(request, problems.NOT_ALLOWED)

    async def refused(request: Request, no: Problem) -> Response:
        try:
            return refused_page(await opened(front, request, house), no)
        except Problem as problem:  # an `Authorization` that is no good
            return problem.answer()

    async def problem(_request: Request, error: Exception) -> Response:
        return error.answer() if isinstance(error, Problem) else problems.BROKEN.answer()

    async def away(request: Request, error: Exception) -> Response:
        log.warning("the store is away", method=request.method, error=type(error).__name__)
        return problems.AWAY.answer()

    async def broken(request: Request, error: Exception) -> Response:
        # The path may hold a receipt code, which is its owner's secret.
        log.error("request broke", method=request.method, exc_info=error)
        return problems.BROKEN.answer()

    app.add_exception_handler(404, absent)
    app.add_exception_handler(405, not_allowed)
    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(ConnectionError, away)
    app.add_exception_handler(Exception, broken)


class SecurityHeaders:
    """Sets the same strict headers on every answer, and measures how long it took."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to its answer."""
        began = time.perf_counter()

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                SECONDS.labels(str(message["status"])).observe(time.perf_counter() - began)
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, secured)
