"""What waits for whom: open cases sorted into the sections of a home page, a desk, an inbox."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.pages.framing import Page
from gateway.pages.next_step import NextStep, next_step, running
from gateway.pages.offers import HANDLING, NOBODY, Case, outstanding
from gateway.pages.telling import Names, Say, category_of, number_of, saying, title_of, who
from gateway.policy import DEPUTY, LEADER, STAFF, UNIT, permitted

MOST = "100"
FAR = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that waits, soonest first."""

    name: str
    rows: Sequence[Mapping[str, Any]]


STAGES: Mapping[str, Sequence[str]] = {
    DEPUTY: ("drafted", "submitted", "admitted", "registered", *HANDLING, "replied", "rated"),
    STAFF: ("submitted", "admitted", "registered", *HANDLING, "rated"),
    UNIT: HANDLING,
    LEADER: (*HANDLING, "rated"),
}
"""The stages in which something may wait for a role."""

SECTIONS: Mapping[str, Mapping[str, frozenset[str]]] = {
    DEPUTY: {
        "cosign": frozenset({"cosign"}),
        "rate": frozenset({"rate"}),
        "confirm": frozenset({"confirm"}),
        "drafts": frozenset({"write", "submit", "collect"}),
    },
    STAFF: {
        "decide_return": frozenset({"decide_return"}),
        "redo": frozenset({"redo"}),
        "review": frozenset({"review"}),
        "register": frozenset({"register"}),
        "assign": frozenset({"assign"}),
        "close": frozenset({"close"}),
    },
    UNIT: {
        "again": frozenset({"reply_again"}),
        "receive": frozenset({"receive"}),
        "handle": frozenset({"contact", "confirm", "reply"}),
        "returning": frozenset({"decide_return"}),
    },
    LEADER: {"unsatisfied": frozenset({"redo", "reply_again"})},
}
"""The sections of each role, by the next step of what stands in them."""


async def open_cases(page: Page, stages: Sequence[str]) -> list[Case]:
    """Read the cases in these stages, at most a hundred of each."""
    answers = await asyncio.gather(
        *(page.get("listSuggestions", stage=each, order="due", limit=MOST) for each in stages)
    )
    return [case for answer in answers for case in answer["items"]]


async def if_there(page: Page, operation: str, thing: str | None = None, **query: str) -> Any:  # noqa: ANN401 - any document
    """Read what an operation answers; None where it does not stand or is not the reader's."""
    known = operation in page.front.operations.by_id and page.role in permitted(operation)
    return await page.get(operation, thing, **query) if known else None


def sections(page: Page, cases: Sequence[Case]) -> list[Section]:
    """Sort cases into the sections of the reader's role; empty ones stay away."""
    role, holds, say = page.role, page.holding[1], saying(page)
    told = [(case, next_step(case, role, holds)) for case in cases]
    found = [
        Section(name, rows([each for each in told if _waits(each, role, holds, steps)], say))
        for name, steps in SECTIONS[role].items()
    ]
    if role in {STAFF, LEADER}:
        found.insert(0, Section("late", rows([each for each in told if late(each[0], page)], say)))
    if role == DEPUTY:
        led = [each for each in told if each[0]["lead"] == holds and not each[1].mine]
        found.append(Section("underway", rows(led, say)))
    return [each for each in found if each.rows]


def late(case: Case, page: Page) -> bool:
    """Tell whether the date of a reply has passed."""
    return case["stage"] in HANDLING and case.get("due", FAR) < page.house["today"]


def _waits(told: tuple[Case, NextStep], role: str, holds: str | None, steps: frozenset[str]) -> bool:
    case, step = told
    if step.what not in steps:
        return False
    unit = (holds or "").removeprefix("unit/")
    return step.mine or role == LEADER or (role == UNIT and outstanding(case, unit))


def rows(told: Sequence[tuple[Case, NextStep]], say: Say) -> list[dict[str, Any]]:
    """Give the rows of a list, the nearest date first."""
    found = [row(case, step, say) for case, step in told]
    return sorted(found, key=lambda each: (each["due"] or FAR, each["number"]))


def turn(case: Case, step: NextStep, names: Names, say: Say) -> str:
    """Say the next step, and whose it is when it is not the reader's."""
    what = say(f"next.{step.what}")
    if step.mine or step.who == NOBODY:
        return what
    return say("next.of", who=who(step, case, names, say), what=what)


def row(case: Case, step: NextStep, say: Say) -> dict[str, Any]:
    """Give what a list says of one case."""
    names, deadline = Names(case, say), running(case)
    return {
        "id": case["id"].partition("/")[2],
        "stage": case["stage"],
        "title": title_of(case, say),
        "number": number_of(case, say),
        "category": category_of(case, say),
        "lead": names.person(case["lead"]),
        "units": names.units(tuple(case.get("handlers", ()))),
        "due": deadline.get("due") if deadline and case["stage"] in HANDLING else None,
        "limited": case["stage"] in HANDLING,
        "what": turn(case, step, names, say),
        "step": step,
    }
