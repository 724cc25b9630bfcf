"""What liaison must know of others: who holds a mandate, which units there are."""

from typing import Any

from events.catalogue import deputies
from events.catalogue.envelope import Entry
from services.chassis.shapes import Project, View

Document = dict[str, Any]


def _becomes(state: str) -> Project:
    return lambda document, _: document | {"state": state}


MANDATE = View(
    "liaison-knows-mandate", 1, dict,
    {
        deputies.MandateElected: lambda _, e: {"name": e.data["name"], "state": "elected"},
        deputies.MandateConfirmed: _becomes("confirmed"),
        deputies.ElectionInvalid: _becomes("invalid"),
        deputies.MandateTakenUp: _becomes("active"),
        deputies.MandateSuspended: _becomes("suspended"),
        deputies.MandateResumed: _becomes("active"),
        deputies.MandateTerminated: _becomes("terminated"),
    },
)  # fmt: skip


def listed(_: Document, entry: Entry) -> Document:
    """Keep the unit's name."""
    return {"name": entry.data["name"]}


UNIT = View(
    "liaison-knows-unit", 1, dict, {deputies.UnitListed: listed},
    keys=lambda entry: (f"unit/{entry.data['unit']}",),
)  # fmt: skip

REFERENCES = (MANDATE, UNIT)
