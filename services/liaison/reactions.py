"""What others' events ask of liaison: nobody who spoke is left without a word."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.catalogue import suggestions
from events.catalogue.envelope import Entry
from events.catalogue.liaison import Told
from events.catalogue.vocabulary import Reference, ReplyClass
from services.chassis.shapes import Reaction, Send
from services.liaison.opinion.commands import TellOutcome
from services.liaison.opinion.rules import OPINION


def closed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the reply, its class and the number under which one may ask."""
    return {
        "outcome": Told.CLOSED,
        "number": data["number"],
        "reply_class": ReplyClass(data["reply_class"]),
        "label": data["label"],
        "text": Reference(**data["reply"]),
    }


def not_admitted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the ground, and the explanation that the deputy was given."""
    text = Reference(**data["explanation"])
    return {"outcome": Told.NOT_ADMITTED, "ground": data["ground"], "text": text}


def declined(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell that no draft could be made, and why."""
    return {"outcome": Told.DRAFT_DECLINED, "ground": data["refusal"]}


TELLS = {
    suggestions.SuggestionClosed.wire: closed,
    suggestions.SuggestionNotAdmitted.wire: not_admitted,
    suggestions.DraftDeclined.wire: declined,
}


def tell_citizen(entry: Entry, _known: Mapping[str, Any]) -> Iterable[Send]:
    """Tell the citizen from whose words the suggestion came; references travel, words do not."""
    if "opinion" not in entry.data:
        return
    told = TELLS[entry.type](entry.data)
    command = TellOutcome(suggestion=entry.subject, cause=entry.id, **told)
    yield Send(command, OPINION, entry.data["opinion"])


REACTIONS = (
    Reaction(
        "outcome-to-citizen",
        (
            suggestions.SuggestionClosed,
            suggestions.SuggestionNotAdmitted,
            suggestions.DraftDeclined,
        ),
        tell_citizen,
    ),
)
