"""The board: every suggestion of the congress, whose it is, and what is late."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from events.catalogue import suggestions as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Document, Project, Reader, View
from services.chassis.words import Told
from services.chassis.workdays import AMBER_DAYS, Days, colour

OFFICE = {"staff", "leader", "auditor"}


class BoardDocument(TypedDict, total=False):
    """A suggestion on the board. `due` is the date running now; it ends with the last reply.

    `units` have it, `open_units` have yet to reply in this round; `statutory_due` stays.
    `colour` and `days_left` (working days, negative: late) are computed on reading.
    """

    stage: str
    title: Told
    lead: str
    people: list[str]
    session: str
    occasion: str
    delegation: str
    delegation_name: str
    submitted: str
    category: str
    number: int
    handlers: dict[str, dict[str, Any]]
    units: list[str]
    open_units: list[str]
    assigned: str
    statutory_due: str
    due: str
    redo: int
    complete: bool
    reply_class: str
    label: str
    result: str
    outcome: str
    closed: str
    updated: str
    colour: str
    days_left: int


def _then(
    document: BoardDocument, entry: Entry, stage: str = "", **changes: Any  # noqa: ANN401 - fields
) -> BoardDocument:  # fmt: skip
    own: dict[str, Any] = document  # type: ignore[assignment]
    own.update(changes, updated=entry.time)
    if stage:
        own["stage"] = stage
    return document


def _working(document: BoardDocument, stage: str) -> str:
    """Keep the stage once all required replies are there: a joint unit may still act."""
    return "" if document.get("complete") else stage


def _works(stage: str) -> Project:
    return lambda document, entry: _then(document, entry, _working(document, stage))


SUBMITTED = ("title", "lead", "session", "occasion", "delegation", "delegation_name")


def submitted(document: BoardDocument, entry: Entry) -> BoardDocument:
    """Begin: the board shows what was submitted, never a draft."""
    data = entry.data
    kept = {name: data[name] for name in SUBMITTED if name in data}
    people = [data["lead"], *data["cosigners"]]
    return _then(document, entry, "submitted", people=people, submitted=data["day"], **kept)


def assigned(document: BoardDocument, entry: Entry) -> BoardDocument:
    """Name its units; the statutory clock runs."""
    data, handlers = entry.data, {each["unit"]: each for each in entry.data["handlers"]}
    due = {name: data["statutory"]["due"] for name in DUES if "due" in data["statutory"]}
    return _then(
        document, entry, "assigned", handlers=handlers, units=list(handlers), redo=0,
        open_units=list(handlers), assigned=data["day"], complete=False, **due,
    )  # fmt: skip


DUES = ("statutory_due", "due")


def returned(document: BoardDocument, entry: Entry) -> BoardDocument:
    """Put the successor in the unit's place; no date moves."""
    gone, successor = entry.data["unit"], entry.data["successor"]
    handlers = {name: each for name, each in document["handlers"].items() if name != gone}
    handlers[successor["unit"]] = successor
    still = [successor["unit"] if each == gone else each for each in document["open_units"]]
    return _then(
        document, entry, _working(document, "assigned"), handlers=handlers, units=sorted(handlers),
        open_units=still,
    )  # fmt: skip


def replied(document: BoardDocument, entry: Entry) -> BoardDocument:
    """Note the unit's reply; when none is missing nothing is due any more."""
    data = entry.data
    still = [each for each in document["open_units"] if each != data["unit"]]
    facts = {"reply_class": data["reply_class"], "label": data["label"]}
    if not data["complete"]:
        return _then(document, entry, open_units=still, **facts)
    document.pop("due", None)
    stage = _working(document, "replied")
    return _then(document, entry, stage, open_units=[], complete=True, **facts)


def redone(document: BoardDocument, entry: Entry) -> BoardDocument:
    """Open a new round for every unit, under its own date if the rules set one."""
    redo_by = entry.data["redo_by"]
    due = {"due": redo_by["due"]} if "due" in redo_by else {}
    return _then(
        document, entry, "redo", redo=entry.data["redo"], open_units=document["units"],
        complete=False, **due,
    )  # fmt: skip


def closed(document: BoardDocument, entry: Entry) -> BoardDocument:
    """End."""
    data = entry.data
    return _then(document, entry, "closed", outcome=data["outcome"], closed=data["day"])


def where(value: str, today: dt.date) -> Mapping[str, Mapping[str, Any]]:
    """Give the due dates of a colour: late is red, within ten days amber, later green."""
    amber, green = today.isoformat(), (today + dt.timedelta(days=AMBER_DAYS + 1)).isoformat()
    windows: dict[str, dict[str, dict[str, str | None]]] = {
        "red": {"below": {"due": amber}},
        "amber": {"at_least": {"due": amber}, "below": {"due": green}},
        "green": {"at_least": {"due": green}},
        "none": {"equal": {"due": None}},
    }
    return windows[value]


COLOURS = ("red", "amber", "green", "none")


def coloured(document: Document, today: dt.date, days: Days) -> Document:
    """Add colour and working days left as of today."""
    if "due" not in document:
        return document | {"colour": "none"}
    due = dt.date.fromisoformat(document["due"])
    return document | {"colour": colour(due, today), "days_left": days.left(due, today)}


def shows(document: BoardDocument, reader: Reader) -> BoardDocument | None:
    """Show it to the offices, to its deputies and to its units."""
    if reader.role in OFFICE:
        return document
    if reader.role == "deputy":
        return document if reader.holds in document["people"] else None
    units = {f"unit/{each}" for each in document.get("units", ())}
    return document if reader.role == "unit" and reader.holds in units else None


BOARD = View(
    "board", 1, BoardDocument,
    {
        said.SuggestionSubmitted: submitted,
        said.SuggestionAdmitted: lambda d, e: _then(d, e, "admitted", category=e.data["category"]),
        said.SuggestionNotAdmitted: lambda d, e: _then(d, e, "not_admitted"),
        said.SuggestionRegistered: lambda d, e: _then(d, e, "registered", number=e.data["number"]),
        said.SuggestionAssigned: assigned,
        said.AssignmentReceived: _works("in_handling"),
        said.ReturnRequested: _works("return_requested"),
        said.ReturnApproved: returned,
        said.ReturnRefused: _works("in_handling"),
        said.Replied: replied,
        said.Rated: lambda d, e: _then(d, e, "rated", result=e.data["result"]),
        said.RedoOrdered: redone,
        said.SuggestionClosed: closed,
    },
    shows=shows,
    names=lambda document: document.get("people", ()),
    fields=(
        "stage", "session", "occasion", "units", "open_units", "lead", "people", "category",
        "delegation", "due", "number", "assigned", "updated",
    ),
)  # fmt: skip
