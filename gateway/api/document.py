"""The house's OpenAPI 3.1, merged from the services' own documents."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.policy import CITIZEN, permitted

BASE = "/api/v1"
HEX = "[0-9a-fA-F]"
UUID = f"{HEX}{{8}}-{HEX}{{4}}-[47]{HEX}{{3}}-[89abAB]{HEX}{{3}}-{HEX}{{12}}"
ABOUT = """履职 Mandate: the work of people's congress deputies, as one API.

Every command needs an `Idempotency-Key` of its own; the same key for the same request gets
the first answer again. A 2xx is durable. A no is an RFC 9457 problem whose `code` is stable.
"""


def merged(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give one document; a name that two services give to two shapes gets the service's before it.

    What nobody may ask for at the gateway is not told.

    Raises:
        ValueError: when two services give one operationId.

    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    seen: set[str] = set()
    for document in _distinct(documents):
        schemas |= document["components"]["schemas"]
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if not permitted(operation["operationId"]):
                    continue
                if operation["operationId"] in seen:
                    raise ValueError(f"two operations are called {operation['operationId']}")
                seen.add(operation["operationId"])
                paths.setdefault(BASE + path, {})[method] = _secured(operation)
    bearer = {"type": "http", "scheme": "bearer", "description": "An API token, `mdt_…`"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "履职 Mandate", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": each["info"]["title"]} for name, each in documents.items()],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"token": bearer}},
    }


def _distinct(documents: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    shapes: dict[str, set[str]] = {}
    for document in documents.values():
        for name, schema in document["components"]["schemas"].items():
            shapes.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    clashing = {name for name, each in shapes.items() if len(each) > 1}
    return [_renamed(service, document, clashing) for service, document in documents.items()]


def _renamed(service: str, document: Mapping[str, Any], clashing: set[str]) -> dict[str, Any]:
    text = json.dumps(document)
    for name in clashing:
        text = text.replace(
            f'"#/components/schemas/{name}"', f'"#/components/schemas/{service.title()}{name}"'
        )
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    for name in clashing & schemas.keys():
        schemas[f"{service.title()}{name}"] = schemas.pop(name)
    return renamed


def _secured(operation: Mapping[str, Any]) -> dict[str, Any]:
    roles = permitted(operation["operationId"])
    needed: list[dict[str, list[str]]] = [{"token": []}, {}] if CITIZEN in roles else [{"token": []}]
    parameters = [_unguessable(each) if CITIZEN in roles else each for each in operation["parameters"]]
    return {
        **operation,
        "parameters": parameters,
        "responses": {status: _passable(each, roles) for status, each in operation["responses"].items()},
        "security": needed,
        "x-roles": sorted(roles),
    }


def _passable(answer: Mapping[str, Any], roles: frozenset[str]) -> Mapping[str, Any]:
    """Leave out links that nobody who got the answer may follow."""
    if "links" not in answer:
        return answer
    links = {each: link for each, link in answer["links"].items() if permitted(link["operationId"]) & roles}
    return {**answer, "links": links}


def _unguessable(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask for a random UUID as the key of what strangers may do."""
    if parameter["name"] != "Idempotency-Key":
        return parameter
    return {**parameter, "schema": {"type": "string", "pattern": f"^{UUID}$"}}
