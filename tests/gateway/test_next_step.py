from typing import Any

import pytest

from gateway.pages.next_step import next_step

LEAD, OTHER = "mandate/3-ma", "mandate/3-li"
STATUTORY = {"step": "reply", "start": "2025-02-27", "due": "2025-05-27"}


def case(stage: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a document
    """A case as its document is."""
    return {"stage": stage, "lead": LEAD, "title": {"text": "供热"}, "cosigners": {}, **more}


def handled(stage: str = "in_handling", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as `case`
    """A case with a main unit and a joint one, both of which signed for it."""
    work = {"unit": "housing", "part": "main", "received": "2025-02-28"}
    handlers = {"housing": work, "finance": {**work, "unit": "finance", "part": "joint"}}
    found = {"handlers": handlers, "contacts": {}, "replies": [], "ratings": [], "redo": 0}
    return case(stage, **{**found, "statutory": STATUTORY, **more})


def contact(*, confirmed: bool) -> dict[str, Any]:
    """One contact of the main unit."""
    return {"1": {"unit": "housing", "kind": "before", "confirmed": confirmed}}


def test_a_draft_without_words_waits_for_them() -> None:
    """提交前须写明标题和正文"""
    step = next_step({**case("drafted"), "title": None}, "deputy", LEAD)
    assert (step.what, step.forms, step.also) == ("write", ("reviseDraft",), ())


def test_the_lead_may_submit_while_others_have_not_answered() -> None:
    """只有本人确认的联名才计入"""
    draft = case("drafted", cosigners={OTHER: "invited"})
    assert next_step(draft, "deputy", LEAD).forms == ("submitSuggestion",)
    assert next_step(draft, "deputy", OTHER).forms == ("cosign", "declineCosign")
    assert next_step(case("drafted", cosigners={OTHER: "signed"}), "deputy", OTHER).forms == ()


@pytest.mark.parametrize(
    ("stage", "what", "forms"),
    [
        ("submitted", "review", ("admitSuggestion", "refuseAdmission")),
        ("admitted", "register", ("registerSuggestion",)),
        ("registered", "assign", ("assignSuggestion",)),
    ],
)
def test_the_office_reviews_registers_and_assigns(stage: str, what: str, forms: tuple[str, ...]) -> None:
    """审核、登记、交办由代表工作机构办理"""
    step = next_step(case(stage), "staff", None)
    assert (step.who, step.what, step.forms) == ("office", what, forms)
    assert not next_step(case(stage), "deputy", LEAD).mine


def test_a_unit_signs_then_meets_the_deputy_then_replies() -> None:
    """答复前须与代表联系沟通，并经代表确认"""
    unit = ("unit", "unit/housing")
    fresh = handled("assigned")
    fresh["handlers"]["housing"].pop("received")
    assert next_step(fresh, *unit).forms == ("receiveAssignment",)
    assert next_step(handled(), *unit).forms == ("recordContact",)
    asked = handled(contacts=contact(confirmed=False))
    assert (next_step(asked, *unit).who, next_step(asked, *unit).mine) == ("lead", False)
    assert next_step(asked, "deputy", LEAD).forms == ("confirmContact",)
    step = next_step(handled(contacts=contact(confirmed=True)), *unit)
    assert (step.forms, step.due) == (("replyToSuggestion",), "2025-05-27")


def test_only_units_that_must_reply_hold_it_up() -> None:
    """会办单位的意见由主办单位汇总"""
    step = next_step(handled(), "staff", None)
    assert (step.who, step.units) == ("unit", ("housing",))
    assert next_step(handled(), "unit", "unit/finance").forms == ()


def test_a_return_waits_for_the_office_and_the_unit_stays_responsible() -> None:
    """退办申请决定前，仍由本单位负责"""
    asked = handled("return_requested", contacts=contact(confirmed=True))
    asked["handlers"]["housing"]["returning"] = True
    assert next_step(asked, "staff", None).forms == ("approveReturn", "refuseReturn")
    assert next_step(asked, "unit", "unit/housing").also == ("recordContact",)


def test_a_return_holds_up_no_other_unit() -> None:
    """一个单位申请退办，不影响其他单位继续办理"""
    asked = handled("return_requested", contacts=contact(confirmed=True))
    asked["handlers"]["water"] = {"unit": "water", "part": "parallel", "returning": True}
    assert next_step(asked, "unit", "unit/housing").forms == ("replyToSuggestion",)
    assert next_step(asked, "unit", "unit/water").what == "decide_return"
    assert next_step(asked, "deputy", OTHER).who == next_step(asked, "staff", None).who == "office"


def test_days_are_counted_by_the_service() -> None:
    """还有几个工作日，由服务按工作日历计算，页面照录"""
    counted = {**STATUTORY, "days_left": 5}
    assert next_step(handled(statutory=counted), "unit", "unit/housing").left == 5
    assert next_step(handled(), "unit", "unit/housing").left is None
    listed = {**handled(), "due": "2025-05-27", "days_left": 5}
    listed.pop("statutory")
    assert next_step(listed, "unit", "unit/housing").left == 5


def test_after_the_reply_the_lead_rates_and_the_office_may_close() -> None:
    """代表未反馈意见的，可以办结，但不计为满意"""
    replied = handled("replied")
    assert next_step(replied, "deputy", LEAD).forms == ("rateReply",)
    assert next_step(replied, "staff", None).also == ("closeSuggestion",)
    assert next_step(replied, "deputy", OTHER).forms == ()


@pytest.mark.parametrize(("result", "form"), [("unsatisfied", "orderRedo"), ("satisfied", "closeSuggestion")])
def test_an_unsatisfied_rating_is_answered_with_a_redo(result: str, form: str) -> None:
    """评价为不满意的，须先决定是否重新办理"""
    rated = handled("rated", ratings=[{"result": result}])
    assert next_step(rated, "staff", None).forms == (form,)


def test_a_redo_runs_under_its_own_date() -> None:
    """重新办理另定期限；没有规定的，不套用原期限"""
    again = handled("redo", contacts=contact(confirmed=True), redo=1, redo_by={"step": "redo_reply"})
    again["handlers"]["housing"]["redo"] = 0
    step = next_step(again, "unit", "unit/housing")
    assert (step.what, step.due, step.forms) == ("reply_again", None, ("replyToSuggestion",))


@pytest.mark.parametrize("stage", ["closed", "not_admitted"])
def test_nothing_is_left_to_do_at_the_end(stage: str) -> None:
    """办结以后不再办理"""
    step = next_step(case(stage), "staff", None)
    assert (step.who, step.forms, step.also) == ("nobody", (), ())


LOCAL = {
    name: {"step": step, "start": "2025-02-27", "due": due, "limit": {"count": 1}}
    for name, step, due in (
        ("assign_by", "assign", "2025-03-06"), ("return_by", "return", "2025-03-13"),
        ("contact_by", "first_contact", "2025-03-20"), ("rate_by", "rating", "2025-06-30"),
    )
}  # fmt: skip
NATIONAL = {name: {"step": each["step"], "start": each["start"]} for name, each in LOCAL.items()}


def test_under_local_rules_each_step_has_its_own_date() -> None:
    """地方性法规规定了交办、退办、首次联系、评价期限的，按规定的期限"""
    unit = ("unit", "unit/housing")
    assert next_step(case("registered", dates=LOCAL), "staff", None).due == "2025-03-06"
    assert next_step(handled("replied", dates=LOCAL), "deputy", LEAD).due == "2025-06-30"
    meeting = next_step(handled(dates=LOCAL), *unit)
    assert meeting.due == "2025-03-20"
    assert [each["step"] for each in meeting.beside] == ["reply", "return"]
    fresh = handled("assigned", dates=LOCAL)
    fresh["handlers"]["housing"].pop("received")
    signing = next_step(fresh, *unit)
    assert signing.due == "2025-05-27"
    assert [each["due"] for each in signing.beside] == ["2025-03-20", "2025-03-13"]
    assert [each["step"] for each in next_step(fresh, "staff", None).beside] == ["first_contact"]


def test_without_a_local_rule_there_is_no_date_but_that_of_the_reply() -> None:
    """法律未规定期限"""
    assert next_step(case("registered", dates=NATIONAL), "staff", None).due is None
    assert next_step(handled("replied", dates=NATIONAL), "deputy", LEAD).due is None
    meeting = next_step(handled(dates=NATIONAL), "unit", "unit/housing")
    assert meeting.due == "2025-05-27"
    assert [(each["step"], each.get("due")) for each in meeting.beside] == [
        ("first_contact", None), ("return", None),
    ]  # fmt: skip


def test_the_lead_confirms_a_contact_whatever_else_is_asked() -> None:
    """退办待决定时，代表仍可确认已发生的联系"""
    asked = handled("return_requested", contacts=contact(confirmed=False))
    asked["handlers"]["housing"]["returning"] = True
    step = next_step(asked, "deputy", LEAD)
    assert (step.what, step.forms) == ("confirm", ("confirmContact",))
