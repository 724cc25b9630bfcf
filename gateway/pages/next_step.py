"""Where a case stands: who must do what by when, and which forms the reader is offered. Pure.

It repeats no rule to decide anything: the service decides. It only spares the reader forms
that would surely be refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.pages.offers import (
    HANDLING,
    INVITED,
    LEAD,
    NOBODY,
    OFFICE,
    OFFICE_STEPS,
    UNIT,
    Case,
    met,
    offers,
    outstanding,
    reader_of,
    returning,
    unconfirmed,
    unsatisfied,
)


@dataclass(frozen=True, slots=True)
class NextStep:
    """Who (`lead`, `invited`, `office`, `unit` or `nobody`) must do what, by the deadline.

    `forms` are those of the step itself, when it is the reader's turn; `also` what else he may
    do now. `units` are the units the step waits for. `beside` are other dates that run meanwhile.
    """

    who: str
    what: str
    units: tuple[str, ...] = ()
    deadline: Mapping[str, Any] | None = None
    forms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    beside: tuple[Mapping[str, Any], ...] = ()

    @property
    def mine(self) -> bool:
        """Tell whether it is the reader's turn."""
        return bool(self.forms)

    @property
    def due(self) -> str | None:
        """Give the last day in time; None where no rule sets one."""
        return self.deadline.get("due") if self.deadline else None

    @property
    def left(self) -> int | None:
        """Give the working days left to that day, as the service counts them."""
        return self.deadline.get("days_left") if self.deadline else None


AWAITED: Mapping[str, frozenset[str]] = {
    "write": frozenset({"reviseDraft"}),
    "collect": frozenset({"submitSuggestion"}),
    "submit": frozenset({"submitSuggestion"}),
    "cosign": frozenset({"cosign", "declineCosign"}),
    "review": frozenset({"admitSuggestion", "refuseAdmission"}),
    "register": frozenset({"registerSuggestion"}),
    "assign": frozenset({"assignSuggestion"}),
    "receive": frozenset({"receiveAssignment"}),
    "contact": frozenset({"recordContact"}),
    "confirm": frozenset({"confirmContact"}),
    "reply": frozenset({"replyToSuggestion"}),
    "reply_again": frozenset({"replyToSuggestion"}),
    "decide_return": frozenset({"approveReturn", "refuseReturn"}),
    "rate": frozenset({"rateReply"}),
    "redo": frozenset({"orderRedo"}),
    "close": frozenset({"closeSuggestion"}),
}
"""The forms that take each step."""


def next_step(case: Case, role: str, holds: str | None) -> NextStep:
    """Give the next step of a case as its reader sees it: his own first, if he has one."""
    reader, own = reader_of(case, role, holds), (holds or "").removeprefix("unit/")
    who, what, units = _step(case, reader, own)
    offered = offers(case, reader, holds)
    turn = who != UNIT or own in units
    deadline = _deadline(case, what)
    awaited = AWAITED.get(what, frozenset()) if turn else frozenset()
    return NextStep(
        who,
        what,
        units,
        deadline,
        tuple(each for each in offered if each in awaited),
        tuple(each for each in offered if each not in awaited),
        tuple(_beside(case, what, offered, deadline)) if who == UNIT else (),
    )


def running(case: Case) -> Mapping[str, Any] | None:
    """Give the deadline that runs: the redo's in a later round, else the statutory one."""
    found = case.get("redo_by") if case.get("redo") else case.get("statutory")
    if found is None and case.get("due"):
        return {name: case[name] for name in ("due", "days_left") if name in case}
    return found


OWN_DATES = {
    "review": "assign_by", "register": "assign_by", "assign": "assign_by",
    "contact": "contact_by", "rate": "rate_by",
}  # fmt: skip
"""The steps whose date is not that of the reply, and where the case has it."""


def _deadline(case: Case, what: str) -> Mapping[str, Any] | None:
    """Give the date of a step: its own where the rules set one, else for units that of the reply."""
    own: Mapping[str, Any] | None = case.get("dates", {}).get(OWN_DATES.get(what, ""))
    if what in {"receive", "reply", "reply_again"} or (what == "contact" and not (own or {}).get("due")):
        return running(case)
    return own


def _beside(
    case: Case, what: str, offered: Sequence[str], deadline: Mapping[str, Any] | None
) -> Iterator[Mapping[str, Any]]:
    """Give what else runs for a unit: the reply behind a contact, the first contact, the return."""
    dates, reply = case.get("dates", {}), running(case)
    if reply and deadline and reply != deadline:
        yield reply
    if what in {"receive", "contact"} and "contact_by" in dates and dates["contact_by"] != deadline:
        yield dates["contact_by"]
    if "requestReturn" in offered and "return_by" in dates:
        yield dates["return_by"]


def _step(case: Case, reader: str, own: str) -> tuple[str, str, tuple[str, ...]]:
    stage = case["stage"]
    if stage == "drafted":
        return (*_drafting(case, reader), ())
    if stage in OFFICE_STEPS:
        return OFFICE, OFFICE_STEPS[stage], ()
    if stage == "rated":
        return OFFICE, "redo" if unsatisfied(case) else "close", ()
    if stage == "replied":
        return LEAD, "rate", ()
    if stage in HANDLING:
        confirms = reader == LEAD and unconfirmed(case)
        return (LEAD, "confirm", ()) if confirms else _handling(case, own if reader == UNIT else None)
    return NOBODY, stage, ()


def _drafting(case: Case, reader: str) -> tuple[str, str]:
    if not case.get("title"):
        return LEAD, "write"
    if reader == INVITED:
        return INVITED, "cosign"
    asked = "invited" in case.get("cosigners", {}).values()
    return LEAD, "collect" if asked else "submit"


def _handling(case: Case, own: str | None) -> tuple[str, str, tuple[str, ...]]:
    """Follow the reader's own unit while it owes something, else the first that does.

    What a unit asked to give back waits for the office; the other units go on meanwhile.
    """
    waiting = returning(case)
    if waiting and (own is None or own in waiting):
        return OFFICE, "decide_return", waiting
    handlers = case["handlers"]
    owing = [name for name, each in handlers.items() if each["part"] != "joint" and outstanding(case, name)]
    if own and own not in owing and not handlers[own].get("received"):
        owing = [own]
    if not owing:
        return UNIT, "reply", tuple(handlers)
    unit = own if own is not None and own in owing else owing[0]
    if not handlers[unit].get("received"):
        signing = tuple(name for name in owing if not handlers[name].get("received"))
        return UNIT, "receive", (unit,) if own else signing
    if not met(case, unit):
        asked = unconfirmed(case, unit)
        return (LEAD, "confirm", ()) if asked else (UNIT, "contact", (unit,))
    return UNIT, "reply_again" if case.get("redo") else "reply", (unit,)
