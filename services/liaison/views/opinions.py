"""The opinions, for those who deal with them: what was said, who has it, what is to be done."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import liaison as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.chassis.words import Told


class Step(TypedDict, total=False):
    """One line of the story: the entry's address, what happened, when, by whom."""

    at: str
    what: str
    when: str
    actor: str


class OpinionDocument(TypedDict, total=False):
    """An opinion. `people` are the deputies concerned: the one addressed, the one who took it up.

    `stage` is waiting, transferred, answered, escalated, told or erased (before an answer);
    `erasure` is requested, erased or restricted (by `law`), or absent.
    """

    stage: str
    station: str
    station_name: str
    addressed_to: str
    words: Told
    contact: Told
    place: Told
    anonymous: bool
    received: str
    unit: str
    unit_name: str
    note: Told
    answer: Told
    answered_by: str
    escalated_by: str
    outcome: str
    suggestion: str
    number: int
    ground: str
    reply_class: str
    label: str
    told: Told
    erasure: str
    erasure_asked: str
    erasure_ground: str
    erasure_reason: Told
    law: str
    people: list[str]
    updated: str
    story: list[Step]


def _then(
    document: OpinionDocument, entry: Entry, stage: str, **changes: Any  # noqa: ANN401 - fields
) -> OpinionDocument:  # fmt: skip
    step: Step = {"at": entry.id, "what": entry.type, "when": entry.time, "actor": entry.actor}
    merged: dict[str, Any] = {**document, **changes, "stage": stage, "updated": entry.time}
    merged["story"] = [*document.get("story", ()), step]
    return merged  # type: ignore[return-value]


def received(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Begin with what was said; the digest of the receipt code is of no use here."""
    data = {name: value for name, value in entry.data.items() if name != "receipt"}
    people = [data["addressed_to"]] if "addressed_to" in data else []
    return _then(document, entry, "waiting", received=entry.time, people=people, **data)


def transferred(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Note who has it now."""
    return _then(document, entry, "transferred", **entry.data)


def answered(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Add the answer."""
    by = entry.data["answered_by"]
    return _then(document, entry, "answered", answer=entry.data["text"], answered_by=by)


def escalated(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Note the deputy who took it up; it concerns him from now on."""
    mandate = entry.data["mandate"]
    people = list(dict.fromkeys([*document["people"], mandate]))
    return _then(document, entry, "escalated", escalated_by=mandate, people=people)


OUTCOME = ("outcome", "suggestion", "number", "ground", "reply_class", "label")


def outcome_told(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Add what the citizen was told."""
    facts = {name: entry.data[name] for name in OUTCOME if name in entry.data}
    if "text" in entry.data:
        facts["told"] = entry.data["text"]
    return _then(document, entry, "told", **facts)


def erasure_requested(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Note who asked to have it deleted, and why."""
    facts = {f"erasure_{name}": entry.data[name] for name in ("ground", "reason") if name in entry.data}
    asked = entry.data["requester"].partition("/")[0]
    return _then(document, entry, document["stage"], erasure="requested", erasure_asked=asked, **facts)


def erased(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Close what waited for an answer: there is nothing left to answer."""
    stage = "erased" if document["stage"] in {"waiting", "transferred"} else document["stage"]
    return _then(document, entry, stage, erasure="erased")


def restricted(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Note the law that demands that it is kept."""
    return _then(document, entry, document["stage"], erasure="restricted", law=entry.data["law"])


def lifted(document: OpinionDocument, entry: Entry) -> OpinionDocument:
    """Let the request stand again; the law stays in the story."""
    without: OpinionDocument = {**document}
    without.pop("law")
    return _then(without, entry, document["stage"], erasure="requested")


def shows(document: OpinionDocument, reader: Reader) -> OpinionDocument | None:
    """Show it to who deals with it; how to reach the citizen only to who speaks with him."""
    if reader.role == "staff":
        return document
    if reader.role == "station":
        own = reader.holds in {None, f"station/{document['station']}"}
        return document if own else None
    if reader.role == "deputy" and reader.holds is not None:
        if reader.holds == document.get("addressed_to"):
            return document
        return without_contact(document) if reader.holds in document["people"] else None
    unit = document.get("unit")
    has_it = reader.role == "unit" and unit is not None and reader.holds == f"unit/{unit}"
    return without_contact(document) if has_it else None


def without_contact(document: OpinionDocument) -> OpinionDocument:
    """Give the opinion without the way to its citizen."""
    seen: OpinionDocument = {**document}
    seen.pop("contact", None)
    return seen


OPINIONS = View(
    "opinions", 2, OpinionDocument,
    {
        said.OpinionReceived: received,
        said.OpinionTransferred: transferred,
        said.OpinionAnswered: answered,
        said.OpinionEscalated: escalated,
        said.OutcomeTold: outcome_told,
        said.OpinionErasureRequested: erasure_requested,
        said.OpinionErased: erased,
        said.OpinionRestricted: restricted,
        said.OpinionRestrictionLifted: lifted,
    },
    shows=shows,
    names=lambda document: document.get("people", ()),
    fields=(
        "stage", "station", "addressed_to", "unit", "received", "people", "updated", "outcome",
        "erasure",
    ),
    etag=True,
)  # fmt: skip
