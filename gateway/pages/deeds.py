"""The one door for forms: fields become the command, the answer becomes a page.

A form carries `key` (its idempotency key), `back` (where it stands), `etag` (what was seen)
and `then` (where to go; `{id}` is the new thing, `{code}` its receipt code). After a no the
page at `back` is shown again, with the sentence and every word kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.limits import Kind
from gateway.pages.admitting import admitted
from gateway.pages.drafts import REVISE, kept
from gateway.pages.filling import body_of, command_schema, posted
from gateway.pages.framing import Page, Route, sent_back
from gateway.policy import CITIZEN, permitted
from services.chassis import problems
from services.chassis.problems import Problem

UNDECIDED = 500
"""From here on nobody knows whether the command was done."""
KEY = re.compile(r"[\x21-\x7e]{16,128}")


async def do(page: Page, families: Sequence[Route]) -> Response:
    """Send the command a form is, and go on; or show the form again with the no."""
    operation = str(page.request.path_params["operation"])
    found = page.front.operations.by_id.get(operation)
    if found is None or found.method != "POST":
        raise problems.ABSENT
    values = await posted(page)
    key, back, then, etag = (values.pop(name, "") for name in ("key", "back", "then", "etag"))
    if not KEY.fullmatch(key):
        raise problems.BAD_KEY
    body = body_of(values, *command_schema(page.front, operation))
    thing = page.request.path_params.get("id")
    if operation == REVISE and page.request.headers.get("hx-request"):
        return await kept(page, str(thing), body)
    try:
        given_out(page, operation, key, values)
        decided = await page.act(operation, thing, body, key, etag or None)
    except Problem as problem:
        posted_as = {**values, "operation": operation, "thing": thing or ""}
        page.undecided = key if problem.status >= UNDECIDED else None
        return await shown_again(page, families, back, posted_as, problem)
    return sent_back(_target(page, then or back, decided), operation)


def _target(page: Page, wanted: str, decided: Mapping[str, Any]) -> str:
    """Give where to go: inside this congress, with the new thing's id and code filled in."""
    new, code = str(decided["id"]).partition("/")[2], str(decided.get("code", "")).lower()
    target = wanted.replace("{id}", new).replace("{code}", code)
    return target if target.startswith(f"/{page.congress}/") else f"/{page.congress}/home"


def given_out(page: Page, operation: str, key: str, values: Mapping[str, str]) -> None:
    """Take from a citizen only a form that his station's page gave out, and not too often.

    Raises:
        Problem: 400 for a key of another station or of nobody, 429 when too often.

    """
    if CITIZEN not in permitted(operation):
        return
    if not page.front.sessions.forms.check_form_key(key, values.get("station", "")):
        raise problems.BAD_KEY
    address = page.request.client.host if page.request.client else ""
    if wait := page.front.limiter.take(Kind.OPINION, address):
        raise replace(problems.TOO_OFTEN, retry_after=wait)


async def shown_again(
    page: Page, families: Sequence[Route], back: str, values: dict[str, str], problem: Problem
) -> Response:
    """Show the page a form came from, with what was typed and why it was refused.

    `values` say too which form it was: its `operation` and the `thing` it was about.
    """
    path, _, query = back.partition("?")
    for route in families:
        if (found := _pattern(route.path).fullmatch(path)) and found.groupdict().get(
            "congress", page.congress
        ) == page.congress:
            page.request = _seen_at(page.request, path, query, found.groupdict())
            problem.told()
            page.values, page.problem = values, problem
            admitted(page, route)
            return await route.handler(page)
    raise problem


def _seen_at(request: Request, path: str, query: str, params: dict[str, str]) -> Request:
    """Give the same request as if it had asked for the page at `path`."""
    place = {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return Request({**request.scope, **place, "path_params": params})


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))
