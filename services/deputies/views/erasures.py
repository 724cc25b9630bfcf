"""The requests to delete a person's data, for who asks and who decides."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import deputies as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.chassis.words import Told

OFFICE = {"staff", "leader", "auditor"}


class ErasureDocument(TypedDict, total=False):
    """A request. `state` is requested, erased, refused or restricted (by `law`).

    `reason` is why it was asked, `why_not` why it was refused; `decided` the instant of the decision.
    """

    id: str
    person: str
    state: str
    ground: str
    reason: Told
    requester: str
    requested: str
    approver: str
    decided: str
    why_not: Told
    law: str
    updated: str


def requested(_document: ErasureDocument, entry: Entry) -> ErasureDocument:
    """Begin, or begin again after a refusal."""
    facts: dict[str, Any] = {**entry.data, "state": "requested"}
    return {**facts, "requested": entry.time, "updated": entry.time}  # type: ignore[typeddict-item]


def _decided(state: str, **kept: str) -> Any:  # noqa: ANN401 - a step of the fold
    def step(document: ErasureDocument, entry: Entry) -> ErasureDocument:
        facts = {field: entry.data[name] for name, field in kept.items()}
        told = {"state": state, "approver": entry.data["approver"], "decided": entry.time}
        return {**document, **facts, **told, "updated": entry.time}  # type: ignore[typeddict-item]

    return step


def lifted(document: ErasureDocument, entry: Entry) -> ErasureDocument:
    """Let the request stand again."""
    kept = {name: value for name, value in document.items() if name not in {"law", "approver", "decided"}}
    return {**kept, "state": "requested", "updated": entry.time}  # type: ignore[typeddict-item]


def shows(document: ErasureDocument, reader: Reader) -> ErasureDocument | None:
    """Show it to the offices."""
    return document if reader.role in OFFICE else None


ERASURES = View(
    "erasures", 1, ErasureDocument,
    {
        said.ErasureRequested: requested,
        said.ErasureApproved: _decided("erased"),
        said.ErasureRefused: _decided("refused", reason="why_not"),
        said.ErasureRestricted: _decided("restricted", law="law"),
        said.ErasureRestrictionLifted: lifted,
    },
    shows=shows,
    names=lambda document: (f"person/{document['person']}",),
    fields=("state", "person", "requested", "updated"),
    etag=True,
)  # fmt: skip
