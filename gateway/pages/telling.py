"""How a case is told: names of people and units, its number, and why a date is that date."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gateway.pages.framing import Page
from gateway.pages.next_step import NextStep
from gateway.pages.offers import LEAD, UNIT, Case

Say = Callable[..., str]
HAN = "〇一二三四五六七八九"
TEN = 10
CATEGORIES: Mapping[str, str] = {
    "城乡建设": "urban", "农牧水利": "farming", "交通": "transport", "教育": "education",
    "卫生健康": "health", "社会保障": "welfare", "生态环境": "environment",
    "文化旅游": "culture", "经济发展": "economy", "法治": "law",
}  # fmt: skip
"""The fields into which suggestions are sorted, as the ledger has them; English says them too."""


def saying(page: Page) -> Say:
    """Give how the page's reader is spoken to: `say(key, **gaps)`."""
    return partial(page.front.rendering.words.say, page.visitor.language)


def text_of(told: object) -> str | None:
    """Give the text of words in an answer: None when erased or never written."""
    if isinstance(told, Mapping):
        return told.get("text")
    return told if isinstance(told, str) else None


def title_of(case: Case, say: Say) -> str:
    """Give a case's title, or say that it has none."""
    if "title" not in case:
        return say("suggestions.untitled")
    return text_of(case["title"]) or say("suggestions.erased")


def category_of(case: Case, say: Say) -> str:
    """Give a case's field in the reader's language; one that we do not know as it is."""
    found = case.get("category")
    if not found:
        return ""
    return say(f"suggestions.category_{CATEGORIES[found]}") if found in CATEGORIES else str(found)


def numeral(count: int) -> str:
    """Write a number under a hundred as Chinese does: 三, 十二, 二十."""
    tens, ones = divmod(count, TEN)
    if tens >= TEN:
        return str(count)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{HAN[tens]}十"
    return lead + (HAN[ones] if ones or not tens else "")


def cohort_of(session: str, say: Say) -> str:
    """Say a session: 三届七次, or 三届2025年闭会期间."""
    term, _, of = session.partition("-")
    chinese = say("suggestions.numerals") == HAN
    gaps = {"term": numeral(int(term)) if chinese else term}
    if int(of) > TEN * TEN:
        return say("suggestions.cohort_recess", year=of, **gaps)
    return say("suggestions.cohort_session", session=numeral(int(of)) if chinese else of, **gaps)


def number_of(case: Case, say: Say) -> str:
    """Say a case's number: 三届七次第018号; empty before it is registered."""
    if "number" not in case:
        return ""
    cohort = cohort_of(case["session"], say)
    return say("suggestions.numbered", cohort=cohort, number=f"{case['number']:03d}")


class Names:
    """Names of the people and units of a case."""

    def __init__(self, case: Case, say: Say) -> None:
        """Collect them, those of units that gave it back too."""
        self._people, self._say = case.get("names", {}), say
        self._units = {name: each["name"] for name, each in case.get("handlers", {}).items()}
        for step in case.get("story", ()):
            facts = step["facts"]
            for each in (*facts.get("handlers", ()), *filter(None, [facts.get("successor")])):
                self._units.setdefault(each["unit"], each["name"])

    def person(self, mandate: str) -> str:
        """Give a deputy's name; a word for it when it was erased or is not known here."""
        if mandate not in self._people:
            return self._say("suggestions.a_deputy")
        return text_of(self._people[mandate]) or self._say("suggestions.name_erased")

    def unit(self, unit: str) -> str:
        """Give a unit's name, or its id when nobody told it."""
        return str(self._units.get(unit, unit))

    def units(self, units: Sequence[str]) -> str:
        """Give several units' names."""
        return self._say("suggestions.and").join(self.unit(each) for each in units)

    def handlers(self, handlers: Sequence[Mapping[str, Any]]) -> str:
        """Give units with their parts: 市住建局（主办）、市财政局（会办）."""
        said = [
            self._say("suggestions.unit_part", unit=each["name"], part=self._say(f"parts_of.{each['part']}"))
            for each in handlers
        ]
        return self._say("suggestions.and").join(said)


def who(step: NextStep, case: Case, names: Names, say: Say) -> str:
    """Say whose turn it is."""
    if step.who == LEAD:
        return say("suggestions.who_lead", name=names.person(case["lead"]))
    if step.who == UNIT:
        return names.units(step.units)
    return say(f"suggestions.who_{step.who}")


def article_of(basis: Mapping[str, str] | None, say: Say) -> str:
    """Cite a legal basis."""
    return say("suggestions.article", **basis) if basis else ""


def why(deadline: Mapping[str, Any] | None, say: Say) -> dict[str, Any] | None:
    """Explain a date for the part `why_date`; None where there is none to explain."""
    limit = deadline.get("limit") if deadline else None
    if not deadline or not limit:
        return None
    return {
        "start": deadline["start"],
        "event": say(f"suggestions.starts_{limit['starts']}"),
        "rule": say(
            f"suggestions.limit_{limit['unit']}",
            count=limit["count"], step=say(f"suggestions.step_{deadline['step']}"),
        ),
        "article": article_of(limit["basis"], say),
        "skipped": spans(deadline.get("skipped", ()), say),
        "rulebook": deadline["rulebook"],
        "calendar": deadline.get("calendar") or say("suggestions.no_calendar"),
        "provisional": deadline.get("provisional", False),
    }  # fmt: skip


def spans(skipped: Sequence[Mapping[str, str]], say: Say) -> list[dict[str, Any]]:
    """Join days passed over one after the other for the same reason."""
    found: list[dict[str, Any]] = []
    for each in skipped:
        day = dt.date.fromisoformat(each["day"])
        name = say("suggestions.weekend") if each["why"] == "weekend" else each["why"]
        last = found[-1] if found else None
        if last and last["name"] == name and (last["until"] or last["day"]) == day - dt.timedelta(1):
            last["until"] = day
        else:
            found.append({"day": day, "until": None, "name": name})
    return found
