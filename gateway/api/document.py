"""The house's OpenAPI 3.1, merged from the services' own documents."""

from collections.abc import Mapping
from typing import Any

from gateway.policy import CITIZEN, permitted

BASE = "/api/v1"
ABOUT = """履职 Mandate: the work of people's congress deputies, as one API.

Every command needs an `Idempotency-Key` of its own; the same key for the same request gets
the first answer again. A 2xx is durable. A no is an RFC 9457 problem whose `code` is stable.
"""


def merged(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give one document; equal names of different services must mean the same schema.

    Raises:
        ValueError: when two services give one name to two shapes, or one operationId twice.

    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    seen: set[str] = set()
    for document in documents.values():
        for name, schema in document["components"]["schemas"].items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two schemas are called {name}")
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] in seen:
                    raise ValueError(f"two operations are called {operation['operationId']}")
                seen.add(operation["operationId"])
                paths.setdefault(BASE + path, {})[method] = _secured(operation)
    bearer = {"type": "http", "scheme": "bearer", "description": "An API token, `mdt_…`"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "履职 Mandate", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"token": bearer}},
    }


def _secured(operation: Mapping[str, Any]) -> dict[str, Any]:
    roles = permitted(operation["operationId"])
    needed: list[dict[str, list[str]]] = [{"token": []}, {}] if CITIZEN in roles else [{"token": []}]
    return {**operation, "security": needed, "x-roles": sorted(roles)}
