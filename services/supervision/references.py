"""What supervision must know of others: names, and the calendars in which days are counted."""

from typing import Any

from events.catalogue import deputies, liaison, training
from events.catalogue.envelope import Entry
from services.chassis.shapes import View

Document = dict[str, Any]


def founded(_: Document, _entry: Entry) -> Document:
    """Begin without a calendar."""
    return {"calendars": []}


def adopted(document: Document, entry: Entry) -> Document:
    """Add an adopted calendar, whole."""
    return document | {"calendars": [*document["calendars"], entry.data["calendar"]]}


def named(_: Document, entry: Entry) -> Document:
    """Keep the name."""
    return {"name": entry.data["name"]}


def titled(_: Document, entry: Entry) -> Document:
    """Keep the course's title as its name."""
    return {"name": entry.data["title"]}


CONGRESS = View(
    "supervision-knows-congress", 1, dict,
    {deputies.CongressFounded: founded, deputies.CalendarAdopted: adopted},
)  # fmt: skip
MANDATE = View("supervision-knows-mandate", 1, dict, {deputies.MandateElected: named})
UNIT = View(
    "supervision-knows-unit", 1, dict, {deputies.UnitListed: named},
    keys=lambda entry: (f"unit/{entry.data['unit']}",),
)  # fmt: skip
STATION = View("supervision-knows-station", 1, dict, {liaison.StationOpened: named})
COURSE = View("supervision-knows-course", 1, dict, {training.CoursePlanned: titled})

REFERENCES = (CONGRESS, MANDATE, UNIT, STATION, COURSE)
