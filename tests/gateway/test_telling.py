from functools import partial
from pathlib import Path
from tomllib import loads

import pytest

from gateway.pages.story import entries, told_key
from gateway.pages.telling import CATEGORIES, Names, Say, cohort_of, number_of, numeral, spans, why
from gateway.rendering import LANGUAGES, Language, Rendering

WORDS = Path(__file__).parents[2] / "gateway" / "words"
ROOM = Rendering()


def speaking(language: Language) -> Say:
    """How pages speak."""
    return partial(ROOM.words.say, language)


@pytest.mark.parametrize(
    ("count", "said"), [(3, "三"), (10, "十"), (12, "十二"), (20, "二十"), (47, "四十七")]
)
def test_terms_and_sessions_are_counted_in_chinese(count: int, said: str) -> None:
    """三届七次"""
    assert numeral(count) == said


def test_a_number_names_its_session() -> None:
    """每次会议从第001号编起"""
    numbered = {"session": "3-7", "number": 18}
    assert number_of(numbered, speaking("zh")) == "三届七次第018号"
    assert number_of(numbered, speaking("en")) == "No. 018, term 3, session 7"
    assert cohort_of("3-2025", speaking("zh")) == "三届2025年闭会期间"
    assert number_of({}, speaking("zh")) == ""


def test_days_passed_over_are_joined() -> None:
    """连续跳过的同一假日合并成一段"""
    names = ["劳动节", "劳动节", "weekend"]
    days = [{"day": f"2025-05-0{at}", "why": name} for at, name in enumerate(names, 1)]
    found = spans(days, speaking("zh"))
    assert [(each["name"], str(each["until"])) for each in found] == [
        ("劳动节", "2025-05-02"),
        ("周末", "None"),
    ]


def test_a_date_without_a_rule_is_not_explained() -> None:
    """法律未规定期限"""
    assert why({"step": "rating", "start": "2025-05-13"}, speaking("zh")) is None
    assert why(None, speaking("zh")) is None


def test_a_date_tells_its_rule_and_article() -> None:
    """自交办之日起三个月内答复"""
    basis = {"law": "代表法", "version": "2025年修正", "article": "第五十一条第二款"}
    limit = {"step": "reply", "count": 3, "unit": "months", "starts": "assignment", "basis": basis}
    told = why(
        {"step": "reply", "start": "2025-02-27", "due": "2025-05-27", "limit": limit, "rulebook": "r"},
        speaking("zh"),
    )
    assert told is not None
    assert (told["rule"], told["event"]) == ("3 个月内答复代表", "交办")
    assert told["article"] == "代表法（2025年修正）第五十一条第二款"


def test_a_name_that_was_erased_or_is_not_told_gets_a_word() -> None:
    """姓名依法删除后，记录仍在"""
    names = Names({"names": {"mandate/3-a": {"text": None}}, "stage": "drafted"}, speaking("zh"))
    assert names.person("mandate/3-a") == "（姓名已删除）"
    assert names.person("mandate/3-b") == "一位"


def test_the_story_is_told_newest_first_with_the_address_of_its_proof() -> None:
    """每一条都有出处"""
    happened = [
        ("suggestion.drafted.v1", {"lead": "m"}),
        ("suggestion.submitted.v1", {"lead": "m", "cosigners": ["n"]}),
    ]
    when = {"when": "2025-02-20T01:00:00Z", "actor": "deputy/x"}
    steps = [
        {"at": f"suggestions/630200/{at}", "what": what, "facts": facts, **when}
        for at, (what, facts) in enumerate(happened, 1)
    ]
    told = {"stage": "submitted", "lead": "m", "names": {"m": {"text": "马兰芳"}}, "story": steps}
    found = entries(told, speaking("zh"), ROOM.words.keys("zh"))
    assert [each["address"] for each in found] == ["suggestions/630200/2", "suggestions/630200/1"]
    assert found[0]["text"] == "马兰芳代表领衔提交建议，1 名代表联名。"
    assert found[0]["current"]


def test_an_event_without_a_sentence_is_named() -> None:
    """没有现成说法的变动也要列出"""
    step = {"at": "suggestions/630200/9", "what": "suggestion.new.v9", "when": "2025-02-20T01:00:00Z",
            "actor": "staff/x", "facts": {}}  # fmt: skip
    told = {"stage": "closed", "lead": "m", "story": [step]}
    assert "suggestion.new.v9" in entries(told, speaking("zh"), ROOM.words.keys("zh"))[0]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_event_of_suggestions_has_words(language: Language) -> None:
    """每一类、每一步都有中英文说法"""
    keys = ROOM.words.keys(language)
    assert {f"suggestions.category_{code}" for code in CATEGORIES.values()} <= keys
    told = loads((WORDS / language / "told.toml").read_text("utf-8"))
    assert told_key("suggestion.return-approved.v1", {}).removeprefix("told.") in told
