"""`Look`, `Browse` and `Answer` over HTTP: what the reader may see, and what it stands on."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.chassis import problems
from services.chassis.projecting import sources
from services.chassis.shapes import Document, Reader, View
from services.chassis.shelf.port import BadCursor, Query
from services.chassis.web import reading
from services.chassis.web.answers import Json
from services.chassis.web.desk import Desk
from services.chassis.web.routes import Answer, Browse, Look
from services.chassis.workdays import Days

MOST_ROWS = 100


async def look(route: Look, desk: Desk, request: Request) -> Response:
    """Answer with one document, or with 404 when there is none for this reader."""
    params = reading.path(request)
    reader = reading.caller(request, desk.tokens, params["congress"], desk.service)
    reading.query(request, ())
    await desk.reached(reading.at_least(request), [route.view])
    key = f"{route.kind}/{params.get('id', reader.congress)}"
    headers = await _headers(desk, reader, route.view)
    version, document = await desk.versioned(reader.congress, route.view, key)
    seen = [] if document is None else await desk.shown(route.view, [(key, document)], reader)
    if not seen:
        raise problems.ABSENT
    if route.view.etag:
        headers["ETag"] = f'"{version}"'
    return Json((await _added(route, desk, reader, seen))[0], headers=headers)


def filters(route: Browse) -> tuple[str, ...]:
    """Name the query parameters that narrow a list, and its counts."""
    ranges = tuple(f"{name}_{side}" for name in route.ranges for side in ("from", "before"))
    today = (route.today.name,) if route.today else ()
    return (*route.equal, *route.contains, *ranges, *today)


def browse_parameters(route: Browse) -> tuple[str, ...]:
    """Name the query parameters of a list."""
    return (*filters(route), "order", "cursor", "limit")


async def browse(route: Browse, desk: Desk, request: Request) -> Response:
    """Answer with a page of documents."""
    params = reading.path(request)
    reader = reading.caller(request, desk.tokens, params["congress"], desk.service)
    asked = reading.query(request, browse_parameters(route))
    await desk.reached(reading.at_least(request), [route.view])
    headers = await _headers(desk, reader, route.view)
    try:
        page = await desk.find(reader.congress, route.view, _query(route, asked, reader, desk.today))
    except BadCursor as error:
        raise problems.BAD_QUERY from error
    shown = await desk.shown(route.view, page.documents, reader, route.brief)
    items = await _added(route, desk, reader, shown)
    return Json({"items": items, "cursor": page.cursor}, headers=headers)


async def _added(
    route: Look | Browse, desk: Desk, reader: Reader, documents: Sequence[Document]
) -> Sequence[Document]:
    """Add what depends on today to what is shown."""
    if route.adds is None:
        return documents
    today, known = desk.today, await desk.referring.known(reader.congress, ())
    days = Days(known.calendars)
    return [route.adds(each, today, days) for each in documents]


async def tally(route: Browse, desk: Desk, request: Request) -> Response:
    """Answer with counts of the matching documents by one field."""
    params = reading.path(request)
    reader = reading.caller(request, desk.tokens, params["congress"], desk.service)
    fields = (*route.equal, *route.contains)
    asked = dict(reading.query(request, (*filters(route), "by")))
    by = asked.pop("by", "")
    if by not in fields:
        raise problems.BAD_QUERY
    await desk.reached(reading.at_least(request), [route.view])
    headers = await _headers(desk, reader, route.view)
    place, source = desk.folds[route.view.name].place, sources(route.view)[0]
    counts = await desk.shelf.tally(
        reader.congress, place, source, _query(route, asked, reader, desk.today), by
    )
    rows = [{"value": value, "count": count} for value, count in counts.items()]
    return Json({"by": by, "rows": rows}, headers=headers)


async def answer(route: Answer, desk: Desk, request: Request) -> Response:
    """Answer with what the route's handler computes."""
    params = reading.path(request)
    reader = reading.caller(request, desk.tokens, params["congress"], desk.service)
    given = reading.query(request, tuple(route.query))
    if not all(re.fullmatch(route.query[name], value) for name, value in given.items()):
        raise problems.BAD_QUERY
    asked = {**given, **params}
    views = [fold.view for fold in desk.folds.values()]
    await desk.reached(reading.at_least(request), views)
    return Json(await route.handler(desk, reader, asked), headers={"Cache-Control": "no-store"})


def _query(route: Browse, asked: Mapping[str, str], reader: Reader, day: dt.date) -> Query:
    order = asked.get("order", route.orders[0] if route.orders else "")
    if order and order.removeprefix("-") not in {each.removeprefix("-") for each in route.orders}:
        raise problems.BAD_QUERY
    limit = asked.get("limit", "50")
    if not re.fullmatch("[0-9]{1,6}", limit) or not 1 <= int(limit) <= MOST_ROWS:
        raise problems.BAD_QUERY
    if (scope := route.scope(reader)) is None:
        raise problems.NOT_YOURS
    within = {name: each for name, each in scope.items() if isinstance(each, list)}
    fixed = {name: each for name, each in scope.items() if not isinstance(each, list)}
    where = _where(route, asked, day)
    starts = {name: asked[f"{name}_from"] for name in route.ranges if f"{name}_from" in asked}
    ends = {name: asked[f"{name}_before"] for name in route.ranges if f"{name}_before" in asked}
    equal = {name: asked[name] for name in route.equal if name in asked}
    return Query(
        equal={**equal, **where.get("equal", {}), **fixed},
        at_least={**starts, **where.get("at_least", {})},
        below={**ends, **where.get("below", {})},
        contains={**{name: [asked[name]] for name in route.contains if name in asked}, **within},
        order=order.removeprefix("-") or None,
        descending=order.startswith("-"),
        cursor=asked.get("cursor"),
        limit=int(limit),
    )


def _where(route: Browse, asked: Mapping[str, str], day: dt.date) -> Mapping[str, Mapping[str, Any]]:
    if route.today is None or route.today.name not in asked:
        return {}
    if (value := asked[route.today.name]) not in route.today.values:
        raise problems.BAD_QUERY
    return route.today.where(value, day)


async def _headers(desk: Desk, reader: Reader, view: View) -> dict[str, str]:
    positions = await desk.positions(reader.congress, view)
    stands = ", ".join(f"{ledger}/{mark}" for ledger, mark in positions.items() if mark)
    return {"Mandate-Position": stands, "Cache-Control": "no-store"}
