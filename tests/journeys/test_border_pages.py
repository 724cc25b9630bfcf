"""The border on pages: every route of every family, and the one door for forms, by everybody."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from starlette.routing import Route as Mounted

from gateway.clients.port import Answer
from gateway.pages.families import FAMILIES
from gateway.pages.framing import Route
from gateway.policy import CITIZEN, ROLES
from gateway.session.visitor import Visitor as Known
from tests.journeys import sound
from tests.journeys.canaries import Canaries
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit, Visitor

ROUTES = [route for family in FAMILIES for route in family]
CONGRESSES = (CITY, DISTRICT)
BESIDE = {
    "/api/v1/openapi.json", "/favicon.ico", "/health/live", "/health/ready", "/metrics",
    "/sign-in", "/sign-out",
    "/{congress}/do/{operation}", "/{congress}/do/{operation}/{id}",
}  # fmt: skip
"""What the front door offers beside pages and API; each is looked at by a test of its own."""
CHANCE = re.compile(r'<input[^>]*name="(csrf|key)"[^>]*>|<a[^>]*href="/sign-in.*?</a>\s*')
"""What differs on purpose: proofs of forms, and the way to sign in."""


def test_every_page_says_who_may_look(visit: Visit) -> None:
    """A page without roles fails, and so does a route that belongs to no family."""
    assert all(route.roles and route.roles <= {CITIZEN, *ROLES} for route in ROUTES)
    paths = {each.path for each in visit.house.app.router.routes if isinstance(each, Mounted)}
    assert paths - {route.path for route in ROUTES} <= BESIDE


def rows(visit: Visit) -> Iterator[tuple[Route, Visitor, str]]:
    """Give every page of a congress as everybody would open it in either."""
    for route in ROUTES:
        for who in visit.people:
            for congress in CONGRESSES if "{congress}" in route.path else ("",):
                yield route, who, congress


def at(visit: Visit, route: Route, congress: str) -> str:
    """Give the address of a page with a real id."""
    kind = route.path.split("/{id}")[0].rpartition("/")[2]
    thing = visit.things[congress][kind] if "{id}" in route.path else ""
    parts = {"congress": congress, "id": thing, "service": "suggestions", "sequence": "3"}
    return route.path.format(**parts)


def expected(route: Route, who: Visitor, congress: str) -> set[int]:
    """Give the statuses that the route allows; strangers are sent to sign in."""
    if CITIZEN in route.roles or (who.congress == congress and who.role in route.roles):
        return {200, 404}
    if who is NOBODY:
        return {303}
    return {403} if who.congress == congress else {404}


async def test_the_matrix_of_pages(visit: Visit) -> None:
    """Who may look sees a page; others 403 or 404, strangers the way to sign in; no word leaks."""
    canaries, wrong, seen = await Canaries.of(visit), [], set[str]()
    for route, who, congress in rows(visit):
        answer = await visit.ask(who, "GET", at(visit, route, congress))
        if answer.status not in (allowed := expected(route, who, congress)):
            wrong.append(f"{route.path} {congress} by {who}: {answer.status}, not {allowed}")
        if answer.status == 200:
            seen.add(route.path)
        public = CITIZEN in route.roles and congress != ""
        if told := canaries.told(answer, who, congress, public=public):
            wrong.append(f"{route.path} {congress} tells {who}: {told}")
    assert not wrong, "\n".join(wrong)
    assert {route.path for route in ROUTES} == seen, "nobody could look at the others"


@pytest.mark.parametrize("congress", CONGRESSES)
async def test_a_public_page_is_the_same_abroad(visit: Visit, congress: str) -> None:
    """Between its head and its foot a public page shows a foreigner what it shows a citizen."""
    for route in (each for each in ROUTES if CITIZEN in each.roles and "{congress}" in each.path):
        path = at(visit, route, congress)
        citizen = _main(await visit.ask(NOBODY, "GET", path))
        for who in (each for each in visit.people if each.congress not in {"", congress}):
            assert _main(await visit.ask(who, "GET", path)) == citizen, f"{path} for {who}"


def _main(answer: Answer) -> str:
    text = answer.body.decode(errors="replace")
    found = re.search(r"<main.*</main>", text, re.DOTALL)
    return CHANCE.sub("", found[0] if found else text)


async def test_the_door_for_forms(visit: Visit) -> None:
    """A form of another congress, or of a role one has not, does nothing, whatever it says."""
    before, wrong = await visit.heads(), []
    for operation in sound.operations(visit.document):
        if operation.method != "POST" or operation.public:
            continue
        for who in visit.people:
            for congress in CONGRESSES:
                if who.congress == congress and who.role in operation.roles:
                    continue
                answer = await _posted(visit, operation, who, congress)
                allowed = 401 if who is NOBODY else 403 if who.congress == congress else 404
                if answer.status != allowed:
                    wrong.append(f"{operation.id} {congress} by {who}: {answer.status}, not {allowed}")
    assert not wrong, "\n".join(wrong)
    assert await visit.heads() == before


async def _posted(visit: Visit, operation: sound.Operation, who: Visitor, congress: str) -> Answer:
    values = sound.known(congress, visit.things[congress])
    body = sound.body(operation, visit.document, values)
    forms, headers = visit.house.front.sessions.forms, dict[str, str]()
    fields = {"key": "k" * 24, "etag": '"1"', **{name: str(each) for name, each in body.items()}}
    if who is NOBODY:
        stranger = forms.new_stranger()
        fields["csrf"] = forms.csrf(Known("zh", anonymous=stranger))
        headers["cookie"] = f"mandate-visitor={stranger}"
    thing = f"/{visit.things[congress][operation.kind]}" if operation.kind else ""
    return await visit.ask(
        who, "POST", f"/{congress}/do/{operation.id}{thing}", urlencode(fields).encode(),
        content_type="application/x-www-form-urlencoded", **headers,
    )  # fmt: skip
