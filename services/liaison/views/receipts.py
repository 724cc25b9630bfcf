"""What the citizen reads under his receipt code: his words, the way they went, the answer."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import liaison as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import View
from services.chassis.words import Told


class Step(TypedDict):
    """One line of the story: what happened, and when."""

    what: str
    when: str


class ReceiptDocument(TypedDict, total=False):
    """An opinion as its citizen sees it, from `waiting` to `answered`, `told` or `erased`.

    `erasure` is requested, erased or restricted (by `law`), or absent. `receipt` is the digest by which
    it is found; no answer contains it. `at` is where his words stand in the ledger, `nonce` the digest
    of his own number, where he drew one.
    """

    receipt: str
    at: str
    nonce: str
    station: str
    station_name: str
    words: Told
    stage: str
    received: str
    unit_name: str
    answer: Told
    answered: str
    taken_up_by: str
    outcome: dict[str, Any]
    erasure: str
    law: str
    story: list[Step]


SEEN = (
    "at", "nonce", "station", "station_name", "words", "stage", "received", "unit_name", "answer", "answered",
    "taken_up_by", "outcome", "erasure", "law", "story",
)  # fmt: skip


def _then(
    document: ReceiptDocument, entry: Entry, stage: str, **changes: Any  # noqa: ANN401 - fields
) -> ReceiptDocument:  # fmt: skip
    step: Step = {"what": entry.type, "when": entry.time}
    merged: dict[str, Any] = {**document, **changes, "stage": stage}
    merged["story"] = [*document.get("story", ()), step]
    return merged  # type: ignore[return-value]


def received(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Begin with his words and where he said them."""
    names = ("receipt", "nonce", "station", "station_name", "words")
    kept = {name: entry.data[name] for name in names if name in entry.data}
    return _then(document, entry, "waiting", at=entry.id, received=entry.time, **kept)


def transferred(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say who has it now; the note is between offices."""
    return _then(document, entry, "transferred", unit_name=entry.data["unit_name"])


def answered(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Give the answer."""
    return _then(document, entry, "answered", answer=entry.data["text"], answered=entry.time)


def escalated(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say which deputy took it up."""
    return _then(document, entry, "escalated", taken_up_by=entry.data["mandate"])


def outcome_told(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say what became of it, also when it is a no."""
    told = {name: value for name, value in entry.data.items() if name != "cause"}
    return _then(document, entry, "told", outcome=told | {"day": entry.time})


def erasure_requested(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say that the request waits for a decision; his reason is for who decides."""
    return _then(document, entry, document["stage"], erasure="requested")


def erased(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say that his words are gone."""
    stage = "erased" if document["stage"] in {"waiting", "transferred"} else document["stage"]
    return _then(document, entry, stage, erasure="erased")


def restricted(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Say which law demands that they are kept, unread."""
    return _then(document, entry, document["stage"], erasure="restricted", law=entry.data["law"])


def lifted(document: ReceiptDocument, entry: Entry) -> ReceiptDocument:
    """Let the request stand again."""
    without: ReceiptDocument = {**document}
    without.pop("law")
    return _then(without, entry, document["stage"], erasure="requested")


RECEIPTS = View(
    "receipts", 2, ReceiptDocument,
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
    # Only the code leads here, and whoever has it may read; signed in or not.
    shows=lambda document, _reader: document,
    names=lambda document: [document["taken_up_by"]] if "taken_up_by" in document else [],
    fields=("receipt",),
)  # fmt: skip
