"""How a no leaves the house: one form, one status for each kind, a code that stays."""

import json
import traceback

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from events.catalogue.vocabulary import Basis
from services.chassis import problems
from services.chassis.problems import Problem, misshapen, refused
from services.chassis.shapes import Refusal
from services.chassis.web.app import handle_problems
from services.chassis.web.schemas import PROBLEMS
from services.suggestions.suggestion.commands import Draft

ALL = {name: each for name, each in vars(problems).items() if isinstance(each, Problem)}
TABLE = {
    "UNREADABLE": 400, "BAD_KEY": 400, "BAD_HEADER": 400, "WHO": 401, "NOT_YOURS": 403, "ABSENT": 404,
    "NOT_ALLOWED": 405, "ERASED": 409, "STALE": 412, "TOO_LARGE": 413, "BAD_QUERY": 422,
    "ELSEWHERE": 422, "KEY_REUSED": 422, "NEEDS_MATCH": 428, "TOO_OFTEN": 429, "BROKEN": 500, "BEHIND": 503,
    "REFERENCES_BEHIND": 503, "PROOF_BEHIND": 503, "FULL": 503, "AWAY": 503,
}  # fmt: skip


def test_the_table_of_statuses() -> None:
    """Each no of the machinery has its status; whoever adds one writes it down here."""
    assert {name: each.status for name, each in ALL.items()} == TABLE
    assert set(TABLE.values()) - set(PROBLEMS) == {405, 500}


@pytest.mark.parametrize("problem", ALL.values(), ids=ALL)
def test_the_form_of_a_problem(problem: Problem) -> None:
    """RFC 9457: type, title (中文), detail (English), status, code; its media type."""
    answer = problem.answer()
    body = json.loads(bytes(answer.body))
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["type"]) == (problem.status, f"/problems/{problem.code}")
    assert body["title"].endswith("。")
    assert body["detail"].endswith(".")
    assert not {"basis", "errors"} & set(body)
    assert [each.code for each in ALL.values()].count(problem.code) == 1


@pytest.mark.parametrize("problem", ALL.values(), ids=ALL)
def test_come_again(problem: Problem) -> None:
    """Whoever may come again hears when: every 429 and 503, and no other."""
    header = problem.answer().headers.get("retry-after")
    assert (header is not None) is (problem.status in {429, 503})


def test_a_no_lets_go_of_where_it_was_said() -> None:
    """A no is one value for the whole house: answered, it keeps no frame it was raised through."""
    for _ in range(3):
        with pytest.raises(Problem) as caught:
            busy()
        assert len(list(traceback.walk_tb(caught.value.__traceback__))) == 2
        problems.FULL.answer()
        assert (problems.FULL.__traceback__, problems.FULL.__cause__, problems.FULL.__context__) == (
            None,
        ) * 3


def busy() -> None:
    """Say that the house is busy, and why."""
    raise problems.FULL from ZeroDivisionError()


@pytest.mark.parametrize(("kind", "status"), [("rule", 409), ("not-yours", 403), ("absent", 404)])
def test_a_dutys_no(kind: str, status: int) -> None:
    """A rule says 409, what is not yours 403, what is not there 404."""
    problem = refused(Refusal("no-such", "没有。", "None.", kind=kind))  # type: ignore[arg-type]
    assert (problem.status, problem.code, problem.body()["title"]) == (status, "no-such", "没有。")


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        (None, None), ("代表法 第五十一条", "代表法 第五十一条"),
        (Basis(law="代表法", version="2025年修正", article="第五十一条"), "代表法（2025年修正）第五十一条"),
    ],
)  # fmt: skip
def test_a_no_with_its_article(basis: Basis | str | None, told: str | None) -> None:
    """A no that stands on an article names law, version and article."""
    assert refused(Refusal("x", "没有。", "None.", basis)).body().get("basis") == told


def test_faults_of_fields() -> None:
    """A wrong shape names its fields and faults, and repeats nothing that was sent."""
    with pytest.raises(ValidationError) as caught:
        Draft.model_validate_json('{"title":"' + "秘" * 121 + '","lead":"秘密"}')
    problem = misshapen(caught.value)
    faults = {each["field"]: each["fault"] for each in problem.errors}
    assert faults == {"title": "string_too_long", "text": "missing", "lead": "extra_forbidden"}
    assert (problem.status, problem.code) == (422, "wrong-shape")
    assert "秘" not in json.dumps(problem.body(), ensure_ascii=False)


async def test_what_breaks_tells_nothing() -> None:
    """What broke answers 500 without saying what; problems pass as they are."""
    app = FastAPI()
    handle_problems(app)

    async def broken(_request: Request) -> Response:
        raise ZeroDivisionError("密码")

    async def busy(_request: Request) -> Response:
        raise problems.FULL

    app.add_route("/broken", broken)
    app.add_route("/busy", busy)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://service") as client:
        answers = [await client.get(path) for path in ("/broken", "/busy", "/nowhere")]
    assert [each.json()["code"] for each in answers] == ["broken", "full", "not-found"]
    assert [each.status_code for each in answers] == [500, 503, 404]
    assert "密码" not in answers[0].text
