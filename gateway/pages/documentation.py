"""For those who build on it: the API's documentation, and every part of a page in every state."""

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, Response

from gateway.pages import styleguide
from gateway.pages.framing import Page, Route
from gateway.policy import EVERYBODY
from services.chassis import problems

Schema = Mapping[str, Any]
REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
FORMATS = {"date": "2025-05-20", "date-time": "2025-05-20T09:00:00+08:00"}
STANDING_FOR = {"Idempotency-Key": "$(uuidgen)", "If-Match": '\\"1\\"'}
"""What a command line gives for the headers that a command cannot do without."""


async def api(page: Page) -> Response:
    """List the API's operations by service, or with `operation` in the query describe one."""
    document = page.request.app.state.openapi()
    found = {each["operationId"]: each for each in operations(document)}
    if (asked := page.request.query_params.get("operation")) is None:
        services = [
            (tag["description"], [each for each in found.values() if tag["name"] in each["tags"]])
            for tag in document["tags"]
        ]
        return page.render("documentation/api.html", services=services, everybody=EVERYBODY)
    if asked not in found:
        raise problems.ABSENT
    operation, schemas = found[asked], document["components"]["schemas"]
    return page.render(
        "documentation/operation.html",
        operation=operation,
        everybody=EVERYBODY,
        shapes={name: schemas[name] for name in reached(operation, schemas)},
        call=call(operation, schemas),
    )


def operations(document: Schema) -> list[dict[str, Any]]:
    """Give every operation of a document with its method and path."""
    return [
        {"method": method.upper(), "path": path, **each}
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]


def reached(part: object, schemas: Schema) -> list[str]:
    """Name the schemas that a part of the document speaks of, each before those it speaks of itself."""
    found = list(dict.fromkeys(REFERENCE.findall(json.dumps(part))))
    for name in found:  # grows while it is read
        found += sorted(set(REFERENCE.findall(json.dumps(schemas[name]))) - set(found))
    return found


def call(operation: Schema, schemas: Schema) -> str:
    """Give the operation as a command line: the path's parameters, house and token are shell variables."""
    needed = [each for each in operation["parameters"] if each["required"]]
    query = "&".join(
        f"{each['name']}={sample(each['schema'], schemas)}" for each in needed if each["in"] == "query"
    )
    address = re.sub(r"{(\w+)}", r"$\1", operation["path"]) + (f"?{query}" if query else "")
    lines = [f'curl "$house{address}"']
    if {} not in operation["security"]:
        lines.append('-H "Authorization: Bearer $token"')
    names = [each["name"] for each in needed if each["in"] == "header"]
    lines += [f'-H "{name}: {STANDING_FOR[name]}"' for name in names]
    if "requestBody" in operation:
        body = sample(operation["requestBody"]["content"]["application/json"]["schema"], schemas)
        said = json.dumps(body, ensure_ascii=False, indent=2)
        lines += ['-H "Content-Type: application/json"', f"-d '{said}'"]
    return " \\\n  ".join(lines)


def sample(schema: Schema, schemas: Schema) -> Any:  # noqa: ANN401 - any JSON
    """Give an example of what a schema allows, with the required fields alone."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    kind = str(schema.get("type"))
    if kind == "object":
        return {name: sample(schema["properties"][name], schemas) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(schema["items"], schemas)]
    plain = {"integer": schema.get("minimum", 1), "boolean": False}
    return plain.get(kind, FORMATS.get(schema.get("format", ""), "…"))


async def parts(page: Page) -> Response:
    """Show the style guide."""
    elder = page.request.cookies.get("mandate-elder") == "1"
    html = styleguide.page(page.front.rendering, page.visitor.language, elder=elder)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


ROUTES = (
    Route("/api/docs", api, EVERYBODY),
    Route("/styleguide", parts, EVERYBODY),
)
