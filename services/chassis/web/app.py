"""The factory of apps: a service's routes become one that answers problems."""

from dataclasses import replace
from functools import cache, partial
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from structlog.contextvars import bind_contextvars

from services.chassis import problems
from services.chassis.problems import Problem
from services.chassis.shapes import Service
from services.chassis.web import auditing, ledgers, proofs, reading
from services.chassis.web.acting import act
from services.chassis.web.looking import answer, browse, look, tally
from services.chassis.web.openapi import document
from services.chassis.web.past import Past
from services.chassis.web.recalling import recall
from services.chassis.web.routes import Act, Answer, Browse, Look, Route
from services.chassis.web.routing import App, Below, Endpoint

log = structlog.get_logger()
STATUS_PROBLEMS = {404: problems.ABSENT, 405: problems.NOT_ALLOWED}


def create_app(service: Service, past: Past) -> App:
    """Give the app of one service; it opens nothing and runs no task."""
    desk = past.present
    app, below = App(service.title), Below()
    described = cache(partial(document, service))  # whole at the first question: a start has no need of it

    async def openapi(_request: Request) -> Response:
        return JSONResponse(described())

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    # For the house itself: it stands in no document, so the gateway does not offer it.
    app.add_route("/ledgers", partial(ledgers.heads, desk), methods=["GET"])
    app.router.routes.append(below)
    below.add(f"/{{congress}}/audit/{desk.service}", partial(auditing.reports, desk), "GET")
    for route in service.routes:
        _add(below, route, past)
    if any(isinstance(route, Act) for route in service.routes):
        base = f"/{{congress}}/ledgers/{desk.service}"
        below.add(base, partial(ledgers.entries, desk), "GET")
        below.add(f"{base}/head", partial(ledgers.head, desk), "GET")
        below.add(f"{base}/trail", partial(auditing.trail, desk), "GET")
        proofs.add_to(below, base, desk)
    handle_problems(app)
    return app


def _add(below: Below, route: Route, past: Past) -> None:
    readers: dict[type, Any] = {Look: look, Browse: browse, Answer: answer}
    path = "/{congress}" + route.path
    if isinstance(route, Act):
        below.add(path, _traced(partial(act, route, past.present)), "POST")
        return
    if isinstance(route, Browse):
        below.add(f"{path}/tally", partial(recall, partial(tally, route), past), "GET")
    read = partial(recall, partial(readers[type(route)], route), past)
    below.add(path, _traced(read), "GET")


def _traced(endpoint: Endpoint) -> Endpoint:
    """Let every log line of a request tell its trace; not undone, as what breaks is logged further out."""

    async def traced(request: Request) -> Response:
        bind_contextvars(trace=reading.trace(request))
        return await endpoint(request)

    return traced


def handle_problems(app: Starlette) -> None:
    """Let every no of the machinery leave as a problem, and nothing else."""

    async def problem(_request: Request, error: Exception) -> Response:
        return error.answer() if isinstance(error, Problem) else problems.BROKEN.answer()

    async def status(_request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return problems.UNREADABLE.answer()
        known = STATUS_PROBLEMS.get(error.status_code, problems.UNREADABLE)
        return replace(known, allow=(error.headers or {}).get("Allow")).answer()

    async def broken(request: Request, error: Exception) -> Response:
        # The path may hold a receipt code, which is its owner's secret.
        log.error("request broke", method=request.method, exc_info=error)
        return problems.BROKEN.answer()

    async def away(request: Request, error: Exception) -> Response:
        log.warning("the store is away", method=request.method, error=type(error).__name__)
        return problems.AWAY.answer()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(ConnectionError, away)
    app.add_exception_handler(HTTPException, status)
    app.add_exception_handler(Exception, broken)
