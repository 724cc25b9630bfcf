"""What the OpenAPI documents share: schemas of shapes, problems, headers."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import TypeAdapter

from services.chassis.problems import ProblemBody
from services.chassis.shapes import Command
from services.chassis.web import moments, reading
from services.chassis.web.acting import Decided
from services.chassis.web.routes import Act, Answer, Route
from services.chassis.words import FORBIDDEN, SPOKEN, AtMost

REF = "#/components/schemas/{model}"
IDENTIFIER = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}
CONGRESS = {"type": "string", "pattern": "^[0-9]{6}([0-9]{3})?$"}
PROBLEMS = {
    400: "not readable", 401: "who are you", 403: "not yours to do", 404: "absent, or not yours to know",
    409: "a rule says no", 410: "before the first entry", 412: "stale ETag", 413: "too large",
    422: "wrong shape, or key reused", 428: "If-Match is demanded", 429: "too often",
    503: "behind or full",
}  # fmt: skip
READ_PROBLEMS = (400, 401, 403, 404, 422, 429, 503)


def reference(shape: type) -> dict[str, Any]:
    """Name the schema of a shape."""
    return {"$ref": REF.format(model=shape.__name__)}


def components(routes: Sequence[Route]) -> dict[str, Any]:
    """Give the schema of every shape that the routes use, by name."""
    shapes: dict[Any, Any] = {ProblemBody: ProblemBody, Decided: Decided}
    for route in routes:
        shape = (
            route.command
            if isinstance(route, Act)
            else route.shape
            if isinstance(route, Answer)
            else route.view.shape
        )
        shapes[shape] = shape
    inputs = [(name, "validation", TypeAdapter(shape)) for name, shape in shapes.items()]
    found, rest = TypeAdapter.json_schemas(inputs, ref_template=REF)  # type: ignore[arg-type]
    definitions = dict(rest.get("$defs", {}))
    definitions |= {shape.__name__: each for (shape, _), each in found.items() if "$ref" not in each}
    for command in (route.command for route in routes if isinstance(route, Act)):
        _said(command, definitions[command.__name__]["properties"] if command.model_fields else {})
        _cleaned(definitions[command.__name__], definitions)
    return definitions


def _said(command: type[Command], properties: dict[str, Any]) -> None:
    """Say of a command's words that there must be some."""
    for name, field in command.model_fields.items():
        parts = (field, *get_args(field.annotation))
        if any(isinstance(mark, AtMost) for part in parts for mark in _marks(part)):
            part = properties[name]
            part.get("anyOf", [part])[0]["pattern"] = SPOKEN


def _marks(part: Any) -> Sequence[object]:  # noqa: ANN401 - a field, or a type in a union
    return tuple(getattr(part, "metadata", ()) or getattr(part, "__metadata__", ()))


def _cleaned(schema: Any, definitions: dict[str, Any]) -> None:  # noqa: ANN401 - any part of a schema
    """Say of every text in a command, however deep, which characters it may have."""
    for each in schema if isinstance(schema, list) else ():
        _cleaned(each, definitions)
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        _cleaned(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const", "format"}:
        schema["pattern"] = f"^[^{FORBIDDEN}]*$"
    for name in ("properties", "anyOf", "items", "additionalProperties"):
        part = schema.get(name)
        _cleaned(list(part.values()) if name == "properties" and part else part, definitions)


def problem_answers(statuses: Sequence[int]) -> dict[str, Any]:
    """Declare the problems that an operation may answer."""
    content = {"application/problem+json": {"schema": reference(ProblemBody)}}
    return {str(each): {"description": PROBLEMS[each], "content": content} for each in statuses}


def header(name: str, schema: dict[str, Any], *, required: bool, description: str) -> dict[str, Any]:
    """Declare a request header."""
    return {"name": name, "in": "header", "required": required, "schema": schema, "description": description}


STAMPS = {
    "ETag": ("The version of the thing, for If-Match", '^"[0-9]{1,10}"$'),
    "Mandate-Position": ("What the answer stands on, for Mandate-At-Least", "^[a-z0-9/, ]*$"),
}


def stamps(*names: str) -> dict[str, Any]:
    """Declare headers that an answer always has."""
    return {
        name: {
            "description": STAMPS[name][0],
            "required": True,
            "schema": {"type": "string", "pattern": STAMPS[name][1]},
        }
        for name in names
    }


def done(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Declare the answer to a command that was done."""
    return {
        "description": "durable",
        "headers": stamps("ETag", "Mandate-Position"),
        "content": {"application/json": {"schema": schema}},
    }


POSITION = reading.POSITION.pattern
AT_LEAST = header(
    "Mandate-At-Least", {"type": "string", "pattern": f"^({POSITION}( *, *{POSITION})*)?$"},
    required=False,
    description="Positions in this congress's ledgers that the answer must have seen, comma-separated",
)  # fmt: skip

GONE = 410
MOMENT = (
    {
        "name": moments.AS_OF, "in": "query", "required": False,
        "schema": {"type": "string", "pattern": moments.PATTERN, "maxLength": moments.LONGEST},
        "description": "Answer as of the end of a legal day, of an instant, or of positions in ledgers",
    },
    header(
        moments.ACCEPT, {"type": "string", "pattern": f"^{moments.HTTP_DATE.pattern}$"},
        required=False, description="Answer as of this instant (RFC 7089); as_of counts before it",
    ),
)  # fmt: skip
