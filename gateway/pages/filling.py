"""Forms as they come back: read, proved to be ours, and made into a command's body."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.front import Front
from gateway.limits import Kind
from gateway.pages.framing import Page
from services.chassis import problems
from services.chassis.problems import Problem

LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
"""What a browser sends for a date with its hour."""
DIGITS, DEPTH = 16, 4
"""How long a number and how deep a field's name may be in a form."""


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
    values = {
        name: value.replace("\r\n", "\n") for name, value in form.multi_items() if isinstance(value, str)
    }
    if not page.front.sessions.forms.csrf_holds(page.visitor, values.pop("csrf", "")):
        raise problems.UNREADABLE
    return values


def body_of(
    values: Mapping[str, str], schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the request body that a form's fields are, by the command's JSON Schema.

    `handlers.0.unit` names a field of an item; items and fields left blank are absent.

    Raises:
        Problem: 400 when one name is a value and the beginning of another name.

    """
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        if len(path) > DEPTH:
            raise problems.UNREADABLE
        node = tree
        for step in path:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise problems.UNREADABLE
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
        order = sorted(value, key=lambda at: (len(at), at))
        items = [_typed(value[at], schema["items"], schemas) for at in order]
        return [each for each in items if each]
    if kind == "object" and isinstance(value, dict):
        parts = schema.get("properties", {})
        return {name: _typed(each, parts[name], schemas) for name, each in value.items() if name in parts}
    return _scalar(value, schema) if isinstance(value, str) else value


def _scalar(value: str, schema: Mapping[str, Any]) -> object:
    kind = schema.get("type")
    if kind == "integer" and value.strip().isdecimal() and len(value) <= DIGITS:
        return int(value)
    if kind == "boolean":
        return value in {"on", "true", "1", "yes"}
    if schema.get("format") == "date-time" and LOCAL.fullmatch(value):
        return f"{value}:00+08:00"  # a browser's clock shows the legal time here
    return value


def command_schema(front: Front, operation: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give an operation's request schema and the schemas it may refer to."""
    found = front.operations.by_id[operation]
    schemas = front.operations.documents[found.service]["components"]["schemas"]
    reference = found.document["requestBody"]["content"]["application/json"]["schema"]
    return schemas[reference["$ref"].rpartition("/")[2]], schemas
