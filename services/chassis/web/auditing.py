"""An audit over HTTP: the last reports of a service, and the trail of a thing through its ledger."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from events.catalogue.envelope import Entry
from services.chassis import problems
from services.chassis.auditing.reports import DRIFT, EVERY, REPORTS, STORE, VERIFY, Audit
from services.chassis.auditing.trailing import ABOUT, Step, Trail, concerning, step
from services.chassis.web import reading
from services.chassis.web.desk import Desk
from services.chassis.web.ledgers import LAST, MOST, limited, numbered

PAGE, PAGES = 500, 20
"""How many entries are looked through at once, and how often, for one answer."""
UNKEPT = {"Cache-Control": "no-store"}
QUERY = {
    "about": {"type": "string", "pattern": f"^{ABOUT.pattern}$"},
    "after": {"type": "integer", "minimum": 0, "maximum": LAST},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
}
Plain = Callable[..., dict[str, Any]]


async def reports(desk: Desk, request: Request) -> Response:
    """Answer with the last reports that were made of this service for the congress."""
    congress = reading.path(request)["congress"]
    reading.caller(request, desk.tokens, congress, desk.service)
    reading.query(request, ())
    found = await desk.shelf.get(congress, REPORTS, desk.service, [VERIFY, DRIFT])
    store = await desk.shelf.get(EVERY, REPORTS, desk.service, [STORE])
    told = {VERIFY: found.get(VERIFY), STORE: store.get(STORE), DRIFT: found.get(DRIFT)}
    return JSONResponse(told, headers=UNKEPT)


async def trail(desk: Desk, request: Request) -> Response:
    """Answer with entries about a thing; a long ledger is looked through in several answers."""
    congress = reading.path(request)["congress"]
    reading.caller(request, desk.tokens, congress, desk.service)
    asked = reading.query(request, tuple(QUERY))
    about, after, limit = asked.get("about", ""), numbered(asked.get("after", "0")), limited(asked, "100")
    if not ABOUT.fullmatch(about):
        raise problems.BAD_QUERY
    return JSONResponse(await _trail(desk, f"{desk.service}/{congress}", about, after, limit), headers=UNKEPT)


async def _trail(desk: Desk, ledger: str, about: str, after: int, limit: int) -> Trail:
    wanted, steps = concerning(about), list[Step]()
    for _ in range(PAGES):
        raws = await desk.journal.fetch(ledger, after, PAGE)
        for raw in raws:
            if wanted(raw):
                steps.append(step(Entry(raw)))
            after += 1
            if len(steps) == limit:
                return Trail(about=about, steps=steps, after=after, more=True)
        if len(raws) < PAGE:
            return Trail(about=about, steps=steps, after=after, more=False)
        await asyncio.sleep(0)  # others have their turn between pages
    return Trail(about=about, steps=steps, after=after, more=True)


def paths(service: str, plain: Plain, *, publishes: bool) -> Mapping[str, dict[str, Any]]:
    """Describe the operations; a service without a ledger has no trail."""
    name = service.title()
    found = {
        f"/{{congress}}/audit/{service}": {
            "get": plain(f"read{name}Audit", "The last reports of verifying, store and views", _schema(Audit))
        }
    }
    if publishes:
        operation = plain(f"trail{name}", "Who did what about a thing, when, why", _schema(Trail), QUERY)
        operation["parameters"][0]["required"] = True
        found[f"/{{congress}}/ledgers/{service}/trail"] = {"get": operation}
    return found


@cache
def _schema(shape: type) -> dict[str, Any]:
    """Give a schema that stands for itself: its parts are told where they are used."""
    schema = TypeAdapter(shape).json_schema()
    parts = schema.pop("$defs", {})
    return _inlined(schema, parts)  # type: ignore[no-any-return]


def _inlined(schema: Any, parts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, list):
        return [_inlined(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(each, parts) for name, each in schema.items()}
