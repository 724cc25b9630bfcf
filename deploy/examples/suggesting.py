"""The acts of suggestions, from the first word to the end.

Left out, for no duty of the house does them yet: joint opinions of units (`joint_opinion`), what a
reply promises (`commitment`), key supervision (`key_supervised`, `supervised_by`, `led_by`).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from deploy.examples.acts import FIND_DRAFT, Act, Data, Made, People, mandate, on

LATER = {"joint_opinion"}
CLOCKS = {
    "drafted": "09:40", "cosigning": "10:10", "cosigned": "14:40", "submitted": "16:10",
    "admitted": "10:10", "not_admitted": "10:10", "registered": "10:50", "assigned": "15:10",
    "received": "09:40", "return_requested": "10:50", "reassigned": "15:10",
    "contacted": "11:20", "confirmed": "15:40", "replied": "16:10", "rated": "16:30",
    "redo": "10:50", "closed": "16:50",
}  # fmt: skip
"""When in a day each act is done."""
MODES = {"phone": "telephone"}

Step = tuple[str, str, str, Data]
"""What a step of the data comes to: kind of act, login, operation, body."""


def suggesting(suggestion: Data, people: People) -> Iterator[Act]:
    """Tell the life of one suggestion; acts of a day keep the order of the data."""
    key, last = f"suggestion/{suggestion['key']}", on(dt.date.min, "00:00")
    sources = {"draftSuggestion": None, FIND_DRAFT: f"opinion/{suggestion.get('from_opinion')}"}
    for number, act in enumerate(_Life(suggestion, people).acts(), 1):
        kind, day, login, operation, body = act
        last = max(last, on(day, CLOCKS[kind]))
        yield Act(
            f"{key} {number} {kind}", last, suggestion["congress"], login, operation,
            sources.get(operation, key), body, key if operation in sources else None,
        )  # fmt: skip


class _Life:
    """Turns the steps of one suggestion into acts."""

    def __init__(self, suggestion: Data, people: People) -> None:
        self._one, self._people, self._contacts = suggestion, people, 0
        self._lead = people.deputy(suggestion["lead"])

    def acts(self) -> Iterator[tuple[str, dt.date, str, str, Data]]:
        """Give kind, day, login, operation and body of each act."""
        for step in self._one["steps"]:
            if step["act"] in LATER:
                continue
            told: Callable[[Data], Iterator[Step]] = getattr(self, step["act"])
            for kind, login, operation, body in told(step):
                yield kind, step["on"], login, operation, body

    def _clerk(self, duty: str | None = None) -> str:
        return self._people.clerk(self._one["congress"], duty=duty)

    def _office(self, kind: str, operation: str, **body: Any) -> Step:  # noqa: ANN401 - a command's
        return kind, self._clerk("review"), operation, body

    def drafted(self, _step: Data) -> Iterator[Step]:
        text = f"{self._one['text']}\n\n{self._one['request']}"
        body, cited = {"title": self._one["title"], "text": text}, "from_opinion" in self._one
        if cited:
            yield "drafted", self._lead, FIND_DRAFT, {}
        yield "drafted", self._lead, "reviseDraft" if cited else "draftSuggestion", body

    def cosigning(self, step: Data) -> Iterator[Step]:
        for each in step["deputies"]:
            yield "cosigning", self._lead, "inviteCosigner", {"mandate": Made(mandate(each))}

    def cosigned(self, step: Data) -> Iterator[Step]:
        yield "cosigned", self._people.deputy(step["deputy"]), "cosign", {}

    def submitted(self, _step: Data) -> Iterator[Step]:
        yield "submitted", self._lead, "submitSuggestion", {}

    def admitted(self, _step: Data) -> Iterator[Step]:
        yield self._office("admitted", "admitSuggestion", category=self._one["category"])

    def not_admitted(self, step: Data) -> Iterator[Step]:
        body = {"ground": step["ground"], "explanation": step["note"]}
        letter = "代表来信" in step["note"]
        yield self._office("not_admitted", "refuseAdmission", **body, becomes_letter=letter)

    def registered(self, _step: Data) -> Iterator[Step]:
        yield self._office("registered", "registerSuggestion")

    def assigned(self, step: Data) -> Iterator[Step]:
        handlers = [
            {"unit": each["unit"], "part": each["role"]}
            | ({"share": each["share"]} if "share" in each else {})
            for each in self._one["units"]
        ]
        body = {"handlers": handlers, "manner": step["manner"]}
        yield "assigned", self._clerk(), "assignSuggestion", body

    def received(self, step: Data) -> Iterator[Step]:
        yield "received", self._people.unit(step["unit"]), "receiveAssignment", {}

    def return_requested(self, step: Data) -> Iterator[Step]:
        body = {"reason": step["reason"]}
        yield "return_requested", self._people.unit(step["unit"]), "requestReturn", body

    def reassigned(self, step: Data) -> Iterator[Step]:
        body = {"unit": step["from_unit"], "successor": step["to_unit"]}
        yield "reassigned", self._clerk(), "approveReturn", body

    def contacted(self, step: Data) -> Iterator[Step]:
        self._contacts += 1
        mode = MODES.get(step["mode"], step["mode"])
        body = {"kind": step["kind"], "mode": mode, "summary": step["note"]}
        yield "contacted", self._people.unit(step["unit"]), "recordContact", body
        if step["confirmed"]:
            yield "confirmed", self._lead, "confirmContact", {"contact": self._contacts}

    def replied(self, step: Data) -> Iterator[Step]:
        body = {"reply_class": step["class"], "text": step["text"]}
        yield "replied", self._people.unit(step["unit"]), "replyToSuggestion", body

    def rated(self, step: Data) -> Iterator[Step]:
        body = {name: step[name] for name in ("attitude", "result", "comment")}
        yield "rated", self._lead, "rateReply", body

    def redo(self, _step: Data) -> Iterator[Step]:
        yield "redo", self._clerk(), "orderRedo", {}

    def closed(self, _step: Data) -> Iterator[Step]:
        yield "closed", self._clerk(), "closeSuggestion", {}
