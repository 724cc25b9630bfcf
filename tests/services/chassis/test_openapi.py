"""What a service says of itself: names that stay, schemas that are there, statuses that come."""

import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.services import SERVICES
from services.chassis.shapes import Service
from services.chassis.web.openapi import document
from services.chassis.web.routes import Act, Browse
from tests.rulebook import HOUSE
from tests.services.chassis.front import front

FROZEN = HOUSE / "tests" / "gateway" / "operations.txt"
DOCUMENTS = {each.name: document(each) for each in SERVICES}
NAMES = pytest.mark.parametrize("service", SERVICES, ids=[each.name for each in SERVICES])


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give path, verb and operation of each."""
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def told() -> list[str]:
    """Give every operation of the house: service, operationId, verb, path."""
    return sorted(
        f"{name} {operation['operationId']} {verb.upper()} {path}"
        for name, described in DOCUMENTS.items()
        for path, verb, operation in operations(described)
    )


def test_operations_are_frozen() -> None:
    """Whoever wrote a client by these names and paths may keep it; new ones are written down."""
    assert told() == FROZEN.read_text("utf-8").splitlines()


def test_names_are_unique() -> None:
    """An operationId names one operation of the whole house."""
    counted = Counter(each.split()[1] for each in told())
    assert [name for name, count in counted.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in counted)


@NAMES
def test_every_route_is_described(service: Service) -> None:
    """No route is left out: commands, documents, lists, audits, the ledger with proofs and trail."""
    expected = 1
    for route in service.routes:
        expected += 2 if isinstance(route, Browse) else 1
    expected += 8 * any(isinstance(route, Act) for route in service.routes)
    described = list(operations(DOCUMENTS[service.name]))
    assert len(described) == expected
    ids = {operation["operationId"] for _, _, operation in described}
    assert {route.operation for route in service.routes} <= ids


@NAMES
def test_every_reference_leads_somewhere(service: Service) -> None:
    """Every `$ref` names a schema of the same document."""
    described = DOCUMENTS[service.name]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))
    assert named <= set(described["components"]["schemas"])
    assert "$defs" not in json.dumps(described)
    assert "ProblemBody" in named


@NAMES
def test_parameters_of_the_path(service: Service) -> None:
    """Every parameter in a path is described, and each name stands once in its place."""
    for path, _, operation in operations(DOCUMENTS[service.name]):
        parameters = operation["parameters"]
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        places = [(each["in"], each["name"]) for each in parameters]
        assert len(set(places)) == len(places)
        assert all("schema" in each for each in parameters)


@NAMES
def test_what_a_command_needs(service: Service) -> None:
    """A command needs a key and a body; a decision also the version that was seen."""
    decisions = {each.operation for each in service.routes if isinstance(each, Act) and each.decision}
    for _, verb, operation in operations(DOCUMENTS[service.name]):
        required = {each["name"] for each in operation["parameters"] if each["required"]}
        assert ("Idempotency-Key" in required) is (verb == "post")
        assert ("requestBody" in operation) is (verb == "post")
        assert ("If-Match" in required) is (operation["operationId"] in decisions)
        assert (operation["tags"], bool(operation["summary"])) == ([service.name], True)


@NAMES
def test_words_are_text(service: Service) -> None:
    """A command's words are described as the text they are, with their length."""
    schemas = DOCUMENTS[service.name]["components"]["schemas"]
    for route in service.routes:
        if isinstance(route, Act):
            schema = schemas[route.command.__name__]
            assert schema["additionalProperties"] is False
            assert schema.get("description") == inspect.getdoc(route.command)
    assert "Words" not in schemas


def test_limits_are_told() -> None:
    """A title has 120 characters, in the description too."""
    draft = DOCUMENTS["suggestions"]["components"]["schemas"]["Draft"]
    assert draft["properties"]["title"]["maxLength"] == 120
    assert draft["required"] == ["title", "text"]


async def test_the_document_is_served(tmp_path: Path) -> None:
    """A service gives its own document to whoever asks."""
    async with front(tmp_path) as door:
        answer = await door.client.get("/openapi.json")
    assert answer.json() == json.loads(json.dumps(DOCUMENTS["suggestions"]))
    assert answer.json()["openapi"] == "3.1.0"
