"""The congress as everybody may see it: its sessions, electorates, units and rules."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import deputies as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View


class CongressDocument(TypedDict, total=False):
    """A congress. Rulebooks and calendars stand whole, each with the entry that adopted it."""

    id: str
    name: str
    name_en: str
    level: str
    term: int
    example: bool
    sessions: list[dict[str, Any]]
    electorates: list[dict[str, Any]]
    delegations: list[dict[str, Any]]
    units: list[dict[str, Any]]
    rulebooks: list[dict[str, Any]]
    calendars: list[dict[str, Any]]
    updated: str


LISTS = ("sessions", "electorates", "delegations", "units", "rulebooks", "calendars")


def founded(_document: CongressDocument, entry: Entry) -> CongressDocument:
    """Begin with the congress as founded, every list empty."""
    return {**entry.data, **{name: [] for name in LISTS}, "updated": entry.time}  # type: ignore[typeddict-item]


def _adding(name: str, part: str | None = None) -> Any:  # noqa: ANN401 - a step of the fold
    def step(document: dict[str, Any], entry: Entry) -> dict[str, Any]:
        item = entry.data if part is None else {**entry.data[part], "adopted": entry.id}
        return {**document, name: [*document[name], item], "updated": entry.time}

    return step


def shows(document: CongressDocument, _reader: Reader) -> CongressDocument:
    """Show everybody everything: all of it is public."""
    return document


CONGRESS = View(
    "congress",
    1,
    CongressDocument,
    {
        said.CongressFounded: founded,
        said.SessionConvened: _adding("sessions"),
        said.Seats: _adding("electorates"),
        said.DelegationFormed: _adding("delegations"),
        said.UnitListed: _adding("units"),
        said.RulebookAdopted: _adding("rulebooks", "rulebook"),
        said.CalendarAdopted: _adding("calendars", "calendar"),
    },
    shows=shows,
    etag=True,
)
