"""The stations: where one finds a deputy, and who works there. Everybody may know."""

from typing_extensions import TypedDict

from events.catalogue import liaison as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import View


class StationDocument(TypedDict, total=False):
    """A station. `state` is `open` or `closed`, `deputies` the mandates of who works there."""

    state: str
    name: str
    place: str
    kind: str
    tier: str
    deputies: list[str]
    opened: str
    closed: str


def opened(_: StationDocument, entry: Entry) -> StationDocument:
    """Begin: open, with nobody attached."""
    data = entry.data
    return {
        "state": "open",
        "name": data["name"],
        "place": data["place"],
        "kind": data["kind"],
        "tier": data["tier"],
        "deputies": [],
        "opened": entry.time,
    }


def attached(document: StationDocument, entry: Entry) -> StationDocument:
    """Add a deputy."""
    return {**document, "deputies": [*document["deputies"], entry.data["mandate"]]}


def detached(document: StationDocument, entry: Entry) -> StationDocument:
    """Take a deputy out."""
    stay = [each for each in document["deputies"] if each != entry.data["mandate"]]
    return {**document, "deputies": stay}


def closed(document: StationDocument, entry: Entry) -> StationDocument:
    """Close; what it was stays to be read."""
    return {**document, "state": "closed", "closed": entry.time}


STATIONS = View(
    "stations", 1, StationDocument,
    {
        said.StationOpened: opened,
        said.DeputyAttached: attached,
        said.DeputyDetached: detached,
        said.StationClosed: closed,
    },
    shows=lambda document, _reader: document,
    names=lambda document: document.get("deputies", ()),
    fields=("state", "kind", "tier", "name", "deputies", "opened"),
    etag=True,
)  # fmt: skip
