"""Coverage of the first-term course: computed on reading, from whoever is in office then."""

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict

from services.chassis.shapes import Document

TOPIC = "first_term"


class Figure(TypedDict):
    """Distinct persons covered, out of the persons in the group."""

    numerator: int
    denominator: int


class Coverage(TypedDict):
    """How many deputies in office have had the course of the first term.

    `numerator` and `denominator` count distinct persons (人) whose mandate is active or
    suspended; `newly_elected_frontline` the group that is to be trained early in the term.
    `person_times` (人次) counts attendances of all courses of the topic by the same persons.
    """

    topic: str
    numerator: int
    denominator: int
    newly_elected_frontline: Figure
    persons: int
    person_times: int
    as_of: str
    positions: dict[str, int]


def in_office(mandates: Iterable[tuple[str, Document]]) -> dict[str, Document]:
    """Give the mandates whose deputies hold office, also those who may not act just now."""
    return {key: each for key, each in mandates if each["state"] in {"active", "suspended"}}


def figure(group: Mapping[str, Document], learners: Mapping[str, Document]) -> Figure:
    """Count the persons of a group, and those whose need of the first-term course is met."""
    met = {key for key in group if TOPIC in learners.get(key, {}).get("met", ())}
    return {
        "numerator": len({group[key]["person"] for key in met}),
        "denominator": len({each["person"] for each in group.values()}),
    }


def attendances(group: Mapping[str, Document], learners: Mapping[str, Document]) -> list[str]:
    """Give the person of every attendance of the topic: as often as he came."""
    return [
        group[key]["person"]
        for key in group
        for each in learners.get(key, {}).get("attended", {}).values()
        if each["topic"] == TOPIC
    ]


def cover(
    mandates: Iterable[tuple[str, Document]], learners: Iterable[tuple[str, Document]]
) -> dict[str, Any]:
    """Compute the figures; `as_of` and `positions` are added by whoever read the documents."""
    group, known = in_office(mandates), dict(learners)
    frontline = {key: each for key, each in group.items() if each["frontline"] and each["first_term"]}
    came = attendances(group, known)
    return {
        "topic": TOPIC,
        **figure(group, known),
        "newly_elected_frontline": figure(frontline, known),
        "persons": len(set(came)),
        "person_times": len(came),
    }
