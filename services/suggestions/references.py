"""What suggestions must know of others: the congress's rules, its units, the mandates."""

from typing import Any

from events.catalogue import deputies
from events.catalogue.envelope import Entry
from services.chassis.shapes import View

Document = dict[str, Any]


def founded(_: Document, entry: Entry) -> Document:
    """Begin with the congress as founded: its term, no session, no rules yet."""
    return {
        "term": entry.data["term"],
        "name": entry.data["name"],
        "sessions": [],
        "rulebooks": [],
        "calendars": [],
    }


def convened(document: Document, entry: Entry) -> Document:
    """Add a session with its days."""
    return document | {"sessions": [*document["sessions"], entry.data]}


def rulebook(document: Document, entry: Entry) -> Document:
    """Add an adopted rulebook, whole."""
    return document | {"rulebooks": [*document["rulebooks"], entry.data["rulebook"]]}


def calendar(document: Document, entry: Entry) -> Document:
    """Add an adopted calendar, whole."""
    return document | {"calendars": [*document["calendars"], entry.data["calendar"]]}


CONGRESS = View(
    "suggestions-knows-congress", 1, dict,
    {
        deputies.CongressFounded: founded,
        deputies.SessionConvened: convened,
        deputies.RulebookAdopted: rulebook,
        deputies.CalendarAdopted: calendar,
    },
)  # fmt: skip

UNIT = View(
    "suggestions-knows-unit", 1, dict,
    {deputies.UnitListed: lambda _, entry: {"name": entry.data["name"]}},
    keys=lambda entry: (f"unit/{entry.data['unit']}",),
)  # fmt: skip

KEPT = (
    "person", "name", "term", "electorate", "electorate_name", "delegation", "delegation_name",
)  # fmt: skip

MANDATE = View(
    "suggestions-knows-mandate", 1, dict,
    {
        deputies.MandateElected: lambda _, entry: {
            name: entry.data[name]
            for name in KEPT
            if name in entry.data
        } | {"state": "elected"},
        deputies.MandateConfirmed: lambda document, _: document | {"state": "confirmed"},
        deputies.MandateTakenUp: lambda document, _: document | {"state": "active"},
        deputies.MandateSuspended: lambda document, _: document | {"state": "suspended"},
        deputies.MandateResumed: lambda document, _: document | {"state": "active"},
        deputies.MandateTerminated: lambda document, _: document | {"state": "terminated"},
    },
)  # fmt: skip

REFERENCES = (CONGRESS, UNIT, MANDATE)
