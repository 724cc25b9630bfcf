"""What the ledgers of a congress tell together: rules adopted, suggestions in their lives, numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .entries import Entry
from .matters import COUNTED, STEPS, Matter, begun

Value = Mapping[str, Any]


@dataclass
class Story:
    """Folded entry by entry, the deputies' ledger first.

    `rules` and `calendars` come with the number of the entry that adopted them and the time at
    which it was taken. `until` (0: no end) is the last entry of the suggestions that counts.
    """

    until: int = 0
    rules: list[tuple[int, str, Value]] = field(default_factory=list)
    calendars: list[tuple[int, str, Value]] = field(default_factory=list)
    matters: dict[str, Matter] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The last number given, by session."""
    at: dict[str, str] = field(default_factory=dict)
    """The last entry that counted, by session."""
    example: bool = False

    def take(self, entry: Entry) -> None:
        """Go on by one entry.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: when it has not the shape of its type.

        """
        place = entry.sequence, entry.text("recordedtime")
        match entry.type:
            case "congress.founded.v1":
                self.example = entry.data.get("example") is True
            case "congress.rulebook-adopted.v1":
                self.rules.append((*place, entry.data["rulebook"]))
            case "congress.calendar-adopted.v1":
                self.calendars.append((*place, entry.data["calendar"]))
            case _ if not self.until or entry.sequence <= self.until:
                self._follow(entry)
            case _:
                pass

    def _follow(self, entry: Entry) -> None:
        if entry.type == "suggestion.submitted.v1":
            self.matters[entry.subject] = begun(entry)
        elif entry.type == "numbering.issued.v1":
            self.numbers[entry.subject.partition("/")[2]] = entry.data["number"]
        elif entry.type in STEPS:
            STEPS[entry.type](self.matters[entry.subject], entry)
        if entry.type in COUNTED:
            self.at[self.matters[entry.subject].session] = entry.id

    def of(self, session: str, occasion: str | None = None) -> list[Matter]:
        """Give the matters of a session, perhaps only those of one occasion."""
        return [
            each for each in self.matters.values()
            if each.session == session and occasion in {None, each.occasion}
        ]  # fmt: skip

    def adopted(self, known: int, recorded: str) -> list[tuple[list[Value], list[Value]]]:
        """Give the rules by which a decision may have been made, likeliest first.

        It cites how far it knew the deputies' ledger; what was adopted after that, but taken
        before the decision was, may have reached it too.
        """
        later = {number for number, when, _ in (*self.rules, *self.calendars) if when <= recorded}
        bounds = sorted({known, *(each for each in later if each > known)})
        return [
            ([value for number, _, value in self.rules if number <= each],
             [value for number, _, value in self.calendars if number <= each])
            for each in bounds
        ]  # fmt: skip
