"""Requests that are sound: paths with real ids, bodies made from the OpenAPI's own schemas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy import adoption

DAY, INSTANT = "2025-05-20", "2025-06-20T09:00:00+08:00"
PARTS = {"level": "0", "tile": "000.p/1", "sequence": "1"}
"""What of a path is no id: every ledger has a first entry."""
MOMENTS = {
    "as_of": ["2025-04-01", "2025-05-06T09:00:00+08:00", "suggestions/630200/947"],
    "Accept-Datetime": ["Tue, 01 Apr 2025 15:59:59 GMT"],
}
"""What may be asked for of the past: each a state that the example was in."""
WORDS = "示例：请把路灯修好"


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the house's OpenAPI."""

    id: str
    method: str
    path: str
    roles: frozenset[str]
    document: Mapping[str, Any]

    @property
    def kind(self) -> str | None:
        """Name the kind of thing whose id is in the path, if there is one."""
        parts = self.path.split("/")
        return parts[parts.index("{id}") - 1] if "{id}" in parts else None

    @property
    def public(self) -> bool:
        """Tell whether everybody may ask."""
        return "citizen" in self.roles

    def demands(self, things: Mapping[str, str]) -> Mapping[str, str]:
        """Give the query that the operation cannot do without: what is asked about, else the first choice."""
        needed = [each for each in self.document["parameters"] if each["in"] == "query" and each["required"]]
        about = {"about": f"person/{things['people']}"}
        return {
            name: about.get(name) or each["schema"]["enum"][0] for each in needed for name in (each["name"],)
        }

    def at(self, congress: str, things: Mapping[str, str]) -> str:
        """Give the path in a congress, with a real id and the query it needs."""
        path = self.path.replace("{congress}", congress)
        for name, part in PARTS.items():
            path = path.replace(f"{{{name}}}", part)
        path = path.replace("{id}", things[self.kind] if self.kind else "")
        asked = "&".join(f"{name}={value}" for name, value in self.demands(things).items())
        return f"{path}?{asked}" if asked else path


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Give every operation of a merged document."""
    for path, methods in document["paths"].items():
        for method, each in methods.items():
            yield Operation(each["operationId"], method.upper(), path, frozenset(each["x-roles"]), each)


def known(congress: str, things: Mapping[str, str]) -> dict[str, Any]:
    """Give the values that fields of these names have in sound bodies of a congress."""
    district = congress == "630202"
    mandate = f"mandate/{things['mandates']}"
    return {
        "mandate": mandate, "addressed_to": mandate, "station": things["stations"],
        "unit": "ledu-housing" if district else "housing",
        "successor": "ledu-housing" if district else "health",
        "course": f"course/{things['courses']}", "person": things["people"], "term": 3,
        "electorate": "nianbo-1" if district else "pingan",
        "rulebook": adoption.rulebooks()[0].model_dump(mode="json"),
        "calendar": adoption.calendars()[0].model_dump(mode="json"),
    }  # fmt: skip


def body(operation: Operation, document: Mapping[str, Any], values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Give a sound body of a command: what is required, by name or else by shape."""
    schema = operation.document["requestBody"]["content"]["application/json"]["schema"]
    return value(schema, document["components"]["schemas"], values)


def value(schema: Mapping[str, Any], schemas: Mapping[str, Any], values: Mapping[str, Any]) -> Any:  # noqa: ANN401, PLR0911
    """Give something that a schema allows."""
    if "$ref" in schema:
        return value(schemas[schema["$ref"].rpartition("/")[2]], schemas, values)
    if "anyOf" in schema:
        return value(schema["anyOf"][0], schemas, values)
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            parts, needed = schema.get("properties", {}), schema.get("required", ())
            return {
                name: values[name] if name in values else value(parts[name], schemas, values)
                for name in needed
            }
        case "array":
            return [value(schema["items"], schemas, values)] * schema.get("minItems", 0)
        case "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            return {"date": DAY, "date-time": INSTANT}.get(schema.get("format", ""), WORDS)
