"""The duty dossier (履职档案): what a deputy did with his mandate, one part per service."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from events.catalogue import deputies, liaison, suggestions, training
from events.catalogue.envelope import Entry
from services.chassis.shapes import Document, Project, Reader, View
from services.chassis.words import Told

OFFICE = {"staff", "leader", "auditor"}
FACTS = (
    "person", "name", "term", "electorate", "electorate_name", "delegation", "delegation_name",
    "frontline", "first_term", "by_election", "elected",
)  # fmt: skip


class Figures(TypedDict):
    """Counts of the dossier; each in its own unit, never added to another."""

    led: int
    cosigned: int
    rated: int
    opinions_addressed: int
    opinions_answered: int
    opinions_escalated: int
    courses: int
    minutes: int


class DossierDocument(TypedDict, total=False):
    """A dossier as it is read: the parts of four ledgers, joined."""

    mandate: str
    facts: dict[str, Any]
    suggestions: list[dict[str, Any]]
    ratings: list[dict[str, Any]]
    stations: list[str]
    opinions: list[dict[str, Any]]
    courses: list[dict[str, Any]]
    figures: Figures
    names: dict[str, Told | str]
    positions: dict[str, int]


def elected(_: Document, entry: Entry) -> Document:
    """Begin with who was elected where."""
    kept = {name: entry.data[name] for name in FACTS if name in entry.data}
    return {**kept, "state": "elected"}


def _becomes(state: str, since: str) -> Project:
    return lambda document, entry: {**document, "state": state, since: entry.data["day"]}


def terminated(document: Document, entry: Entry) -> Document:
    """End; the ground and the announcement are published facts."""
    data = entry.data
    return {
        **document, "state": "terminated", "ground": data["ground"],
        "terminated": data["announced"],
    }  # fmt: skip


def _row(document: Document, part: str, key: str, **facts: Any) -> Document:  # noqa: ANN401
    document.setdefault(part, {}).setdefault(key, {}).update(facts)
    return document


def submitted(document: Document, entry: Entry) -> Document:
    """Add a suggestion he led or signed."""
    data = entry.data
    facts = {name: data[name] for name in ("lead", "session", "occasion", "day")}
    return _row(document, "suggestions", entry.subject, **facts)


def rated(document: Document, entry: Entry) -> Document:
    """Add a rating he gave."""
    facts = {name: entry.data[name] for name in ("redo", "attitude", "result", "day")}
    key = f"{entry.subject} {entry.data['redo']}"
    return _row(document, "ratings", key, suggestion=entry.subject, **facts)


def _opinion(what: str) -> Project:
    return lambda document, entry: _row(document, "opinions", entry.subject, **{what: entry.time})


def attached(document: Document, entry: Entry) -> Document:
    """Add a station at which he works."""
    return {**document, "stations": [*document.get("stations", ()), entry.subject]}


def detached(document: Document, entry: Entry) -> Document:
    """Take a station out."""
    stay = [each for each in document.get("stations", ()) if each != entry.subject]
    return {**document, "stations": stay}


def attended(document: Document, entry: Entry) -> Document:
    """Add a course attended, with the minutes earned."""
    data = entry.data
    return _row(
        document, "courses", entry.subject,
        topic=data["topic"], minutes=data["minutes"], attended=entry.time,
    )  # fmt: skip


ROUTES: Mapping[str, str] = {
    suggestions.Rated.wire: "mandate",
    liaison.DeputyAttached.wire: "mandate",
    liaison.DeputyDetached.wire: "mandate",
    liaison.OpinionReceived.wire: "addressed_to",
    liaison.OpinionAnswered.wire: "answered_by",
    liaison.OpinionEscalated.wire: "mandate",
    training.DeputyAttended.wire: "mandate",
}
"""Which field of an event names the deputy whose dossier it enters."""


def keys(entry: Entry) -> tuple[str, ...]:
    """Give the mandates concerned; what a station or unit did is in nobody's dossier."""
    if entry.type == suggestions.SuggestionSubmitted.wire:
        return (entry.data["lead"], *entry.data["cosigners"])
    key = entry.data.get(ROUTES[entry.type], "") if entry.type in ROUTES else entry.subject
    return (key,) if key.startswith("mandate/") else ()


def shows(document: DossierDocument, reader: Reader) -> DossierDocument | None:
    """Show it to the offices and to the deputy himself."""
    own = reader.role == "deputy" and reader.holds == document["mandate"]
    return document if own or reader.role in OFFICE else None


def names(document: DossierDocument) -> list[str]:
    """Name his stations, his courses, and the leads of what he signed."""
    leads = [each["lead"] for each in document["suggestions"]]
    courses = [each["id"] for each in document["courses"]]
    return list(dict.fromkeys([*leads, *document["stations"], *courses]))


DOSSIER = View(
    "dossier", 1, DossierDocument,
    {
        deputies.MandateElected: elected,
        deputies.MandateConfirmed: _becomes("confirmed", "confirmed"),
        deputies.MandateTakenUp: _becomes("active", "taken_up"),
        deputies.MandateSuspended: _becomes("suspended", "suspended"),
        deputies.MandateResumed: _becomes("active", "resumed"),
        deputies.MandateTerminated: terminated,
        suggestions.SuggestionSubmitted: submitted,
        suggestions.Rated: rated,
        liaison.DeputyAttached: attached,
        liaison.DeputyDetached: detached,
        liaison.OpinionReceived: _opinion("addressed"),
        liaison.OpinionAnswered: _opinion("answered"),
        liaison.OpinionEscalated: _opinion("escalated"),
        training.DeputyAttended: attended,
    },
    keys=keys, shows=shows, names=names,
)  # fmt: skip
