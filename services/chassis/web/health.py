"""Whether a process lives, whether it may be sent work, and what it counts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

Ready = Callable[[], Awaitable[Mapping[str, Any]]]
"""Tells what fails and lags; `ready` in it says whether all is well."""


def watch(app: Starlette, ready: Ready) -> None:
    """Add `/health/live`, `/health/ready` and `/metrics` to an app."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def readiness(_request: Request) -> Response:
        found = await ready()
        return JSONResponse(found, 200 if found["ready"] else 503)

    async def metrics(_request: Request) -> Response:
        await ready()
        return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.add_route("/health/live", live)
    app.add_route("/health/ready", readiness)
    app.add_route("/metrics", metrics)
