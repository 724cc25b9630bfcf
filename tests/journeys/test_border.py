"""The border between two congresses, and between roles: every operation, by everybody.

The rows are generated from the house's own OpenAPI and page routes, so that what is added
later is tried too, and fails where nobody said who may ask for it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gateway.clients.port import Answer
from gateway.policy import PERMITTED, ROLES
from tests.journeys import sound
from tests.journeys.canaries import Canaries
from tests.journeys.sound import Operation
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit, Visitor

OPERATORS_OWN = {"foundCongress"}
UNSOUND = b'{"": 0}'
KEY = "3d0f2d53-7d5f-4bb1-8a43-0f6b1c5d7a{:02x}"
CONGRESSES = (CITY, DISTRICT)


def test_every_operation_has_a_row(visit: Visit) -> None:
    """What stands in no row is denied: an operation without a row, or a row without one, fails."""
    offered = {each["operationId"] for document in visit.house.front.operations.documents.values()
               for methods in document["paths"].values() for each in methods.values()}  # fmt: skip
    assert offered - PERMITTED.keys() == OPERATORS_OWN
    assert PERMITTED.keys() <= offered
    assert all(roles and roles <= {*ROLES, "citizen"} for roles in PERMITTED.values())
    assert {each.id for each in sound.operations(visit.document)} == PERMITTED.keys()


def rows(visit: Visit) -> Iterator[tuple[Operation, Visitor, str]]:
    """Give every operation as everybody would ask it of either congress."""
    for operation in sound.operations(visit.document):
        for who in visit.people:
            for congress in CONGRESSES:
                yield operation, who, congress


async def asked(visit: Visit, operation: Operation, who: Visitor, congress: str, *, stranger: bool) -> Answer:
    """Ask with a real id; a command by who must not with a sound body, by others with none."""
    path = operation.at(congress, visit.things[congress])
    if operation.method == "GET":
        return await visit.ask(who, "GET", path)
    values = sound.known(congress, visit.things[congress])
    body = sound.body(operation, visit.document, values) if stranger else UNSOUND
    return await visit.ask(
        who, "POST", path, body, idempotency_key=KEY.format(0), if_match='"1"'
    )  # fmt: skip


def expected(operation: Operation, who: Visitor, congress: str) -> set[int]:
    """Give the statuses that the table allows."""
    own = who.congress == congress and who.role in operation.roles
    if own or operation.public:
        return {200, 404} if operation.method == "GET" else {422}
    if who is NOBODY:
        return {401}
    return {403} if who.congress == congress else {404}


async def test_the_matrix(visit: Visit) -> None:
    """Who may, is let in; who may not in his own congress, 403; a stranger 404 or 401.

    Nothing that anybody was answered tells a word of the other congress, and nothing is written.
    """
    before, canaries = await visit.heads(), await Canaries.of(visit)
    wrong, let_in = [], Counter[str]()
    for operation, who, congress in rows(visit):
        allowed = expected(operation, who, congress)
        answer = await asked(visit, operation, who, congress, stranger=not allowed & {200, 422})
        if answer.status not in allowed:
            wrong.append(f"{operation.id} {congress} by {who}: {answer.status}, not {allowed}")
        if answer.status == 200:
            let_in[operation.id] += 1
        if told := canaries.told(answer, who, congress, public=operation.public):
            wrong.append(f"{operation.id} {congress} tells {who}: {told}")
    assert not wrong, "\n".join(wrong)
    reads = {each.id for each in sound.operations(visit.document) if each.method == "GET"}
    assert reads - let_in.keys() == set(), "nobody could read these"
    assert await visit.heads() == before


async def test_the_canaries_sing(visit: Visit) -> None:
    """The words that must not cross the border are told at home: their silence abroad says something."""
    canaries = await Canaries.of(visit)
    for congress in CONGRESSES:
        staff, heard = visit.who(congress, "staff"), set[str]()
        for path in ("people", "mandates", "suggestions", "opinions", "stations", "courses"):
            answer = await visit.ask(staff, "GET", f"/api/v1/{congress}/{path}?limit=100")
            heard |= set(canaries.told(answer, NOBODY, "", public=False))
        assert len(heard) > 15
        assert heard <= canaries.words[congress]


async def test_a_foreigner_sees_what_a_citizen_sees(visit: Visit) -> None:
    """What is public is the same for people of the other congress as for nobody."""
    for operation in sound.operations(visit.document):
        if not operation.public or operation.method != "GET":
            continue
        for congress in CONGRESSES:
            citizen = await asked(visit, operation, NOBODY, congress, stranger=False)
            for who in visit.people:
                if who.congress not in {congress, ""}:
                    answer = await asked(visit, operation, who, congress, stranger=False)
                    assert _shown(answer) == _shown(citizen), f"{operation.id} {congress} by {who}"


def _shown(answer: Answer) -> tuple[int, Any]:
    readable = (answer.header("content-type") or "").endswith("json")
    return answer.status, json.loads(answer.body) if readable else answer.body


async def test_a_foreign_id_does_not_exist_at_home(visit: Visit) -> None:
    """With an id of the other congress everybody finds nothing in his own: 404, never a thing."""
    before, wrong = await visit.heads(), []
    canaries = await Canaries.of(visit)
    for operation in (each for each in sound.operations(visit.document) if each.kind):
        for who in visit.people:
            if who.role not in operation.roles:
                continue
            other = DISTRICT if who.congress == CITY else CITY
            answer = await _smuggled(visit, operation, who, other)
            if answer.status != 404 or canaries.told(answer, who, who.congress, public=False):
                wrong.append(f"{operation.id} by {who}: {answer.status} {answer.body.decode()[:200]}")
    assert not wrong, "\n".join(wrong)
    assert await visit.heads() == before


async def _smuggled(visit: Visit, operation: Operation, who: Visitor, other: str) -> Answer:
    path = operation.at(who.congress, visit.things[other])
    if operation.method == "GET":
        return await visit.ask(who, "GET", path)
    body = sound.body(operation, visit.document, sound.known(other, visit.things[other]))
    return await visit.ask(who, "POST", path, body, idempotency_key=KEY.format(1), if_match='"0"')


async def test_one_acts_in_no_role_that_one_does_not_hold(visit: Visit) -> None:
    """`Mandate-Role` chooses among one's own roles; it gives none."""
    for who in visit.people:
        for role in ROLES:
            if not who.role or role == who.role:
                continue
            answer = await visit.ask(who, "GET", f"/api/v1/{who.congress}/people", mandate_role=role)
            assert answer.status == (200 if who.role in {"staff", "auditor"} else 403)
