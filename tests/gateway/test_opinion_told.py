from functools import partial
from typing import Any

import pytest

from gateway.pages.opinion_told import entries, gaps, offers, outcome_of, who_next
from gateway.pages.receipts import CODE, tidy
from gateway.pages.telling import Say
from gateway.rendering import LANGUAGES, Language, Rendering

ROOM = Rendering()
ZH: Say = partial(ROOM.words.say, "zh")
OUTCOMES: dict[str, dict[str, Any]] = {
    "closed": {"number": 31, "reply_class": "planned", "label": "B"},
    "not_admitted": {"ground": "specific_case"},
    "draft_declined": {"ground": "mandate-not-active"},
}
STORY = [
    {"what": "opinion.received.v1", "when": "2025-01-15T02:30:00Z"},
    {"what": "opinion.transferred.v1", "when": "2025-01-16T02:30:00Z"},
    {"what": "opinion.answered.v1", "when": "2025-01-17T02:30:00Z"},
    {"what": "opinion.escalated.v1", "when": "2025-01-18T02:30:00Z"},
    {"what": "opinion.outcome-told.v1", "when": "2025-04-15T02:30:00Z"},
]


def opinion(stage: str = "waiting", **more: object) -> dict[str, Any]:
    """An opinion as the service answers it."""
    names = {"mandate/3-ma": {"text": "马兰芳"}}
    return {"stage": stage, "station": "s1", "station_name": "平安站", "names": names, **more}


@pytest.mark.parametrize("told", OUTCOMES)
@pytest.mark.parametrize("voice", ["receipts", "opinions"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_its_sentence(language: Language, voice: str, told: str) -> None:
    """Each step is a sentence with its date, the newest first, also a no."""
    facts = {"outcome": told, **OUTCOMES[told]}
    apart = {"outcome": facts} if voice == "receipts" else facts
    document = opinion("told", unit_name="市住建局", taken_up_by="mandate/3-ma", story=STORY, **apart)
    said = entries(document, partial(ROOM.words.say, language), voice)
    assert [each["at"] for each in said] == [each["when"] for each in reversed(STORY)]
    assert all(each["text"] and "{" not in each["text"] for each in said)
    assert not any(each["current"] for each in said), "it is over"
    assert outcome_of(document)["outcome"] == told


def test_a_refusals_code_is_never_shown() -> None:
    """不予受理说明法定理由；草稿未形成的内部代码不给群众看"""
    refused = {"outcome": "not_admitted", "ground": "specific_case"}
    assert gaps(opinion("told", outcome=refused), ZH)["ground"] == "涉及具体司法案件"
    declined = {"outcome": "draft_declined", "ground": "mandate-not-active"}
    assert gaps(opinion("told", outcome=declined), ZH)["ground"] == ""


def test_who_is_next_is_named() -> None:
    """The next step is always named: the station, the deputy asked, the unit, who took it up."""
    assert who_next(opinion(), ZH) == "平安站"
    assert who_next(opinion(addressed_to="mandate/3-ma"), ZH) == "马兰芳代表，或平安站"
    assert who_next(opinion("transferred", unit_name="市住建局"), ZH) == "市住建局"
    assert who_next(opinion("escalated", people=["mandate/3-ma"]), ZH) == "马兰芳代表"
    assert "代表" in who_next(opinion("escalated", escalated_by="mandate/3-x"), ZH)


@pytest.mark.parametrize(
    ("role", "holds", "attached", "offered"),
    [
        ("staff", None, False, ("transferOpinion",)),
        ("station", "station/s1", False, ("answerOpinion", "transferOpinion")),
        ("deputy", "mandate/3-ma", True, ("answerOpinion", "escalateOpinion")),
        ("deputy", "mandate/3-li", True, ("escalateOpinion",)),
        ("deputy", "mandate/3-li", False, ()),
        ("unit", "unit/housing", False, ("answerOpinion",)),
        ("unit", "unit/water", False, ()),
        ("leader", None, False, ()),
    ],
)
def test_forms_are_offered_to_whom_they_serve(
    role: str, holds: str | None, offered: tuple[str, ...], *, attached: bool
) -> None:
    """代表不直接处理问题：答复、转办、采纳，各归其人"""
    found = opinion("transferred", addressed_to="mandate/3-ma", unit="housing")
    assert offers(found, role, holds, attached=attached) == offered
    over = opinion("answered", addressed_to="mandate/3-ma", unit="housing")
    assert offers(over, role, holds, attached=attached) == ()


def test_a_code_is_read_however_it_was_copied() -> None:
    """横线和空格可有可无，不分大小写"""
    assert tidy(" 52HZ-GZQC KRCB-nu6o\n") == "52hzgzqckrcbnu6o"
    assert CODE.fullmatch(tidy("52HZ-GZQC-KRCB-NU6O-FVAL-JWV7-TI"))
    assert not CODE.fullmatch(tidy("52HZ-GZQC"))
