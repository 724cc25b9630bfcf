"""The story of a case in sentences: when, who by which role, what, under which rule, and where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.pages.offers import Case
from gateway.pages.telling import Names, Say, article_of, category_of

Facts = Mapping[str, Any]
CODED = {
    "ground": "grounds", "kind": "contact_kinds", "mode": "contact_modes", "manner": "manners",
    "reply_class": "reply_classes", "attitude": "satisfaction", "result": "satisfaction",
    "outcome": "outcomes",
}  # fmt: skip
"""Facts that are codes, and the family of words that says them."""


def entries(case: Case, say: Say, known: frozenset[str]) -> list[dict[str, Any]]:
    """Tell the story, newest entry first; `known` are the keys the language has."""
    names = Names(case, say)
    told = [_entry(case, step, names, say, known) for step in case.get("story", ())]
    if told and case["stage"] not in {"closed", "not_admitted"}:
        told[-1]["current"] = True
    return told[::-1]


def _entry(
    case: Case, step: Mapping[str, Any], names: Names, say: Say, known: frozenset[str]
) -> dict[str, Any]:
    facts: Facts = step["facts"]
    key = told_key(step["what"], facts)
    gaps = _gaps(case, facts, names, say)
    role = step["actor"].partition("/")[0]
    text = say(key, **gaps) if key in known else say("told.other", what=step["what"])
    return {
        "at": step["when"],
        "text": text,
        "by": say(f"roles.{role}") if f"roles.{role}" in known else say("roles.house"),
        "rule": article_of(facts.get("basis"), say),
        "address": step["at"],
        "current": False,
    }


def told_key(what: str, facts: Facts) -> str:
    """Choose the sentence of an event: some read otherwise when nobody signed, or a letter follows."""
    key = f"told.{what.replace('.', '_').replace('-', '_')}"
    if what.startswith("suggestion.submitted.") and not facts.get("cosigners"):
        return f"{key}_alone"
    if what.startswith("suggestion.not-admitted.") and facts.get("becomes_letter"):
        return f"{key}_letter"
    if what.startswith("suggestion.drafted.") and facts.get("opinion"):
        return f"{key}_opinion"
    return key


def _gaps(case: Case, facts: Facts, names: Names, say: Say) -> dict[str, Any]:
    """Give every gap that a sentence of any event may have."""
    gaps: dict[str, Any] = {
        "deputy": names.person(facts.get("lead", case["lead"])),
        "other": names.person(facts.get("mandate", case["lead"])),
        "unit": names.unit(facts.get("unit", "")),
        "successor": facts.get("successor", {}).get("name", ""),
        "units": names.handlers(facts.get("handlers", ())),
        "count": _count(facts),
        "number": f"{facts['number']:03d}" if "number" in facts else "",
        "category": category_of(facts, say),
        "label": facts.get("label", ""),
    }
    for fact, family in CODED.items():
        gaps[fact] = say(f"{family}.{facts[fact]}") if facts.get(fact) else ""
    return gaps


def _count(facts: Facts) -> int:
    found = facts.get("cosigners", facts.get("redo", 0))
    return len(found) if isinstance(found, Sequence) else int(found)
