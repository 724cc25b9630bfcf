"""Every rate from the rows of a session: what is counted, out of what, by which definition.

No percentage is computed here: numerator and denominator are what is answered for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typing_extensions import TypedDict

from events.catalogue.suggestions import ContactKind, ContactMode, Satisfaction
from events.catalogue.vocabulary import ReplyClass
from services.reporting.views.figures import Row

Test = Callable[[Row], bool]


class Figure(TypedDict):
    """A figure: so many out of so many, its name and its definition in both languages."""

    key: str
    numerator: int
    denominator: int
    name: str
    name_en: str
    definition: str
    definition_en: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A definition, published with every number it gives."""

    key: str
    counted: Test
    among: Test
    name: str
    name_en: str
    definition: str
    definition_en: str

    def of(self, rows: Sequence[Row]) -> Figure:
        """Count the rows; what is counted is always among what is counted out of."""
        base = [row for row in rows if self.among(row)]
        return {
            "key": self.key,
            "numerator": sum(self.counted(row) for row in base),
            "denominator": len(base),
            "name": self.name,
            "name_en": self.name_en,
            "definition": self.definition,
            "definition_en": self.definition_en,
        }


def accepted(row: Row) -> bool:
    """Tell whether it was admitted: N, the ground of all figures."""
    return "admitted" in row


def assigned(row: Row) -> bool:
    """Tell whether it was assigned."""
    return "assigned" in row


def replied(row: Row) -> bool:
    """Tell whether all required first replies were delivered."""
    return "replied" in row


def concluded(row: Row) -> bool:
    """Tell whether it is answered and no redo is open."""
    return replied(row) and not row.get("redo_open", False)


def rated(row: Row) -> bool:
    """Tell whether any round was rated."""
    return bool(row["ratings"])


def rated_first(row: Row) -> bool:
    """Tell whether the first round was rated."""
    return "0" in row["ratings"]


def in_time(done: str, due: str) -> Test:
    """Tell whether a day came, and not after its limit."""
    return lambda row: done in row and str(row[done]) <= str(row[due])  # type: ignore[literal-required]


def limited(after: Test, due: str) -> Test:
    """Tell whether a rule set a limit: without one nothing is late."""
    return lambda row: after(row) and due in row


def first(*results: Satisfaction) -> Test:
    """Tell whether the first round's result was one of these."""
    return lambda row: row["ratings"]["0"]["result"] in results


def final(*results: Satisfaction) -> Test:
    """Tell whether the last result given was one of these."""
    return lambda row: row["ratings"][max(row["ratings"], key=int)]["result"] in results


def met(*modes: ContactMode) -> Test:
    """Tell whether a contact of such a mode was confirmed."""
    return lambda row: any(each.split()[1] in modes for each in row["contacts"])


def met_thrice(row: Row) -> bool:
    """Tell whether a contact before, during and after handling was confirmed."""
    return {each.split()[0] for each in row["contacts"]} == set(ContactKind)


ORDER = [str(each) for each in ReplyClass]


def outcome(row: Row) -> str:
    """Give an item's class: of several required replies the one that promises least."""
    classes = [row["classes"][each] for each in row["required"] if each in row["classes"]]
    return max(classes, key=ORDER.index)


def became(*classes: ReplyClass) -> Test:
    """Tell whether it was answered with one of these classes."""
    return lambda row: replied(row) and outcome(row) in classes
