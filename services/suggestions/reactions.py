"""What others' events ask of suggestions."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.catalogue import liaison
from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.suggestions import DraftDeclined
from events.catalogue.vocabulary import Reference
from services.chassis.shapes import Reaction, Refusal, Send
from services.suggestions.suggestion.commands import OpenDraft
from services.suggestions.suggestion.rules.decider import SUGGESTION


def draft_for_deputy(entry: Entry, _known: Mapping[str, Any]) -> Iterable[Send]:
    """Open a draft of the deputy who took up an opinion; it cites the citizen's record."""
    data = entry.data
    command = OpenDraft(lead=data["mandate"], cites=Reference(**data["words"]), opinion=entry.subject)
    yield Send(command, SUGGESTION)


def declined(command: OpenDraft, refusal: Refusal) -> Event:
    """Record that no draft could be made, so that the citizen is told."""
    return DraftDeclined(lead=command.lead, opinion=command.opinion, refusal=refusal.code)


REACTIONS = (
    Reaction("draft-from-opinion", (liaison.OpinionEscalated,), draft_for_deputy, declined=declined),
)
