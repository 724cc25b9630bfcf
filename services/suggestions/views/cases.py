"""The case of a suggestion: where it stands, who must do what by when, and its story."""

from typing import Any

from events.catalogue import suggestions as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.suggestions.views.case_document import WORKING, CaseDocument, Step, at_work, waits

OFFICE = {"staff", "leader", "auditor"}


DATES = ("assign_by", "return_by", "contact_by", "rate_by")
FIXED = ("title", "text", "session", "occasion", "delegation_name")
HIDDEN_FACTS = {"title", "text", "cites", "statutory", "session", *DATES}


def _told(document: CaseDocument, entry: Entry, stage: str | None = None, **changes: object) -> CaseDocument:
    facts = {name: value for name, value in entry.data.items() if name not in HIDDEN_FACTS}
    step: Step = {
        "at": entry.id, "what": entry.type, "when": entry.time, "actor": entry.actor, "facts": facts,
    }  # fmt: skip
    own: dict[str, Any] = document  # type: ignore[assignment]
    own.update(changes, stage=stage or document.get("stage", ""), updated=entry.time)
    own.setdefault("story", []).append(step)
    own.setdefault("dates", {}).update({name: entry.data[name] for name in DATES if name in entry.data})
    own["waits"] = waits(own)
    return document


def drafted(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Begin."""
    words = {name: entry.data[name] for name in ("title", "text", "cites", "opinion") if name in entry.data}
    lead = entry.data["lead"]
    return _told(document, entry, "drafted", lead=lead, cosigners={}, people=[lead], **words)


def revised(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Take the new words; consents begin anew."""
    asked = {each: "invited" if given == "signed" else given for each, given in document["cosigners"].items()}
    return _told(document, entry, title=entry.data["title"], text=entry.data["text"], cosigners=asked)


def _signing(answer: str) -> Any:  # noqa: ANN401 - a step of the fold
    def step(document: CaseDocument, entry: Entry) -> CaseDocument:
        mandate = entry.data["mandate"]
        cosigners = {**document["cosigners"], mandate: answer}
        return _told(document, entry, cosigners=cosigners, people=[document["lead"], *sorted(cosigners)])

    return step


def submitted(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Fix who signed, and the session."""
    data = entry.data
    kept = {name: data[name] for name in FIXED if name in data}
    asked = {
        each: "unanswered" if given == "invited" else given for each, given in document["cosigners"].items()
    }
    people = [data["lead"], *data["cosigners"]]
    return _told(document, entry, "submitted", **kept, submitted=True, cosigners=asked, people=people)


def not_admitted(document: CaseDocument, entry: Entry) -> CaseDocument:
    """End with the ground."""
    return _told(
        document, entry, "not_admitted", ground=entry.data["ground"], explanation=entry.data["explanation"]
    )


def assigned(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Open the handling: units, their parts, the date of the reply."""
    handlers = {each["unit"]: each for each in entry.data["handlers"]}
    statutory = entry.data["statutory"]
    return _told(
        document, entry, "assigned", handlers=handlers, units=list(handlers), statutory=statutory,
        contacts={}, replies=[], ratings=[], redo=0, **_due(statutory),
    )  # fmt: skip


def _due(deadline: dict[str, Any]) -> dict[str, str]:
    return {"due": deadline["due"]} if "due" in deadline else {}


def _handler(document: CaseDocument, unit: str, **changes: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    return {**document["handlers"], unit: {**document["handlers"][unit], **changes}}


def received(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Note the unit's signature."""
    handlers = _handler(document, entry.data["unit"], received=entry.data["day"])
    stage = "in_handling" if document["stage"] == "assigned" else document["stage"]
    return _told(document, entry, stage, handlers=handlers)


def return_requested(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Wait for the decision."""
    handlers = _handler(document, entry.data["unit"], returning=True)
    stage = "return_requested" if document["stage"] in WORKING else document["stage"]
    return _told(document, entry, stage, handlers=handlers)


def return_approved(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Put the successor in the unit's place; the statutory date stays."""
    successor = entry.data["successor"]
    handlers = {name: each for name, each in document["handlers"].items() if name != entry.data["unit"]}
    handlers[successor["unit"]] = successor
    return _told(document, entry, at_work(document, handlers), handlers=handlers, units=sorted(handlers))


def return_refused(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Go on."""
    handlers = _handler(document, entry.data["unit"], returning=False)
    return _told(document, entry, at_work(document, handlers), handlers=handlers)


def contacted(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Note a contact; the deputy confirms it."""
    contact = {**entry.data, "confirmed": False}
    return _told(document, entry, contacts={**document["contacts"], str(entry.data["contact"]): contact})


def confirmed(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Note the deputy's confirmation."""
    number = str(entry.data["contact"])
    contact = {**document["contacts"][number], "confirmed": True}
    return _told(document, entry, contacts={**document["contacts"], number: contact})


def replied(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Add the reply; when none is missing, it waits for the rating."""
    data = entry.data
    stage = "replied" if data["complete"] and document["stage"] in WORKING else document["stage"]
    handlers = _handler(document, data["unit"], replied=data["day"], redo=data["redo"])
    return _told(document, entry, stage, handlers=handlers, replies=[*document["replies"], data])


def rated(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Add the rating."""
    return _told(document, entry, "rated", ratings=[*document["ratings"], entry.data])


def redo_ordered(document: CaseDocument, entry: Entry) -> CaseDocument:
    """Open a new round under its own date, if the rules set one."""
    redo_by = entry.data["redo_by"]
    document.pop("due", None)
    return _told(document, entry, "redo", redo=entry.data["redo"], redo_by=redo_by, **_due(redo_by))


def shows(document: CaseDocument, reader: Reader) -> CaseDocument | None:
    """Show it to those who work on it; drafts to their deputies only; submitted ones to the office."""
    if reader.holds is not None and reader.holds in document.get("people", ()):
        return document
    seen: CaseDocument = {**document}
    seen.pop("cites", None)
    if document["stage"] == "drafted":
        return None
    if reader.role in OFFICE:
        return seen
    units = {f"unit/{each}" for each in document.get("units", ())}
    return seen if reader.role == "unit" and reader.holds in units else None


CASES = View(
    "cases", 1, CaseDocument,
    {
        said.SuggestionDrafted: drafted,
        said.DraftRevised: revised,
        said.CosignInvited: _signing("invited"),
        said.Cosigned: _signing("signed"),
        said.CosignDeclined: _signing("declined"),
        said.SuggestionSubmitted: submitted,
        said.SuggestionAdmitted: lambda d, e: _told(d, e, "admitted", category=e.data["category"]),
        said.SuggestionNotAdmitted: not_admitted,
        said.SuggestionRegistered: lambda d, e: _told(d, e, "registered", number=e.data["number"]),
        said.SuggestionAssigned: assigned,
        said.AssignmentReceived: received,
        said.ReturnRequested: return_requested,
        said.ReturnApproved: return_approved,
        said.ReturnRefused: return_refused,
        said.ContactMade: contacted,
        said.ContactConfirmed: confirmed,
        said.Replied: replied,
        said.Rated: rated,
        said.RedoOrdered: redo_ordered,
        said.SuggestionClosed: lambda d, e: _told(d, e, "closed", outcome=e.data["outcome"]),
    },
    shows=shows,
    names=lambda document: [document["lead"], *document["cosigners"]],
    fields=(
        "stage", "submitted", "lead", "session", "category", "number", "due", "people", "units",
        "updated", "waits",
    ),
    etag=True,
)  # fmt: skip
