"""What training must know of others: the mandates, who holds them, and where they stand."""

from events.catalogue import deputies
from events.catalogue.envelope import Entry
from services.chassis.shapes import Document, View

KEPT = (
    "person",
    "name",
    "term",
    "electorate",
    "electorate_name",
    "delegation",
    "delegation_name",
    "frontline",
    "first_term",
)


def elected(_document: Document, entry: Entry) -> Document:
    """Begin with who was elected, and where."""
    kept = {name: entry.data[name] for name in KEPT if name in entry.data}
    return kept | {"state": "elected"}


MANDATE = View(
    "training-knows-mandate",
    1,
    dict,
    {
        deputies.MandateElected: elected,
        deputies.MandateConfirmed: lambda document, _: document | {"state": "confirmed"},
        deputies.ElectionInvalid: lambda document, _: document | {"state": "invalid"},
        deputies.MandateTakenUp: lambda document, _: document | {"state": "active"},
        deputies.MandateSuspended: lambda document, _: document | {"state": "suspended"},
        deputies.MandateResumed: lambda document, _: document | {"state": "active"},
        deputies.MandateTerminated: lambda document, _: document | {"state": "terminated"},
    },
    fields=("state",),
)

REFERENCES = (MANDATE,)
