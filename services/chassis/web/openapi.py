"""The OpenAPI 3.1 document of a service, made from its routes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.chassis.problems import NEEDS_MATCH
from services.chassis.shapes import Service
from services.chassis.web import auditing
from services.chassis.web.acting import Decided, creates
from services.chassis.web.ledgers import ENTRIES, HEADS, QUERY
from services.chassis.web.links import link
from services.chassis.web.looking import browse_parameters, filters
from services.chassis.web.proven import PARTS, proven
from services.chassis.web.routes import Act, Answer, Browse, Look, Route
from services.chassis.web.schemas import (
    AT_LEAST,
    CONGRESS,
    GONE,
    IDENTIFIER,
    MOMENT,
    PROBLEMS,
    READ_PROBLEMS,
    components,
    done,
    header,
    problem_answers,
    reference,
    stamps,
)
from services.chassis.words import FORBIDDEN

Paths = dict[str, dict[str, Any]]
"""What an OpenAPI document says of each path, by method."""


def document(service: Service) -> dict[str, Any]:
    """Give the whole document; operationIds are frozen by a test."""
    return {
        "openapi": "3.1.0",
        "info": {"title": service.title, "version": "1"},
        "paths": operations(service),
        "components": {"schemas": components(service.routes)},
    }


def operations(service: Service) -> Paths:
    """Give its paths alone: schemas take long, and are wanted only where somebody reads them."""
    routes: Sequence[Route] = service.routes
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        told = {"post": _act(route)} if isinstance(route, Act) else {"get": _read(route)}
        paths.setdefault("/{congress}" + route.path, {}).update(told)
        if isinstance(route, Browse):
            paths["/{congress}" + route.path + "/tally"] = {"get": _tally(route)}
    if publishes := any(isinstance(route, Act) for route in routes):
        paths |= _ledgers(service)
    paths |= auditing.paths(service.name, _plain, publishes=publishes)
    for path, operations in paths.items():
        for operation in operations.values():
            operation["tags"] = [service.name]
            operation["parameters"] = [*_path_parameters(path), *operation.get("parameters", ())]
    link(paths, routes)
    return paths


def _ledgers(service: Service) -> dict[str, dict[str, Any]]:
    ledgers, paths = f"/{{congress}}/ledgers/{service.name}", dict[str, dict[str, Any]]()
    paths[ledgers] = {
        "get": _plain(
            f"read{service.name.title()}Ledger",
            "Entries of the ledger as stored",
            ENTRIES,
            QUERY,
        )
    }
    paths[f"{ledgers}/head"] = {
        "get": _plain(f"read{service.name.title()}Head", "Where the ledger stands", HEADS)
    }
    return paths | proven(service.name, ledgers)


def _act(route: Act) -> dict[str, Any]:
    parameters = [
        header("Idempotency-Key", {"type": "string", "pattern": "^[\\x21-\\x7e]{16,128}$"},
                required=True, description="The same key for the same request gets the first answer"),
        AT_LEAST,
    ]  # fmt: skip
    if not creates(route):
        etag = {"type": "string", "pattern": '^"[0-9]{1,10}"$'}
        parameters.append(
            header("If-Match", etag, required=route.decision, description="The ETag of what was seen")
        )
    never = {GONE} if route.decision else {GONE, NEEDS_MATCH.status}
    noes = tuple(each for each in PROBLEMS if each not in never)
    body = {"application/json": {"schema": reference(route.command)}}
    return {
        "operationId": route.operation,
        "summary": route.summary,
        "description": (route.command.__doc__ or "").strip(),
        "parameters": parameters,
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": done(reference(Decided)),
            **({"201": done(reference(Decided))} if creates(route) else {}),
            **problem_answers(noes),
        },
    }


def _read(route: Look | Browse | Answer) -> dict[str, Any]:
    if isinstance(route, Answer):
        schema, names = (
            reference(route.shape),
            {name: {"type": "string", "pattern": pattern} for name, pattern in route.query.items()},
        )
    else:
        schema, names = reference(route.view.shape), {}
    if isinstance(route, Browse):
        items = {"type": "array", "items": schema}
        schema = {
            "type": "object",
            "properties": {"items": items, "cursor": {"type": ["string", "null"]}},
            "required": ["items", "cursor"],
        }
        names = _browse_schemas(route)
    operation = _plain(route.operation, route.summary, schema)
    operation["responses"] |= problem_answers((GONE,))
    operation["parameters"] = [*_query(names), AT_LEAST, *MOMENT]
    if not isinstance(route, Answer):
        etag = ("ETag",) if isinstance(route, Look) and route.view.etag else ()
        operation["responses"]["200"]["headers"] = stamps(*etag, "Mandate-Position")
    return operation


def _browse_schemas(route: Browse) -> dict[str, Any]:
    special: dict[str, Any] = {
        "order": {
            "type": "string",
            "enum": [sign + each.lstrip("-") for each in route.orders for sign in ("", "-")],
        },
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    }
    if route.today:
        special[route.today.name] = {"type": "string", "enum": list(route.today.values)}
    if not route.orders:
        special["order"] = {"type": "string", "enum": [""]}
    text = {"type": "string", "maxLength": 400, "pattern": f"^[^\\x09\\x0a{FORBIDDEN}]*$"}
    return {name: special.get(name, text) for name in browse_parameters(route) if name != "cursor"} | {
        "cursor": {"type": "string", "maxLength": 400}
    }


def _tally(route: Browse) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {"value": {}, "count": {"type": "integer"}},
        "required": ["value", "count"],
    }
    schema = {
        "type": "object",
        "properties": {"by": {"type": "string"}, "rows": {"type": "array", "items": row}},
    }
    operation = _plain(f"{route.operation}Tally", f"{route.summary}: counts by one field", schema)
    fields = {"type": "string", "enum": [*route.equal, *route.contains]}
    by = {"name": "by", "in": "query", "required": True, "schema": fields}
    narrowing = {name: each for name, each in _browse_schemas(route).items() if name in filters(route)}
    operation["parameters"] = [by, *_query(narrowing), AT_LEAST, *MOMENT]
    operation["responses"] |= problem_answers((GONE,))
    return operation


def _query(schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "schema": each} for name, each in schemas.items()
    ]


def _plain(
    operation: str, summary: str, schema: dict[str, Any], query: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": _query(query),
        "responses": {
            "200": {"description": "what stands", "content": {"application/json": {"schema": schema}}},
            **problem_answers(READ_PROBLEMS),
        },
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    shapes = {"congress": CONGRESS, **PARTS}
    return [
        {"name": name, "in": "path", "required": True, "schema": shapes.get(name, IDENTIFIER)}
        for name in names
    ]
