"""The people of a congress: in which roles each may act, and for what."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import deputies as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.chassis.words import Told

OVER = {"invalid", "terminated"}
READERS = {"gateway", "staff", "auditor"}


class HeldRole(TypedDict):
    """A role, and the mandate, unit or station it is held for (None: for the congress)."""

    role: str
    holds: str | None


class PersonDocument(TypedDict, total=False):
    """A person. `acts` are the roles alone, to search by; `mandates` say where each stands.

    `standing` is over when there is neither a role nor a mandate that may still be exercised.
    """

    id: str
    person: str
    name: Told
    roles: list[HeldRole]
    acts: list[str]
    mandates: dict[str, str]
    standing: str
    updated: str


def keys(entry: Entry) -> tuple[str, ...]:
    """Route a role by its person, a mandate by whose it is."""
    person = entry.data.get("person") or entry.subject.partition("-")[2]
    return (f"person/{person}",)


def _person(document: PersonDocument, entry: Entry, **changes: Any) -> PersonDocument:  # noqa: ANN401
    begun = {"roles": [], "acts": [], "mandates": {}, "person": keys(entry)[0][len("person/") :]}
    now: dict[str, Any] = {**begun, **document, **changes, "updated": entry.time}
    over = not now["roles"] and OVER.issuperset(now["mandates"].values())
    return {**now, "standing": "over" if over else "in_office"}  # type: ignore[typeddict-item]


def _roles(document: PersonDocument, entry: Entry, *, granted: bool) -> list[HeldRole]:
    role: HeldRole = {"role": entry.data["role"], "holds": entry.data.get("holds")}
    others = [each for each in document.get("roles", ()) if each != role]
    return [*others, role] if granted else others


def _role(document: PersonDocument, entry: Entry, *, granted: bool) -> PersonDocument:
    roles = _roles(document, entry, granted=granted)
    acts = list(dict.fromkeys(each["role"] for each in roles))
    name = {"name": entry.data["name"]} if "name" in entry.data else {}
    return _person(document, entry, roles=roles, acts=acts, **name)


def granted(document: PersonDocument, entry: Entry) -> PersonDocument:
    """Add a role, and the name if it was given with it."""
    return _role(document, entry, granted=True)


def withdrawn(document: PersonDocument, entry: Entry) -> PersonDocument:
    """Take a role away; the person stays, without it."""
    return _role(document, entry, granted=False)


def elected(document: PersonDocument, entry: Entry) -> PersonDocument:
    """Take the name given at the election, and the new mandate."""
    return _standing("elected")(document, entry) | {"name": entry.data["name"]}  # type: ignore[no-any-return]


def _standing(state: str) -> Any:  # noqa: ANN401 - a step of the fold
    def step(document: PersonDocument, entry: Entry) -> PersonDocument:
        mandates = {**document.get("mandates", {}), entry.subject: state}
        return _person(document, entry, mandates=mandates)

    return step


def shows(document: PersonDocument, reader: Reader) -> PersonDocument | None:
    """Show it to the front door, to those who grant and check roles, and to the person."""
    if reader.role in READERS or reader.id == document["person"]:
        return document
    return None


PEOPLE = View(
    "people",
    2,
    PersonDocument,
    {
        said.RoleGranted: granted,
        said.RoleWithdrawn: withdrawn,
        said.MandateElected: elected,
        said.MandateConfirmed: _standing("confirmed"),
        said.ElectionInvalid: _standing("invalid"),
        said.MandateTakenUp: _standing("active"),
        said.MandateSuspended: _standing("suspended"),
        said.MandateResumed: _standing("active"),
        said.MandateTerminated: _standing("terminated"),
    },
    keys=keys,
    shows=shows,
    fields=("person", "acts", "standing", "updated"),
)
