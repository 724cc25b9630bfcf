"""What an answer leads to: links that the routes make, each with what the next request needs."""

import re

import pytest

from deploy.services import SERVICES
from gateway.api.document import merged
from services.chassis.shapes import Service
from services.chassis.web.openapi import document
from services.chassis.web.routes import Act
from tests.services.chassis.test_openapi import DOCUMENTS, operations

NAMES = pytest.mark.parametrize("service", SERVICES, ids=[each.name for each in SERVICES])
EXPRESSION = re.compile(r"\$request\.path\.(\w+)|\$response\.header\.([\w-]+)|\$response\.body#/(\w+)")


def test_a_new_thing_leads_to_its_document_and_that_to_its_commands() -> None:
    """Draft a suggestion, read it as of then, submit it as it was read."""
    told = {each["operationId"]: each["responses"] for _, _, each in operations(DOCUMENTS["suggestions"])}
    congress = {"congress": "$request.path.congress"}
    assert told["draftSuggestion"]["201"]["links"]["getSuggestion"]["parameters"] == congress | {
        "id": "$response.body#/thing",
        "Mandate-At-Least": "$response.header.Mandate-Position",
    }
    assert told["getSuggestion"]["200"]["links"]["submitSuggestion"]["parameters"] == congress | {
        "id": "$request.path.id",
        "If-Match": "$response.header.ETag",
    }


def test_a_receipt_code_leads_to_what_it_opens() -> None:
    """Whoever gave an opinion is led to his receipt, not to the opinion."""
    told = {each["operationId"]: each["responses"] for _, _, each in operations(DOCUMENTS["liaison"])}
    links = told["giveOpinion"]["201"]["links"]
    assert {name: each["parameters"]["id"] for name, each in links.items()} == {
        "getReceipt": "$response.body#/code"
    }


@NAMES
def test_every_link_can_be_followed(service: Service) -> None:
    """It names an operation, all that its path needs, and only what the two operations have."""
    described = DOCUMENTS[service.name]
    known = {each["operationId"]: each for _, _, each in operations(described)}
    decided = described["components"]["schemas"]["Decided"]["properties"]
    for operation in known.values():
        has = {each["name"] for each in operation["parameters"]}
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                target = {each["name"]: each["in"] for each in known[link["operationId"]]["parameters"]}
                needed = {name for name, place in target.items() if place == "path"}
                assert needed <= link["parameters"].keys() <= target.keys()
                found = [EXPRESSION.fullmatch(each) for each in link["parameters"].values()]
                for path, header, body in (each.groups() for each in found if each):
                    assert path in has or header in answer.get("headers", {}) or body in decided
                assert all(found)


@NAMES
def test_statuses_stand_where_they_can_come(service: Service) -> None:
    """428 where If-Match is demanded, 412 and 409 at every command, at no other operation."""
    decisions = {each.operation for each in service.routes if isinstance(each, Act) and each.decision}
    for _, verb, operation in operations(DOCUMENTS[service.name]):
        statuses = operation["responses"].keys()
        assert ("428" in statuses) is (operation["operationId"] in decisions)
        assert statuses >= {"409", "412", "413"} if verb == "post" else not statuses & {"409", "412", "413"}


def test_the_front_door_tells_no_link_that_nobody_may_follow() -> None:
    """Founding a congress is the operator's; admitting is not for who drafts."""
    told = {
        each["operationId"]: each["responses"]
        for _, _, each in operations(merged({service.name: document(service) for service in SERVICES}))
    }
    assert set(told["getCongress"]["200"]["links"]) > {"grantRole"}
    assert "foundCongress" not in told["getCongress"]["200"]["links"]
    assert told["openStation"]["201"]["links"].keys() == {"getStation"}
