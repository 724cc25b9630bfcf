"""The document of a case: what a suggestion is to those who look at it."""

from typing import Any

from typing_extensions import TypedDict

from services.chassis.words import Told


class Step(TypedDict, total=False):
    """One line of the story: the entry's address, what happened, when, by whom, with its facts."""

    at: str
    what: str
    when: str
    actor: str
    facts: dict[str, Any]


class CaseDocument(TypedDict, total=False):
    """A suggestion as its people see it. `handlers` are by unit, `dates` explain themselves."""

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


def waits(case: dict[str, Any]) -> list[str]:
    """Name whose act is next: `office`, `unit/…`, `mandate/…`; several may act side by side."""
    stage, lead = case["stage"], case["lead"]
    if stage == "drafted":
        return [lead, *sorted(each for each, answer in case["cosigners"].items() if answer == "invited")]
    if stage in {"submitted", "admitted", "registered", "rated"}:
        return ["office"]
    if stage not in {"assigned", "in_handling", "return_requested", "redo", "replied"}:
        return []
    next_ = [lead] if any(not each["confirmed"] for each in case["contacts"].values()) else []
    if stage == "replied":
        return [*dict.fromkeys([lead, "office"])]
    if any(each.get("returning") for each in case["handlers"].values()):
        next_.append("office")
    return next_ + [f"unit/{name}" for name, each in sorted(case["handlers"].items()) if open_for(each, case["redo"])]


def open_for(handler: dict[str, Any], redo: int) -> bool:
    """Tell whether a unit has something to do: to sign for it, or to reply in this round."""
    replied = "replied" in handler and handler.get("redo", 0) == redo
    return "received" not in handler or (handler["part"] != "joint" and not replied)
