"""Entries without a journal, and documents without a shelf: what a view makes of a story.

story = Story("suggestions").say("suggestion/s1", event, on="2025-02-27")
document = story.fold(BOARD)["suggestion/s1"]
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from events.catalogue.envelope import Entry, decided, instant, placed
from events.catalogue.event import Event
from services.chassis.shapes import View

NOON = dt.time(4, tzinfo=dt.UTC)
"""Noon in Asia/Shanghai."""


def serialized(subject: str, event: Event, on: str, by: str, congress: str) -> bytes:
    """Give the decided part of an entry."""
    return decided(
        type=event.wire, subject=subject, time=dt.datetime.combine(dt.date.fromisoformat(on), NOON),
        congress=congress, actor=by, correlationid="c1", dataschema=f"/schemas/{event.wire}",
        data=event.data(),
    )  # fmt: skip


@dataclass
class Story:
    """A ledger told in memory, entry after entry."""

    service: str
    congress: str = "630200"
    entries: list[Entry] = field(default_factory=list)

    def say(self, subject: str, *events: Event, on: str = "2025-02-27", by: str = "staff/clerk") -> "Story":
        """Add entries of a stream, all of one day."""
        for event in events:
            part = serialized(subject, event, on, by, self.congress)
            when = dt.datetime.combine(dt.date.fromisoformat(on), NOON)
            raw = placed(
                ledger=f"{self.service}/{self.congress}", sequence=len(self.entries) + 1,
                recordedtime=instant(when), prevhash=None, decided=part,
            )  # fmt: skip
            self.entries.append(Entry(raw))
        return self

    def fold(self, view: View) -> dict[str, Any]:
        """Fold the story into the documents of a view, by id; no step may change what an entry says."""
        documents: dict[str, Any] = {}
        for entry in self.entries:
            if entry.type in view.by_wire:
                for key in view.keys(entry):
                    documents[key] = view.project(documents.get(key, {}), entry)
        changed = [each.type for each in self.entries if each.data != Entry(each.raw).data]
        assert not changed, f"{view.name} changed {changed}"
        return documents
