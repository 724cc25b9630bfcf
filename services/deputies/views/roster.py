"""The roster of deputies: every mandate, where it stands, and how it came there."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import deputies as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.chassis.words import Told

OFFICE = {"staff", "leader", "auditor"}
OWN = ("contact", "story", "review", "invalid", "suspension")
"""What the public does not see of a published mandate."""


class Step(TypedDict, total=False):
    """One line of the story: the entry's address, what happened, when, by whom, its facts."""

    at: str
    what: str
    when: str
    actor: str
    facts: dict[str, Any]


class MandateDocument(TypedDict, total=False):
    """A mandate. `state` is elected, under_review, invalid, confirmed, active, suspended or
    terminated; it is `published` from confirmation on. Days are legal days.
    """  # noqa: D205 - one sentence needs the room

    id: str
    mandate: str
    person: str
    state: str
    published: bool
    name: Told
    contact: Told
    term: int
    electorate: str
    electorate_name: str
    delegation: str
    delegation_name: str
    frontline: bool
    first_term: bool
    by_election: bool
    elected: str
    review: str
    confirmed: str
    confirmed_by: str
    invalid: dict[str, Any]
    taken_up: str
    suspension: dict[str, Any]
    termination: dict[str, Any]
    updated: str
    story: list[Step]


def _told(document: MandateDocument, entry: Entry, state: str, **changes: Any) -> MandateDocument:  # noqa: ANN401
    facts = {key: value for key, value in entry.data.items() if key not in {"name", "contact"}}
    step: Step = {
        "at": entry.id,
        "what": entry.type,
        "when": entry.time,
        "actor": entry.actor,
        "facts": facts,
    }
    story = [*document.get("story", ()), step]
    moved = {**changes, "state": state, "story": story, "updated": entry.time}
    return {**document, **moved}  # type: ignore[typeddict-item]


def elected(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Begin, or begin again after an invalid election or an ended mandate; the story goes on."""
    fresh: MandateDocument = {"story": document.get("story", [])}
    return _told(fresh, entry, "elected", **entry.data, mandate=entry.subject, published=False)


def reviewed(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Note the day on which the review began."""
    return _told(document, entry, "under_review", review=entry.data["day"])


def confirmed(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Publish it: from now on everybody may know who was elected."""
    day, body = entry.data["day"], entry.data["body"]
    return _told(document, entry, "confirmed", published=True, confirmed=day, confirmed_by=body)


def invalid(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Note who declared it invalid, and why."""
    return _told(document, entry, "invalid", invalid=entry.data)


def taken_up(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Note the first day in office."""
    return _told(document, entry, "active", taken_up=entry.data["day"])


def suspended(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Note ground, day and body of the suspension."""
    return _told(document, entry, "suspended", suspension=entry.data)


def resumed(document: MandateDocument, entry: Entry) -> MandateDocument:
    """Go on; the suspension stays in the story."""
    without: MandateDocument = {**document}
    without.pop("suspension", None)
    return _told(without, entry, "active")


def terminated(document: MandateDocument, entry: Entry) -> MandateDocument:
    """End, with ground, days and bodies as announced."""
    return _told(document, entry, "terminated", termination=entry.data)


def shows(document: MandateDocument, reader: Reader) -> MandateDocument | None:
    """Show all to staff and the deputy himself, to others what is published, without contact."""
    if reader.role == "staff" or reader.holds == document["mandate"]:
        return document
    seen: MandateDocument = {**document}
    if reader.role in OFFICE:
        seen.pop("contact", None)
        return seen
    for key in OWN:
        seen.pop(key, None)  # type: ignore[misc]
    return seen if document["published"] else None


ROSTER = View(
    "roster",
    1,
    MandateDocument,
    {
        said.MandateElected: elected,
        said.CredentialsReviewOpened: reviewed,
        said.MandateConfirmed: confirmed,
        said.ElectionInvalid: invalid,
        said.MandateTakenUp: taken_up,
        said.MandateSuspended: suspended,
        said.MandateResumed: resumed,
        said.MandateTerminated: terminated,
    },
    shows=shows,
    fields=(
        "state", "published", "person", "electorate", "delegation", "elected", "updated",
    ),
    etag=True,
)  # fmt: skip
