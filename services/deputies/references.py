"""What a rule over all roles and mandates of a person must know: they lie in many streams."""

from typing import Any

from events.catalogue import deputies as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Project, View

Document = dict[str, Any]


def keys(entry: Entry) -> tuple[str, ...]:
    """Route a role by its person, a mandate by whose it is."""
    return (f"person/{entry.data.get('person') or entry.subject.partition('-')[2]}",)


def _role(*, granted: bool) -> Project:
    def step(document: Document, entry: Entry) -> Document:
        role = f"{entry.data['role']} {entry.data.get('holds', '')}"
        held = [each for each in document.get("roles", ()) if each != role]
        name = {"name": entry.data["name"]} if "name" in entry.data else {}
        return {"mandates": {}, **document, **name, "roles": [*held, role] if granted else held}

    return step


def _stands(state: str) -> Project:
    def step(document: Document, entry: Entry) -> Document:
        name = {"name": entry.data["name"]} if "name" in entry.data else {}
        mandates = {**document.get("mandates", {}), entry.subject: state}
        return {"roles": [], **document, **name, "mandates": mandates}

    return step


PERSON = View(
    "deputies-knows-person", 1, dict,
    {
        said.RoleGranted: _role(granted=True),
        said.RoleWithdrawn: _role(granted=False),
        said.MandateElected: _stands("elected"),
        said.ElectionInvalid: _stands("invalid"),
        said.MandateTakenUp: _stands("active"),
        said.MandateTerminated: _stands("terminated"),
    },
    keys=keys,
)  # fmt: skip
REFERENCES = (PERSON,)
