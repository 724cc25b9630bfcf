"""What the page of a case says: people, units, contacts, replies and ratings in plain words."""

from typing import Any

from gateway.pages.framing import Page
from gateway.pages.next_step import next_step, running
from gateway.pages.offers import HANDLING, Case, outstanding
from gateway.pages.story import entries
from gateway.pages.telling import Names, category_of, cohort_of, number_of, saying, text_of, title_of, who, why

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
    say, names = saying(page), Names(case, saying(page))
    step = next_step(case, *page.holding)
    deadline = running(case) if case["stage"] in HANDLING else None
    return {
        "case": case,
        "id": case["id"].partition("/")[2],
        "step": step,
        "title": title_of(case, say),
        "number": number_of(case, say),
        "category": category_of(case, say),
        "cohort": cohort_of(case["session"], say) if "session" in case else "",
        "occasion": case.get("occasion", ""),
        "text": text_of(case.get("text")),
        "who": who(step, case, names, say),
        "what": say(f"next.{step.what}"),
        "why": why(step.deadline, say),
        "running": deadline.get("due") if deadline else None,
        "way": [say(f"suggestions.way_{name}") for name, _ in STEPS],
        "at": _at(case),
        "lead": names.person(case["lead"]),
        "cosigners": [(names.person(each), given) for each, given in case.get("cosigners", {}).items()],
        "handlers": _handlers(case),
        "contacts": _contacts(case, names),
        "replies": _replies(case, names),
        "ratings": _ratings(case),
        "returning": [(each["unit"], each["name"]) for each in _handlers(case) if each["returning"]],
        "entries": entries(case, say, page.front.rendering.words.keys(page.visitor.language)),
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


def _replies(case: Case, names: Names) -> list[dict[str, Any]]:
    return [
        {**each, "name": names.unit(each["unit"]), "said": text_of(each["text"])}
        for each in case.get("replies", ())
    ]


def _ratings(case: Case) -> list[dict[str, Any]]:
    return [{**each, "said": text_of(each.get("comment"))} for each in case.get("ratings", ())]
