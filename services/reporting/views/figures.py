"""One document per session, one small row per item: what every rate is computed from."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from typing_extensions import TypedDict

from events.catalogue import suggestions as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import View
from services.chassis.workdays import legal_day


class Row(TypedDict, total=False):
    """An item in days and codes, never in words.

    `units` handle it, `required` are those of them whose reply is demanded, `classes` their
    last reply classes, `replied` the day on which the last of the first replies came. `ratings` are by redo
    round, `contacts` those confirmed, as `kind mode`.
    """

    occasion: str
    admitted: str
    assign_by: str
    assigned: str
    statutory_due: str
    units: list[str]
    required: list[str]
    classes: dict[str, str]
    replied: str
    ratings: dict[str, dict[str, str]]
    redo: int
    redo_open: bool
    contacts: list[str]
    closed: str


class FiguresDocument(TypedDict, total=False):
    """The items submitted in a session, by stream; those not admitted leave it.

    `at` is the last entry counted, so that numbers and position come from one read.
    """

    session: str
    at: str
    items: dict[str, Row]


Change = Callable[[Row, Entry], Row | None]


def submitted(_: Row, entry: Entry) -> Row:
    """Begin; between sessions the rules may limit how long the assignment may take."""
    row: Row = {"occasion": entry.data["occasion"], "contacts": [], "ratings": {}, "classes": {}}
    due = entry.data.get("assign_by", {}).get("due")
    return {**row, "assign_by": due} if due else row


def admitted(row: Row, entry: Entry) -> Row:
    """Count it from here on."""
    day = legal_day(dt.datetime.fromisoformat(entry.time))
    return {**row, "admitted": day.isoformat()}


def assigned(row: Row, entry: Entry) -> Row:
    """Note the day, the statutory date, and whose reply is required."""
    data = entry.data
    required = [each["unit"] for each in data["handlers"] if each["part"] != said.Part.JOINT]
    units = [each["unit"] for each in data["handlers"]]
    begun: Row = {**row, "assigned": data["day"], "units": units, "required": required, "redo": 0}
    due = data["statutory"].get("due")
    return {**begun, "statutory_due": due} if due else begun


def returned(row: Row, entry: Entry) -> Row:
    """Put the successor in the unit's place; an answer given before a redo still stands."""
    names = {entry.data["unit"]: entry.data["successor"]["unit"]}
    units = [names.get(each, each) for each in row["units"]]
    required = [names.get(each, each) for each in row["required"]]
    classes = {names.get(each, each): given for each, given in row["classes"].items()}
    return {**row, "units": units, "required": required, "classes": classes}


def contacted(row: Row, entry: Entry) -> Row:
    """Add a contact that the deputy confirmed."""
    contact = f"{entry.data['kind']} {entry.data['mode']}"
    return {**row, "contacts": sorted({*row["contacts"], contact})}


def replied(row: Row, entry: Entry) -> Row:
    """Keep the unit's class; with the last required reply the item, or its redo, is answered."""
    data = entry.data
    classes = {**row["classes"], data["unit"]: data["reply_class"]}
    answered: Row = {**row, "classes": classes}
    if data["complete"]:
        answered["replied"] = row.get("replied", data["day"])
        answered["redo_open"] = False
    return answered


def rated(row: Row, entry: Entry) -> Row:
    """Keep the rating of the round."""
    data = entry.data
    rating = {"attitude": data["attitude"], "result": data["result"]}
    return {**row, "ratings": {**row["ratings"], str(data["redo"]): rating}}


def redone(row: Row, entry: Entry) -> Row:
    """Open a new round."""
    return {**row, "redo": entry.data["redo"], "redo_open": True}


def closed(row: Row, entry: Entry) -> Row:
    """End."""
    return {**row, "closed": entry.data["day"]}


def _item(change: Change) -> Any:  # noqa: ANN401 - a step of the fold
    def step(document: FiguresDocument, entry: Entry) -> FiguresDocument:
        items = document.setdefault("items", {})
        row = change(items.pop(entry.subject, {}), entry)
        if row is not None:
            items[entry.subject] = row
        document["session"], document["at"] = entry.data["session"], entry.id
        return document

    return step


FIGURES = View(
    "figures", 1, FiguresDocument,
    {
        said.SuggestionSubmitted: _item(submitted),
        said.SuggestionAdmitted: _item(admitted),
        said.SuggestionNotAdmitted: _item(lambda _row, _entry: None),
        said.SuggestionAssigned: _item(assigned),
        said.ReturnApproved: _item(returned),
        said.ContactConfirmed: _item(contacted),
        said.Replied: _item(replied),
        said.Rated: _item(rated),
        said.RedoOrdered: _item(redone),
        said.SuggestionClosed: _item(closed),
    },
    keys=lambda entry: (f"figures/{entry.data['session']}",),
    shows=lambda document, _reader: document,
    fields=("session",),
)  # fmt: skip
