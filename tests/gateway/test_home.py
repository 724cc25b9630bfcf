from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.responses import Response

from gateway.pages.case_told import case_told
from gateway.pages.framing import Page
from gateway.pages.home import home
from gateway.pages.queues import row
from gateway.rendering import Rendering
from tests.gateway.test_next_step import STATUTORY, handled

ROOM = Rendering()
SAID = "不属本单位职责，应由水务部门办理。"
ASKED = {
    "what": "suggestion.return-requested.v1", "when": "2025-03-03T01:00:00Z", "actor": "unit/zhao",
    "at": "suggestions/630200/9", "facts": {"unit": "housing", "reason": {"record": "r1", "text": SAID}},
}  # fmt: skip


class Reading:
    """Somebody's page, as far as home needs one: what a service lists, and what is shown of it."""

    house, request = {"today": "2025-05-20"}, SimpleNamespace(query_params={})

    def __init__(self, role: str, holds: str | None, *cases: dict[str, Any]) -> None:
        self.role, self.holding, self.cases = role, (role, holds), cases
        self.visitor = SimpleNamespace(language="zh")
        self.front = SimpleNamespace(rendering=ROOM, operations=SimpleNamespace(by_id={}))
        self.as_of = ""
        self.shown: dict[str, Any] = {}

    async def get(self, operation: str, **_query: str) -> dict[str, Any]:
        return {"items": self.cases if operation == "listSuggestions" else (), "cursor": None}

    def render(self, _template: str, **context: Any) -> Response:  # noqa: ANN401 - as the page's own
        self.shown = context
        return Response()


def case(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a document
    """A case as its list has it."""
    handlers = {"housing": {"unit": "housing", "name": "市住建局", "part": "sole", "received": "2025-02-28"}}
    handlers["housing"] |= more.pop("work", {})
    return {**handled(**more), "id": f"suggestion/{name}", "handlers": handlers, "due": "2025-05-27"}


async def test_what_waits_for_others_is_not_counted() -> None:
    """退办待决定的，等代表工作机构决定：照样列出，不算等本单位办理"""
    returned = case("s1", stage="return_requested", work={"returning": True})
    page = Reading("unit", "unit/housing", returned, case("s2"))
    await home(cast("Page", page))
    assert [each.name for each in page.shown["sections"]] == ["handle", "returning"]
    assert page.shown["count"] == 1
    alone = Reading("unit", "unit/housing", returned)
    await home(cast("Page", alone))
    assert (alone.shown["count"], len(alone.shown["sections"])) == (0, 1)


def test_a_list_says_working_days() -> None:
    """列表和看板说同样的工作日数；没有在办的，不说"""
    say = partial(ROOM.words.say, "zh")
    listed = case("s1", days_left=5)
    listed.pop("statutory")
    step = cast("Any", SimpleNamespace(what="reply", mine=True, who="unit"))
    assert (row(listed, step, say)["due"], row(listed, step, say)["left"]) == ("2025-05-27", 5)
    over = {**listed, "stage": "replied"}
    assert (row(over, step, say)["due"], row(over, step, say)["left"]) == (None, None)


@pytest.mark.parametrize(("text", "read"), [(SAID, SAID), (None, None)])
def test_the_reason_stands_beside_the_decision(text: str | None, read: str | None) -> None:
    """决定是否同意退办时，看得到单位所说的理由；已删除的，说明已删除"""
    asked = {**ASKED, "facts": {"unit": "housing", "reason": {"record": "r1", "text": text}}}
    first = {**ASKED, "facts": {"unit": "housing", "reason": {"record": "r0", "text": "上一次的理由"}}}
    returned = case("s1", stage="return_requested", work={"returning": True}, story=[first, asked])
    told = case_told(cast("Page", Reading("staff", None)), returned)
    assert told["step"].forms == ("approveReturn", "refuseReturn")
    assert told["reasons"] == [("市住建局", read)]


def test_a_case_says_working_days_of_every_date() -> None:
    """一件建议的每个日期，都说同样算法的工作日数"""
    contact_by = {"step": "first_contact", "start": "2025-02-27", "due": "2025-05-23", "days_left": 3}
    found = case(
        "s1", statutory={**STATUTORY, "days_left": 5}, dates={"contact_by": contact_by}, story=[],
    )  # fmt: skip
    told = case_told(cast("Page", Reading("unit", "unit/housing")), found)
    assert (told["step"].left, told["running"]["days_left"]) == (3, 5)
    assert [each["left"] for each in told["beside"]] == [5]
