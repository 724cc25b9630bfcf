"""Every suggestion's life, followed entry by entry: what deadlines, facts and figures stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .almanac import legal_day
from .entries import Entry

Value = Mapping[str, Any]
JOINT = "joint"


@dataclass
class Matter:
    """One suggestion. `units` are those that handle it now, each with its part."""

    session: str
    occasion: str
    assign_by: str = ""
    admitted: str = ""
    refused: bool = False
    number: int = 0
    assigned: str = ""
    statutory: str = ""
    units: dict[str, str] = field(default_factory=dict)
    answered_in: dict[str, int] = field(default_factory=dict)
    """The round in which a unit last replied; a successor has not."""
    classes: dict[str, str] = field(default_factory=dict)
    replied: str = ""
    redo: int = 0
    redo_open: bool = False
    results: dict[int, str] = field(default_factory=dict)
    """What the deputy said of the result, by round."""
    told: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Contacts that a unit told of: kind and mode."""
    contacts: set[tuple[str, str]] = field(default_factory=set)

    @property
    def required(self) -> list[str]:
        """Give the units whose reply is demanded: joint ones speak through the main one."""
        return [unit for unit, part in self.units.items() if part != JOINT]

    def complete_with(self, unit: str) -> bool:
        """Tell whether no required reply of this round is missing once this unit has replied."""
        return all(each == unit or self.answered_in.get(each) == self.redo for each in self.required)


def begun(entry: Entry) -> Matter:
    """Begin with the submission."""
    data = entry.data
    return Matter(data["session"], data["occasion"], (data.get("assign_by") or {}).get("due", ""))


def _admitted(matter: Matter, entry: Entry) -> None:
    matter.admitted = legal_day(entry.text("time"))


def _refused(matter: Matter, _entry: Entry) -> None:
    matter.refused = True


def _registered(matter: Matter, entry: Entry) -> None:
    matter.number = entry.data["number"]


def _assigned(matter: Matter, entry: Entry) -> None:
    data = entry.data
    matter.assigned, matter.statutory = data["day"], data["statutory"].get("due", "")
    matter.units = {each["unit"]: each["part"] for each in data["handlers"]}


def _succeeded(matter: Matter, entry: Entry) -> None:
    gone, successor = entry.data["unit"], entry.data["successor"]
    matter.units = {
        (successor["unit"] if unit == gone else unit): (successor["part"] if unit == gone else part)
        for unit, part in matter.units.items()
    }
    matter.answered_in.pop(gone, None)
    if gone in matter.classes:  # an answer given before a redo still counts for the matter
        matter.classes[successor["unit"]] = matter.classes.pop(gone)


def _met(matter: Matter, entry: Entry) -> None:
    matter.told[entry.data["contact"]] = entry.data["kind"], entry.data["mode"]


def _confirmed(matter: Matter, entry: Entry) -> None:
    matter.contacts.add((entry.data["kind"], entry.data["mode"]))


def _replied(matter: Matter, entry: Entry) -> None:
    unit = entry.data["unit"]
    done = matter.complete_with(unit)
    matter.answered_in[unit], matter.classes[unit] = matter.redo, entry.data["reply_class"]
    if done:
        matter.replied, matter.redo_open = matter.replied or entry.data["day"], False


def _rated(matter: Matter, entry: Entry) -> None:
    matter.results[matter.redo] = entry.data["result"]


def _redone(matter: Matter, _entry: Entry) -> None:
    matter.redo, matter.redo_open = matter.redo + 1, True


STEPS: dict[str, Callable[[Matter, Entry], None]] = {
    "suggestion.admitted.v1": _admitted,
    "suggestion.not-admitted.v1": _refused,
    "suggestion.registered.v1": _registered,
    "suggestion.assigned.v1": _assigned,
    "suggestion.return-approved.v1": _succeeded,
    "suggestion.contact-made.v1": _met,
    "suggestion.contact-confirmed.v1": _confirmed,
    "suggestion.replied.v1": _replied,
    "suggestion.rated.v1": _rated,
    "suggestion.redo-ordered.v1": _redone,
}

COUNTED = {
    "suggestion.submitted.v1", "suggestion.closed.v1",
    *(STEPS.keys() - {"suggestion.registered.v1", "suggestion.contact-made.v1"}),
}  # fmt: skip
"""What changes a figure, or ends what is counted."""
