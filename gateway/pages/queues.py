"""What waits for whom: open cases sorted into the sections of a home page, a desk, an inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.pages.framing import Page
from gateway.pages.next_step import NextStep, next_step, running
from gateway.pages.offers import HANDLING, NOBODY, Case
from gateway.pages.telling import Names, Say, category_of, number_of, saying, title_of, who
from gateway.policy import DEPUTY, LEADER, STAFF, UNIT, permitted

MOST = "100"
FAR = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that waits, soonest first; `more` when there are others beyond the first hundred."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the reader, without empty sections; `more` as in a section."""

    sections: Sequence[Section] = ()
    more: bool = False


UNRATED, RETURNING = "unrated", "returning"
"""What the office may close, but rather leaves to the deputy's rating for now; what a unit asked to
give back, and the office has yet to decide. They stand there for others to act."""

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
        UNRATED: frozenset({"rate"}),
    },
    UNIT: {
        "again": frozenset({"reply_again"}),
        "receive": frozenset({"receive"}),
        "handle": frozenset({"contact", "confirm", "reply"}),
        RETURNING: frozenset({"decide_return"}),
    },
    LEADER: {"unsatisfied": frozenset({"redo"})},
}
"""The sections of each role, by the next step of what stands in them."""


def turn_of(page: Page) -> str | None:
    """Give the name under which a case waits for the reader."""
    return "office" if page.role in {STAFF, LEADER} else page.holding[1]


async def queue(page: Page) -> Queue:
    """Ask once what waits for the reader, and sort it; the offices' newest first, lest old ones hide them."""
    if page.role not in SECTIONS:
        return Queue()
    order = "-updated" if page.role in {STAFF, LEADER} else "due"
    found = await page.get("listSuggestions", waits=turn_of(page), order=order, limit=MOST)
    return Queue([each for each in waiting(page, found["items"]) if each.rows], found["cursor"] is not None)


async def overdue(page: Page) -> list[Section]:
    """Ask the board what is late, whoever holds it up; a unit sees its own dates in its queue."""
    if page.role not in {STAFF, LEADER, DEPUTY}:
        return []
    found, say = await page.get("listBoard", colour="red", order="due", limit=MOST), saying(page)
    told = [late_row(each, next_step(each, *page.holding), say) for each in found["items"]]
    return [Section("late", told, found["cursor"] is not None)] if told else []


async def if_there(page: Page, operation: str, thing: str | None = None, **query: str) -> Any:  # noqa: ANN401 - any document
    """Read what an operation answers; None where it does not stand or is not the reader's."""
    known = operation in page.front.operations.by_id and page.role in permitted(operation)
    return await page.get(operation, thing, **query) if known else None


def waiting(page: Page, cases: Sequence[Case]) -> list[Section]:
    """Sort what waits for the reader into the sections of his role."""
    told = [(case, next_step(case, *page.holding)) for case in cases]
    return [
        Section(name, rows([each for each in told if each[1].what in steps], saying(page)))
        for name, steps in SECTIONS[page.role].items()
    ]


def rows(told: Sequence[tuple[Case, NextStep]], say: Say) -> list[dict[str, Any]]:
    """Give the rows of a list, the nearest date first."""
    found = [row(case, step, say) for case, step in told]
    return sorted(found, key=lambda each: (each["due"] or FAR, each["number"]))


def late_row(case: Case, step: NextStep, say: Say) -> dict[str, Any]:
    """Give what a list says of a late case of the board: the units are those that have yet to reply."""
    owing = Names(case, say).units(case.get("open_units", ()))
    return {**row(case, step, say), "due": case["due"], "limited": True, "units": owing}


def turn(case: Case, step: NextStep, names: Names, say: Say) -> str:
    """Say the next step, and whose it is when it is not the reader's."""
    what = say(f"next.{step.what}")
    if step.mine or step.who == NOBODY:
        return what
    return say("next.of", who=who(step, case, names, say), what=what)


def row(case: Case, step: NextStep, say: Say) -> dict[str, Any]:
    """Give what a list says of one case."""
    names, runs = Names(case, say), (running(case) or {}) if case["stage"] in HANDLING else {}
    return {
        "id": case["id"].partition("/")[2],
        "stage": case["stage"],
        "title": title_of(case, say),
        "number": number_of(case, say),
        "category": category_of(case, say),
        "lead": names.person(case["lead"]),
        "units": names.units(tuple(case.get("handlers", ()))),
        "due": runs.get("due"),
        "left": runs.get("days_left"),
        "limited": case["stage"] in HANDLING,
        "what": turn(case, step, names, say),
        "step": step,
    }
