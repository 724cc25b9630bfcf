"""What every page stands on: who looks, in which congress, the form's door, and the no.

A page family is a file with `ROUTES`; a page is an `async (Page) -> Response`. Every form of
the house posts to one door, `/{congress}/do/{operation}`; when the answer is no, the page it
came from is shown again with every word kept.
"""

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.front import Front
from gateway.limits import Kind
from gateway.policy import CITIZEN
from gateway.session.sessions import LANGUAGE_COOKIE
from gateway.session.visitor import Visitor
from services.chassis import problems
from services.chassis.problems import Problem

NAVIGATION: Mapping[str, Sequence[str]] = {
    "staff": ("home", "desk", "suggestions", "board", "figures", "courses", "roster"),
    "deputy": ("home", "suggestions", "opinions", "courses", "board", "figures"),
    "unit": ("home", "inbox", "suggestions", "opinions", "board", "figures"),
    "station": ("home", "opinions", "stations", "figures"),
    "leader": ("home", "suggestions", "board", "figures", "roster"),
    "auditor": ("home", "suggestions", "board", "figures", "roster"),
    CITIZEN: ("stations", "receipts", "figures"),
}
FLASH_COOKIE = "mandate-flash"
LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
"""What a browser sends for a date with its hour."""


@dataclass(slots=True)
class Page:
    """One request for a page. `values` and `problem` are those of a form that was refused.

    `station` is the one whose page gives out a form for citizens: its key is bound to it.
    """

    front: Front
    request: Request
    visitor: Visitor
    congress: str
    holding: tuple[str, str | None] = (CITIZEN, None)
    values: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    house: Mapping[str, Any] = field(default_factory=dict)
    station: str = ""

    @property
    def role(self) -> str:
        """Give the role in which the visitor looks."""
        return self.holding[0]

    @property
    def thing(self) -> str:
        """Give the id in the path."""
        return str(self.request.path_params["id"])

    @property
    def key(self) -> str:
        """Give a fresh idempotency key for a form of this page."""
        if self.station:
            return self.front.sessions.forms.issue_form_key(self.station)
        return secrets.token_urlsafe(24)

    async def get(self, operation: str, thing: str | None = None, **query: str | None) -> dict[str, Any]:
        """Ask a service to read; at most once per service and page."""
        return await self.front.get(self.visitor, self.congress, operation, thing, **query)

    def render(self, template: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
        """Fill a template with its own context and with what every page has."""
        if self.problem is not None:
            status = self.problem.status
        html = self.front.rendering.render(template, self.visitor.language, **{**self._common(), **context})
        response = HTMLResponse(html, status, {"Cache-Control": "no-store"})
        self.front.sessions.greet(self.request, response, self.visitor)
        if FLASH_COOKIE in self.request.cookies:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def _common(self) -> dict[str, Any]:
        account = self.visitor.account
        user = account and {"name": account.login, "role": self.role, "home": f"/{account.congress}/home"}
        t = self.front.rendering.words.say
        if user:
            user["role_name"] = t(self.visitor.language, f"roles.{self.role}")
        flash = self.request.cookies.get(FLASH_COOKIE)
        known = flash is not None and f"done.{flash}" in self.front.rendering.words.keys(self.visitor.language)
        return {
            "page": self, "house": self.house, "user": user, "nav": self._navigation(),
            "csrf": self.front.sessions.forms.csrf(self.visitor), "congress": self.congress,
            "flash": t(self.visitor.language, f"done.{flash}") if known else None,
            "role": self.role, "holds": self.holding[1], "problem": self.problem, "values": self.values,
            "elder": self.request.cookies.get("mandate-elder") == "1", "path": self.request.url.path,
            "today": self.house.get("today"), "plain": self.role == CITIZEN,
        }  # fmt: skip

    def _navigation(self) -> list[dict[str, Any]]:
        if not self.congress:
            return []
        here = self.request.url.path
        names = NAVIGATION.get(self.role, NAVIGATION[CITIZEN])
        return [
            {"href": (href := f"/{self.congress}/{name}"), "label_key": f"nav.{name}", "current": here.startswith(href)}
            for name in names
        ]


Handler = Callable[[Page], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """A page's address. `roles` may look; others are sent to sign in, or told that it is absent."""

    path: str
    handler: Handler
    roles: frozenset[str]


async def opened(front: Front, request: Request, house: Callable[[str], Awaitable[Mapping[str, Any]]]) -> Page:
    """Find out who looks, at which congress."""
    visitor = await front.sessions.visitor(request)
    if visitor is None:
        raise problems.WHO
    if (spoken := request.cookies.get(LANGUAGE_COOKIE)) in {"zh", "en"}:
        visitor = replace(visitor, language="en" if spoken == "en" else "zh")
    congress = str(request.path_params.get("congress", ""))
    page = Page(front, request, visitor, congress, house=await house(congress))
    account = visitor.account
    if account is not None and congress in {"", account.congress}:
        held = await front.holdings(account.congress, account.person)
        chosen = next((each for each in held if each.role == visitor.role), held[0] if held else None)
        if chosen is not None:
            page.holding = chosen.role, chosen.holds
    return page


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


def sent_back(path: str, done: str) -> Response:
    """Go to a page and say there what was done."""
    response = RedirectResponse(path, 303)
    response.set_cookie(FLASH_COOKIE, done, httponly=True, samesite="lax")
    return response


async def posted(page: Page) -> dict[str, str]:
    """Read the form and its proof that it is ours.

    Raises:
        Problem: 400 when unreadable or forged, 413 when too large, 429 when too often.

    """
    if int(page.request.headers.get("content-length") or 0) > 64 * 1024:
        raise problems.TOO_LARGE
    address = page.request.client.host if page.request.client else ""
    login = page.visitor.account.login if page.visitor.account else None
    if wait := page.front.limiter.take(Kind.API, address, login):
        raise Problem(429, "too-often", problems.TOO_OFTEN.zh, problems.TOO_OFTEN.en, retry_after=wait)
    form = await page.request.form(max_files=0, max_fields=200, max_part_size=64 * 1024)
    values = {name: value.replace("\r\n", "\n") for name, value in form.multi_items() if isinstance(value, str)}
    if not page.front.sessions.forms.csrf_holds(page.visitor, values.pop("csrf", "")):
        raise problems.UNREADABLE
    return values


def body_of(values: Mapping[str, str], schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Make the request body that a form's fields are, by the command's JSON Schema.

    `handlers.0.unit` names a field of an item; items and fields left blank are absent.
    """
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        if value.strip():
            node[last] = value
    return {
        name: typed
        for name, part in schema.get("properties", {}).items()
        if name in tree and (typed := _typed(tree[name], part, schemas)) not in (None, [], {})
    }


def _typed(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
        return _typed(value, schema, schemas)
    kind = schema.get("type")
    if kind == "array" and isinstance(value, dict):
        items = [_typed(value[at], schema["items"], schemas) for at in sorted(value, key=lambda at: (len(at), at))]
        return [each for each in items if each]
    if kind == "object" and isinstance(value, dict):
        parts = schema.get("properties", {})
        return {name: _typed(each, parts[name], schemas) for name, each in value.items() if name in parts}
    if kind == "integer" and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if schema.get("format") == "date-time" and isinstance(value, str) and LOCAL.fullmatch(value):
        return f"{value}:00+08:00"  # a browser's clock shows the legal time here
    if kind == "boolean":
        return value in {"on", "true", "1", "yes"}
    return value


def command_schema(front: Front, operation: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give an operation's request schema and the schemas it may refer to."""
    found = front.operations.by_id[operation]
    schemas = front.operations.documents[found.service]["components"]["schemas"]
    reference = found.document["requestBody"]["content"]["application/json"]["schema"]
    return schemas[reference["$ref"].rpartition("/")[2]], schemas


def as_json(value: object) -> str:
    """Give JSON for a data block of a page."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
