"""A view compared with its replay: each document at its own mark, and nothing else is a difference."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from events.catalogue.envelope import Entry
from services.chassis.auditing.drifting import MOST_FINDINGS, MOST_TEXT, Live, Refold, differences
from services.chassis.auditing.reports import Finding
from services.chassis.shapes import View
from services.chassis.shelf.documents import canonical
from tests.services.chassis.following import LEDGER, SEEN, TAGGED, poisonous, told

ENTRIES = told(*range(1, 21))
HEAD = len(ENTRIES)


@pytest.fixture(autouse=True)
def harmless() -> Iterator[None]:
    """Nothing is poisonous before or after."""
    poisonous.clear()
    yield
    poisonous.clear()


def folded(view: View, to: int, entries: Sequence[Entry] = ENTRIES) -> dict[str, tuple[int, bytes]]:
    """Fold naively, entry by entry, up to a sequence."""
    found: dict[str, tuple[int, Any]] = {}
    for entry in entries[:to]:
        if entry.type not in view.by_wire and not view.etag:
            continue
        for key in view.keys(entry):
            if key in found or entry.type in view.by_wire:
                found[key] = entry.sequence, view.project(found.get(key, (0, {}))[1], entry)
    return {key: (mark, canonical(document)) for key, (mark, document) in found.items()}


def compared(view: View, live: Live, entries: Sequence[Entry] = ENTRIES) -> Sequence[Finding]:
    """Give what is found."""
    refold = Refold(view, LEDGER, live)
    for entry in entries:
        refold.take(entry.sequence, entry)
    return refold.report(len(entries))["findings"]


def kinds(found: Sequence[Finding]) -> Mapping[str, str]:
    """Give what is wrong with each document."""
    return {each["document"]: each["kind"] for each in found}


@pytest.mark.parametrize("view", [SEEN, TAGGED])
@pytest.mark.parametrize("mark", range(0, HEAD + 1, 4))
@pytest.mark.parametrize("ahead", [0, 1, 5])
def test_written_meanwhile(view: View, mark: int, ahead: int) -> None:
    """Documents may be further on than the ledger's mark, each on its own: that is no difference."""
    documents = folded(view, mark)
    later = folded(view, min(mark + ahead, HEAD))
    for number, key in enumerate(sorted(later)):
        if number % 2:
            documents[key] = later[key]
    assert compared(view, Live(1, mark, documents)) == []


@pytest.mark.parametrize("view", [SEEN, TAGGED])
def test_each_document_that_is_behind(view: View) -> None:
    """A document that lacks an entry the ledger's mark covers is found, whichever it is."""
    whole, behind = folded(view, HEAD), folded(view, HEAD - 6)
    for key, (mark, body) in behind.items():
        if whole[key][0] != mark:
            assert kinds(compared(view, Live(1, HEAD, {**whole, key: (mark, body)}))) == {key: "differing"}


def test_missing_surplus_and_marks() -> None:
    """One left out, one planted, one with another's mark, a tombstone: each is told once."""
    whole = folded(SEEN, HEAD)
    left = {key: each for key, each in whole.items() if key != "all"}
    assert kinds(compared(SEEN, Live(1, HEAD, left))) == {"all": "missing"}
    assert kinds(compared(SEEN, Live(1, HEAD, {**whole, "x": (3, b"{}")}))) == {"x": "surplus"}
    assert kinds(compared(SEEN, Live(1, HEAD, {**whole, "all": (whole["all"][0] - 1, whole["all"][1])}))) == {
        "all": "differing"
    }
    assert kinds(compared(SEEN, Live(1, HEAD, {**whole, "all": (whole["all"][0], b"")}))) == {
        "all": "differing"
    }


def test_every_field_of_a_planted_document() -> None:
    """A value changed in one place is told by its path, with both values."""
    whole = folded(SEEN, HEAD)
    mark, body = whole["all"]
    document = json.loads(body)
    document["seen"][3] = True
    ((finding),) = compared(SEEN, Live(1, HEAD, {**whole, "all": (mark, canonical(document))}))
    again = json.loads(body)["seen"][3]
    assert finding["fields"] == [{"path": "seen.3", "live": "true", "replayed": str(again)}]


def test_passed_over() -> None:
    """An entry passed over by decision is passed over again."""
    passed = [each for each in ENTRIES if each.sequence != 4]
    live = Live(1, HEAD, folded(SEEN, HEAD, passed), frozenset({4}))
    assert compared(SEEN, live) == []
    assert compared(SEEN, Live(1, HEAD, live.documents)) != []


def test_an_entry_that_cannot_be_folded() -> None:
    """A view that stopped before a poisonous entry is whole; one that went past it is not."""
    poisonous.add(ENTRIES[9].data["number"])
    assert compared(SEEN, Live(1, 9, folded(SEEN, 9))) == []
    ((finding),) = compared(SEEN, Live(1, 10, folded(SEEN, 9)))
    assert (finding["kind"], finding["replayed"]) == ("unfoldable", 10)
    assert finding["fields"][0]["replayed"] == "ZeroDivisionError"


def test_beyond_the_ledger() -> None:
    """A mark beyond the last entry tells that the ledger was cut."""
    found = compared(SEEN, Live(1, HEAD, folded(SEEN, HEAD)), ENTRIES[:-3])
    assert kinds(found)[""] == "beyond"
    assert len(found) > 1


def test_differences() -> None:
    """Absent and null differ, so do true and 1; equal values in another order of names do not."""
    assert list(differences({"a": 1, "b": [{"c": None}]}, {"b": [{"c": None}], "a": 1})) == []
    assert list(differences({"a": None, "b": 1}, {"b": True})) == [
        {"path": "a", "live": "null", "replayed": None}, {"path": "b", "live": "1", "replayed": "true"},
    ]  # fmt: skip
    (cut,) = differences("长" * 1_000, "")
    assert cut["live"] is not None
    assert len(cut["live"]) == MOST_TEXT


def test_a_report_is_bounded() -> None:
    """However much differs, all of it is counted and a hundred are told."""
    planted = {f"x/{number:04}": (1, b"{}") for number in range(3 * MOST_FINDINGS)}
    refold = Refold(SEEN, LEDGER, Live(1, 1, planted))
    report = refold.report(1)
    assert (report["differing"], len(report["findings"])) == (3 * MOST_FINDINGS, MOST_FINDINGS)
