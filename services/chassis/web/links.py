"""OpenAPI links: what one may ask next with what was answered, told by the routes themselves.

A command leads to the document of its thing, as of its own position; the document leads to the
commands on the thing, with the version that was seen; a receipt code leads to what it opens.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.web.acting import creates
from services.chassis.web.routes import Act, Look, Route

SEEN = {"Mandate-At-Least": "$response.header.Mandate-Position"}
VERSION = {"If-Match": "$response.header.ETag"}
Links = dict[str, dict[str, Any]]


def link(paths: Mapping[str, Mapping[str, Any]], routes: Sequence[Route]) -> None:
    """Write into each operation of `paths` the links of its good answers, by the operation they lead to."""
    found = links(routes)
    for operations in paths.values():
        for operation in operations.values():
            if operation["operationId"] in found:
                answers = operation["responses"]
                answers["201" if "201" in answers else "200"]["links"] = found[operation["operationId"]]


def links(routes: Sequence[Route]) -> dict[str, Links]:
    """Give the links of every operation that has some, by operationId."""
    found: dict[str, Links] = {}
    looks = [each for each in routes if isinstance(each, Look)]
    for act in (each for each in routes if isinstance(each, Act)):
        if act.code:
            found[act.operation] = _to(act.code, act.path, {"id": "$response.body#/code"} | SEEN)
            continue
        for look in looks:
            if f"{act.path}/".startswith(f"{look.path}/"):
                version = VERSION if look.view.etag and not creates(act) else {}
                found.setdefault(look.operation, {}).update(_to(act.operation, look.path, version))
                found[act.operation] = _to(look.operation, look.path, SEEN)
            elif creates(act) and look.path == f"{act.path}/{{id}}":
                found[act.operation] = _to(look.operation, act.path, {"id": "$response.body#/thing"} | SEEN)
    return found


def _to(operation: str, path: str, more: Mapping[str, str]) -> Links:
    """Give a link to an operation whose path shares the parameters of `path`."""
    same = {name: f"$request.path.{name}" for name in ("congress", *re.findall(r"{(\w+)}", path))}
    return {operation: {"operationId": operation, "parameters": same | dict(more)}}
