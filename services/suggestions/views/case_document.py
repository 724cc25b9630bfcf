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
