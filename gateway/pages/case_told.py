"""What the page of a case says: people, units, contacts, replies and ratings in plain words."""

from dataclasses import replace
from typing import Any

from gateway.pages.framing import Page
from gateway.pages.next_step import NextStep, next_step, running
from gateway.pages.offers import HANDLING, Case, outstanding, returning
from gateway.pages.story import entries
from gateway.pages.telling import (
    Names,
    Say,
    category_of,
    number_of,
    saying,
    text_of,
    title_of,
    who,
    why,
)

STEPS = (
    ("submit", ("drafted",)),
    ("review", ("submitted", "admitted")),
    ("assign", ("registered",)),
    ("handle", HANDLING),
    ("rate", ("replied",)),
    ("close", ("rated",)),
)
"""The stations of a case's way, and the stages in which it stands before each."""


def case_told(page: Page, case: Case) -> dict[str, Any]:
    """Give all that the template of a case needs, in the reader's language."""
    say = saying(page)
    names, step = Names(case, say), next_step(case, *page.holding)
    if page.as_of:
        step = replace(step, forms=(), also=())
    known = page.front.rendering.words.keys(page.visitor.language)
    return {
        "case": case,
        "id": case["id"].partition("/")[2],
        "entries": entries(case, say, known),
        **_head(case, say),
        **_standing(case, step, names, say),
        **_people(case, names),
    }


def _head(case: Case, say: Say) -> dict[str, Any]:
    return {
        "title": title_of(case, say),
        "number": number_of(case, say),
        "category": category_of(case, say),
        "occasion": case.get("occasion", ""),
        "text": text_of(case.get("text")),
    }


def _standing(case: Case, step: NextStep, names: Names, say: Say) -> dict[str, Any]:
    runs = (running(case) or {}) if case["stage"] in HANDLING else {}
    return {
        "step": step,
        "who": who(step, case, names, say),
        "what": say(f"next.{step.what}"),
        "why": why(step.deadline, say),
        "beside": [
            {
                "what": say(f"suggestions.by_{each['step']}"),
                "why": why(each, say),
                "due": each.get("due"),
                "left": each.get("days_left"),
            }
            for each in step.beside
            if "step" in each
        ],
        "running": runs,
        "way": [say(f"suggestions.way_{name}") for name, _ in STEPS],
        "at": _at(case),
    }


def _people(case: Case, names: Names) -> dict[str, Any]:
    handlers, cosigners = _handlers(case), case.get("cosigners", {})
    return {
        "lead": names.person(case["lead"]),
        "cosigners": [(names.person(each), given) for each, given in cosigners.items()],
        "handlers": handlers,
        "contacts": _contacts(case, names),
        "replies": _replies(case, names),
        "ratings": _ratings(case),
        "returning": [(each["unit"], each["name"]) for each in handlers if each["returning"]],
        "reasons": _reasons(case, names),
    }


def _at(case: Case) -> int:
    for place, (_, stages) in enumerate(STEPS):
        if case["stage"] in stages:
            return place
    return len(STEPS) if case["stage"] == "closed" else 1


def _handlers(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "unit": name, "name": each["name"], "part": each["part"], "share": each.get("share"),
            "received": each.get("received"), "replied": each.get("replied"),
            "returning": bool(each.get("returning")), "owes": outstanding(case, name),
        }
        for name, each in case.get("handlers", {}).items()
    ]  # fmt: skip


def _contacts(case: Case, names: Names) -> list[dict[str, Any]]:
    return [
        {**each, "number": number, "name": names.unit(each["unit"]), "said": text_of(each["summary"])}
        for number, each in case.get("contacts", {}).items()
    ]


def _reasons(case: Case, names: Names) -> list[tuple[str, str | None]]:
    """Give why each unit that asked wants to give it back: what it said last, None when erased."""
    asked = {
        step["facts"]["unit"]: step["facts"]["reason"]
        for step in case.get("story", ())
        if step["what"].startswith("suggestion.return-requested.")
    }
    return [(names.unit(unit), text_of(asked.get(unit))) for unit in returning(case)]


def _replies(case: Case, names: Names) -> list[dict[str, Any]]:
    return [
        {**each, "name": names.unit(each["unit"]), "said": text_of(each["text"])}
        for each in case.get("replies", ())
    ]


def _ratings(case: Case) -> list[dict[str, Any]]:
    return [{**each, "said": text_of(each.get("comment"))} for each in case.get("ratings", ())]
