"""What every page stands on: who looks, in which congress, the form's door, and the no.

A page family is a file with `ROUTES`; a page is an `async (Page) -> Response`. Every form of
the house posts to one door, `/{congress}/do/{operation}`; when the answer is no, the page it
came from is shown again with every word kept.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.front import Front
from gateway.pages import addresses, past
from gateway.policy import CITIZEN
from gateway.session.sessions import LANGUAGE_COOKIE
from gateway.session.visitor import Visitor
from services.chassis import problems
from services.chassis.problems import Problem

NAVIGATION: Mapping[str, Sequence[str]] = {
    "staff": ("home", "desk", "suggestions", "opinions", "board", "courses", "roster"),
    "deputy": ("home", "suggestions", "opinions", "courses", "board", "figures"),
    "unit": ("home", "inbox", "suggestions", "opinions", "board", "figures"),
    "station": ("home", "opinions", "stations", "figures"),
    "leader": ("home", "suggestions", "board", "figures", "roster"),
    "auditor": ("home", "record", "suggestions", "board", "figures", "roster"),
    CITIZEN: ("stations", "receipts", "figures"),
}
FLASH_COOKIE = "mandate-flash"


@dataclass(slots=True)
class Page:
    """One request for a page. `values` and `problem` are those of a form that was refused.

    `station` is the one whose page gives out a form for citizens: its key is bound to it.
    A `dated` page may be shown as of a day; `as_of` is what is asked for then.
    """

    front: Front
    request: Request
    visitor: Visitor
    congress: str
    holding: tuple[str, str | None] = (CITIZEN, None)
    values: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    undecided: str | None = None
    house: Mapping[str, Any] = field(default_factory=dict)
    station: str = ""
    dated: bool = False
    as_of: str = ""

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
        """Give an idempotency key for a form of this page: a fresh one, or the one still undecided.

        After a 5xx nobody knows whether the command was done, so the next try carries its key.
        """
        if self.undecided:
            return self.undecided
        if self.station:
            return self.front.sessions.forms.issue_form_key(self.station)
        return secrets.token_urlsafe(24)

    def led(self, address: str) -> str:
        """Write an entry's address, as a link for who may read it."""
        return addresses.led(address, self.congress, self.role)

    async def get(self, operation: str, thing: str | None = None, **query: str | None) -> dict[str, Any]:
        """Ask a service to read; at most once per service and page."""
        if not self.as_of:
            return await self.front.get(self.visitor, self.congress, operation, thing, **query)
        query[past.AS_OF] = self.as_of
        found = await self.front.get(self.visitor, self.congress, operation, thing, **query)
        self.house = past.told(self.house, found)
        return found

    @property
    def present(self) -> str:
        """Give the address of the same page of the present."""
        return past.present(self.request)

    async def act(
        self, operation: str, thing: str | None, body: Mapping[str, Any], key: str, if_match: str | None
    ) -> dict[str, Any]:
        """Send a command, in the trace of this request."""
        told = self.request.headers.getlist("traceparent")
        return await self.front.act(self.visitor, self.congress, operation, thing, body, key, if_match, told)

    def render(self, template: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
        """Fill a template with its own context and with what every page has."""
        if self.problem is not None:
            status = self.problem.status
        html = self.front.rendering.render(template, self.visitor.language, **{**self._common(), **context})
        html = past.carried(html, self.congress, self.as_of) if self.as_of else html
        response = HTMLResponse(html, status, {"Cache-Control": "no-store"})
        self.front.sessions.greet(self.request, response, self.visitor)
        if FLASH_COOKIE in self.request.cookies:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def _common(self) -> dict[str, Any]:
        account = self.visitor.account
        user = account and {
            "name": self.front.name(account.congress, account.person) or account.login,
            "role": self.role,
            "home": f"/{account.congress}/home",
        }
        t = self.front.rendering.words.say
        if user:
            user["role_name"] = t(self.visitor.language, f"roles.{self.role}")
        flash = self.request.cookies.get(FLASH_COOKIE)
        known = flash is not None and f"done.{flash}" in self.front.rendering.words.keys(
            self.visitor.language
        )
        return {
            "page": self, "house": self.house, "user": user, "nav": self._navigation(),
            "csrf": self.front.sessions.forms.csrf(self.visitor), "congress": self.congress,
            "flash": t(self.visitor.language, f"done.{flash}") if known else None,
            "role": self.role, "holds": self.holding[1], "problem": self.problem, "values": self.values,
            "elder": self.request.cookies.get("mandate-elder") == "1", "path": self.request.url.path,
            "today": self.house.get("today"), "plain": self.role == CITIZEN,
        }  # fmt: skip

    def _navigation(self) -> list[dict[str, Any]]:
        account = self.visitor.account
        if not (congress := self.congress or (account.congress if account else "")):
            return []
        here = self.request.url.path
        names = NAVIGATION.get(self.role, NAVIGATION[CITIZEN])
        return [
            {
                "href": (href := f"/{congress}/{name}"),
                "label_key": f"nav.{name}",
                "current": here.startswith(href),
            }
            for name in names
        ]


Handler = Callable[[Page], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """A page's address. `roles` may look; others are sent to sign in, or told that it is absent.

    A `dated` page may be shown as of a day.
    """

    path: str
    handler: Handler
    roles: frozenset[str]
    dated: bool = False


async def opened(
    front: Front, request: Request, house: Callable[[str], Awaitable[Mapping[str, Any]]]
) -> Page:
    """Find out who looks, at which congress."""
    visitor = await front.sessions.visitor(request)
    if visitor is None:
        raise problems.WHO
    if (spoken := request.cookies.get(LANGUAGE_COOKIE)) in {"zh", "en"}:
        visitor = replace(visitor, language="en" if spoken == "en" else "zh")
    congress = str(request.path_params.get("congress", ""))
    page = Page(front, request, visitor, congress, house=named(await house(congress), visitor.language))
    account = visitor.account
    if account is not None and congress in {"", account.congress}:
        held = await front.holdings(account.congress, account.person)
        chosen = next((each for each in held if each.role == visitor.role), held[0] if held else None)
        if chosen is not None:
            page.holding = chosen.role, chosen.holds
    return page


def named(house: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Give what a page's head says, with the congress's name in the reader's language."""
    name = house.get("congress_name_en") if language == "en" else None
    return {**house, "congress_name": name or house["congress_name"]}


def sent_back(path: str, done: str) -> Response:
    """Go to a page and say there what was done."""
    response = RedirectResponse(path, 303)
    response.set_cookie(FLASH_COOKIE, done, httponly=True, samesite="lax")
    return response
