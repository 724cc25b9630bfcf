"""The operator's page `/operator`: how every process of a distributed house stands.

It stands on the heartbeats, so it can be read while services are away. It shows nothing of any
congress but its code. Programs read the same at `/operator/state.json`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from deploy.heartbeats import GONE_SECONDS, Beat
from gateway.front import Front
from gateway.limits import Kind
from gateway.main import switched
from gateway.session.sessions import LANGUAGE_COOKIE
from gateway.session.visitor import language
from services.chassis import problems

PATH, USER = "/operator", "operator"
ASKED = {"WWW-Authenticate": 'Basic realm="operator", charset="UTF-8"'}
UNKEPT = {"Cache-Control": "no-store"}
REFRESH_SECONDS = 15
HEAD: Mapping[str, Any] = {"congress_name": "履职 Mandate", "example_time": None}
Shown = Callable[[Request, Mapping[str, Any]], Response]


class Beats(Protocol):
    """Where the processes say how they stand."""

    async def all(self) -> Sequence[Beat]:
        """Give the last beat of each, by part."""
        ...


def overseeing(front: Front, beats: Beats, password: str | None) -> ASGIApp | None:
    """Give the page and `state.json` below it; without a password there is neither."""
    if not password:
        return None

    def page(request: Request, told: Mapping[str, Any]) -> Response:
        return switched(request) or _page(front, request, told)

    def facts(_request: Request, told: Mapping[str, Any]) -> Response:
        return JSONResponse(told, headers=UNKEPT)

    def guarded(shown: Shown) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not _known(front, request, password):
                answer = problems.WHO.answer()
                answer.headers.update(ASKED)
                return answer
            return shown(request, state(await beats.all()))

        return endpoint

    return Router([Route(PATH, guarded(page)), Route(f"{PATH}/state.json", guarded(facts))])


def state(beats: Sequence[Beat]) -> dict[str, Any]:
    """Give what the processes tell together, as JSON values.

    `away` are the parts of which no process is well. A view's lag and a service's backlog are told
    by all that work on them, each a little older or newer: the largest counts. What a process said
    last counts no longer when it is gone.
    """
    told = [each.told for each in beats if not each.gone]
    away = sorted({each.part for each in beats} - {each.part for each in beats if each.well})
    blocked = sorted({line for each in told for line in each.get("blocked", ())})
    return {
        "well": bool(beats) and not away and not blocked,
        "away": away,
        "processes": [_process(each) for each in beats],
        "blocked": [dict(zip(("view", "entry"), each.split(" "), strict=True)) for each in blocked],
        "lag": _largest(told, "lag"),
        "backlog": _largest(told, "backlog"),
    }


def _process(beat: Beat) -> Mapping[str, Any]:
    return {
        "part": beat.part, "owner": beat.owner, "started": beat.started.isoformat(),
        "silent_seconds": beat.silent_seconds, "gone": beat.gone, "well": beat.well,
        "failed": list(beat.told.get("failed", ())),
    }  # fmt: skip


def _largest(told: Sequence[Mapping[str, Any]], what: str) -> Mapping[str, int]:
    largest = dict[str, int]()
    for each in told:
        for name, count in each.get(what, {}).items():
            largest[name] = max(largest.get(name, 0), count)
    return dict(sorted(largest.items()))


def _known(front: Front, request: Request, password: str) -> bool:
    """Tell whether the password is given; wrong tries are limited by address.

    Raises:
        Problem: 429 after too many of them, whatever is tried.

    """
    given = request.headers.get("authorization")
    if given is None:
        return False
    address = request.client.host if request.client else ""
    if wait := front.limiter.waits(Kind.SIGN_IN, address):
        raise replace(problems.TOO_OFTEN, retry_after=wait)
    right = hmac.compare_digest(_digest(_credentials(given)), _digest(f"{USER}:{password}".encode()))
    if not right:
        front.limiter.take(Kind.SIGN_IN, address)
    return right


def _credentials(given: str) -> bytes:
    """Give `user:password` of a Basic authorization (RFC 7617); of any other, nothing."""
    scheme, _, encoded = given.partition(" ")
    try:
        return base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return b""


def _digest(credentials: bytes) -> bytes:
    """Make all equally long, so that the time of comparing tells nothing."""
    return hashlib.sha256(credentials).digest()


def _page(front: Front, request: Request, told: Mapping[str, Any]) -> Response:
    """Show it in the reader's language; an operator is nobody of any congress."""
    spoken = language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    html = front.rendering.render(
        "operator/operator.html", spoken, house=HEAD, user=None, nav=(), flash=None, plain=True,
        elder=request.cookies.get("mandate-elder") == "1", state=told,
        refreshing=request.query_params.get("refresh") == "on", refresh=REFRESH_SECONDS,
        gone=int(GONE_SECONDS),
    )  # fmt: skip
    return HTMLResponse(html, headers=UNKEPT)
