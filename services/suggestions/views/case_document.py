"""The document of a case: what a suggestion is to those who look at it."""

import datetime as dt
from typing import Any

from typing_extensions import TypedDict

from services.chassis.shapes import Document
from services.chassis.words import Told
from services.chassis.workdays import Days


class Step(TypedDict, total=False):
    """One line of the story: the entry's address, what happened, when, by whom, with its facts."""

    at: str
    what: str
    when: str
    actor: str
    facts: dict[str, Any]


class CaseDocument(TypedDict, total=False):
    """A suggestion as its people see it. `handlers` are by unit, `dates` explain themselves.

    `days_left` (working days, negative: late), here and in each date, is computed on reading.
    """

    id: str
    stage: str
    submitted: bool
    names: dict[str, Told]
    lead: str
    title: Told
    text: Told
    cites: Told
    opinion: str
    cosigners: dict[str, str]
    session: str
    occasion: str
    delegation_name: str
    category: str
    number: int
    handlers: dict[str, dict[str, Any]]
    units: list[str]
    statutory: dict[str, Any]
    due: str
    days_left: int
    redo: int
    redo_by: dict[str, Any]
    contacts: dict[str, dict[str, Any]]
    replies: list[dict[str, Any]]
    ratings: list[dict[str, Any]]
    outcome: str
    ground: str
    explanation: Told
    people: list[str]
    updated: str
    dates: dict[str, dict[str, Any]]
    waits: list[str]
    story: list[Step]


WORKING = ("assigned", "return_requested", "in_handling", "redo")
"""The stages in which units work on it."""


def dated(case: Document, today: dt.date, days: Days) -> Document:
    """Add to every date of a case the working days left as of today, negative when late."""

    def told(date: Document) -> Document:
        if "due" not in date:
            return date
        return {**date, "days_left": days.left(dt.date.fromisoformat(date["due"]), today)}

    found: Document = {name: told(case[name]) for name in ("statutory", "redo_by") if name in case}
    if "dates" in case:
        found["dates"] = {name: told(each) for name, each in case["dates"].items()}
    runs = told({"due": case["due"]}) if "due" in case and case["stage"] in WORKING else {}
    return {**case, **found, **runs}


def at_work(case: CaseDocument, handlers: dict[str, dict[str, Any]]) -> str:
    """Give the stage when a return was decided; a case that has gone beyond stays where it is."""
    if case["stage"] not in WORKING:
        return case["stage"]
    if any(each.get("returning") for each in handlers.values()):
        return "return_requested"
    if case["redo"]:
        return "redo"
    return "in_handling" if any("received" in each for each in handlers.values()) else "assigned"


def waits(case: dict[str, Any]) -> list[str]:
    """Name whose act is next: `office`, `unit/…`, `mandate/…`; several may act side by side."""
    stage, lead = case["stage"], case["lead"]
    if stage == "drafted":
        return [lead, *sorted(each for each, answer in case["cosigners"].items() if answer == "invited")]
    if stage in {"submitted", "admitted", "registered", "rated"}:
        return ["office"]
    if stage == "replied":
        return [lead, "office"]
    if stage not in WORKING:
        return []
    handlers, redo = case["handlers"], case["redo"]
    asked = [lead] if any(not each["confirmed"] for each in case["contacts"].values()) else []
    office = ["office"] if any(each.get("returning") for each in handlers.values()) else []
    units = [f"unit/{name}" for name, each in sorted(handlers.items()) if open_for(each, redo)]
    return asked + office + units


def open_for(handler: dict[str, Any], redo: int) -> bool:
    """Tell whether a unit has something to do: to sign for it, or to reply in this round."""
    replied = "replied" in handler and handler.get("redo", 0) == redo
    return "received" not in handler or (handler["part"] != "joint" and not replied)
