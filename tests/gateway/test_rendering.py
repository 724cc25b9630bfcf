import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from tomllib import loads
from typing import get_args

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from events.proof.chain import Code
from gateway.pages.styleguide import page
from gateway.rendering import LANGUAGES, Language, Rendering, Speech, Words, grouped
from services.chassis.auditing.reports import Kind

GATEWAY = Path(__file__).parents[2] / "gateway"
TODAY = date(2025, 5, 20)


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    """The pages of the house, built once."""
    return Rendering()


@pytest.fixture(scope="module")
def chinese(rendering: Rendering) -> Speech:
    """How Chinese says it."""
    return Speech(rendering.words, "zh")


@pytest.fixture(scope="module")
def english(rendering: Rendering) -> Speech:
    """How English says it."""
    return Speech(rendering.words, "en")


def texts(language: Language) -> Iterator[tuple[str, str]]:
    """All sentences of a language, each plural form on its own."""
    for path in (GATEWAY / "words" / language).glob("*.toml"):
        for key, text in loads(path.read_text("utf-8")).items():
            forms = [text] if isinstance(text, str) else text.values()
            yield from ((f"{path.stem}.{key}", form) for form in forms)


def gaps(language: Language) -> dict[str, set[str]]:
    """The gaps each text leaves open."""
    found: dict[str, set[str]] = {}
    for key, text in texts(language):
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
        found[key] = found.get(key, set()) | named
    return found


def test_both_languages_know_the_same_sentences(rendering: Rendering) -> None:
    """Every text key is there in both languages, with the same gaps."""
    assert rendering.words.keys("zh") == rendering.words.keys("en")
    assert gaps("zh") == gaps("en")


def test_no_text_is_empty_and_none_names_a_machine() -> None:
    """Say what happened, and what comes next: not 操作成功."""
    said = [text for language in LANGUAGES for _, text in texts(language)]
    assert all(text.strip() for text in said)
    assert not [text for text in said if "操作成功" in text]


def test_a_missing_sentence_or_gap_raises(rendering: Rendering) -> None:
    """A missing key raises; so does a gap left open."""
    with pytest.raises(KeyError):
        rendering.words.say("zh", "parts.never_written")
    with pytest.raises(KeyError):
        rendering.words.say("zh", "parts.as_of")
    with pytest.raises(KeyError):
        rendering.words.say("en", "parts.count_items")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_audit_may_find_has_a_sentence(rendering: Rendering, language: Language) -> None:
    """Each fault of a ledger, and each way in which a view is not its replay."""
    told = [*(f"fault_{each}" for each in get_args(Code)), *(f"finding_{each}" for each in get_args(Kind))]
    assert all(rendering.words.say(language, f"record.{each.replace('-', '_')}") for each in told)


def test_markup_in_a_gap_does_not_open_the_others(rendering: Rendering) -> None:
    """A link may stand inside a sentence; what people wrote stays words."""
    said = rendering.words.say("zh", "parts.signed_in_as", name=Markup("<b>王</b>"), role="<i>")
    assert said == "<b>王</b>（&lt;i&gt;）"


@pytest.mark.parametrize(
    ("due", "workdays", "said"),
    [
        (date(2025, 5, 27), 5, ("还有 5 个工作日", "5 working days left")),
        (date(2025, 5, 21), 1, ("还有 1 个工作日", "1 working day left")),
        (date(2025, 8, 27), None, ("还有 99 天", "99 days left")),
        (TODAY, 0, ("今天到期", "Due today")),
        (date(2025, 5, 17), None, ("逾期 3 天", "3 days late")),
        (date(2025, 5, 19), 0, ("逾期 1 天", "1 day late")),
    ],
)
def test_spans(rendering: Rendering, due: date, workdays: int | None, said: tuple[str, str]) -> None:
    """还有 5 个工作日, 今天到期, 逾期 3 天; English plurals by babel."""
    speeches = [Speech(rendering.words, language) for language in LANGUAGES]
    assert said == tuple(speech.span(due, TODAY, workdays) for speech in speeches)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (28, 29, "96.6%（28/29）"),
        (29, 29, "100%（29/29）"),
        (0, 29, "0%（0/29）"),
        (9998, 9999, "99.9%（9,998/9,999）"),
        (1, 9999, "0.1%（1/9,999）"),
        (1, 2, "50.0%（1/2）"),
        (0, 0, "—（0/0）"),
        (None, None, "—（0/0）"),
    ],
)
def test_rates(chinese: Speech, part: int | None, whole: int | None, said: str) -> None:
    """Numbers come with numerator and denominator; 100% is said only when nothing is missing."""
    assert chinese.rate(part, whole) == said


def test_days_are_said_on_the_legal_clock(chinese: Speech, english: Speech) -> None:
    """A legal day is a day in Asia/Shanghai; entries are in UTC."""
    late = datetime(2025, 2, 26, 17, 30, tzinfo=UTC)
    assert chinese.date(late) == "2025年2月27日（周四）"
    assert chinese.moment(late.isoformat()) == "2025年2月27日 01:30"
    assert chinese.day("2025-02-27") == "2025年2月27日"
    assert english.date(date(2025, 2, 27)) == "Thu 27 February 2025"
    with pytest.raises(ValueError, match="without its zone"):
        chinese.date("2025-02-27T01:30:00")


def test_codes_and_sizes(chinese: Speech) -> None:
    """A receipt code is read out in fours."""
    assert grouped("7qk39m2p x4td") == "7QK3-9M2P-X4TD"
    assert grouped("7QK3-9M2P-X4TD") == "7QK3-9M2P-X4TD"
    assert [chinese.size(count) for count in (99, 640_000, 1_240_000)] == [
        "1 KB",
        "640 KB",
        "1.2 MB",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("elder", [False, True])
def test_the_styleguide_shows_every_part(rendering: Rendering, language: Language, *, elder: bool) -> None:
    """Every part stands on one page: title, one h1, labels, language; no inline script or style."""
    html = page(rendering, language, elder=elder)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(re.findall("<h1", html)) == len(re.findall("<title>", html)) == 1
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in html
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'<label for="([^"]+)"', html)) <= set(ids)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?! defer src=)", html)
    assert re.findall(r"<macro|Undefined|\{\{|\}\}", html) == []


def test_what_people_write_stays_words(rendering: Rendering) -> None:
    """Every word from outside is escaped, and an unknown name raises."""
    house = {"congress": "c", "congress_name": "<script>alert(1)</script>", "example_time": None}
    empty: dict[str, object] = {"user": None, "nav": [], "csrf": "", "flash": None, "plain": True}
    html = rendering.render("base.html", "zh", house=house, **empty)
    assert "<script" not in html
    with pytest.raises(UndefinedError):
        rendering.render("base.html", "zh", **empty)


def test_budgets() -> None:
    """≤ 12 KB of CSS in all; templates ≤ 120 lines; each macro states its arguments."""
    assert sum(path.stat().st_size for path in (GATEWAY / "static").glob("*.css")) <= 12 * 1024
    for path in (GATEWAY / "templates" / "parts").glob("*.html"):
        text = path.read_text("utf-8")
        public = re.findall(r"{% macro ([a-z]\w*)\(", text)
        assert len(text.splitlines()) <= 120
        assert [name for name in public if f"{name}(" not in re.sub(r"{%.*?%}", "", text)] == []


def test_assets_are_stamped_with_their_content(rendering: Rendering) -> None:
    """A static file may be cached for good: a change changes its address."""
    assert re.fullmatch(r"/static/tokens\.css\?v=[0-9a-f]{10}", rendering.asset("tokens.css"))
    assert rendering.asset("vendor/absent.js") == "/static/vendor/absent.js"


def test_nothing_is_read_at_import(tmp_path: Path) -> None:
    """No work at import: words come from the folder one hands over."""
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.toml").write_text('b = "c"', "utf-8")
    assert Words(tmp_path).say("en", "a.b") == "c"
