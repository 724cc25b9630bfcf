"""What an opinion is now: a union of frozen states, and the fold that leads to them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from events.catalogue import liaison as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import Reference

SEPARATORS = str.maketrans("", "", "- ")


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody said anything."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was said, where and to whom. `station` is a stream; `restricted` is what nobody may read."""

    station: str
    addressed_to: str | None
    words: Reference
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody has answered or passed it on yet."""

    given: Given


@dataclass(frozen=True, slots=True)
class Transferred:
    """A body that can act on it has it now; the citizen still waits."""

    given: Given
    unit: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The citizen has his answer."""

    given: Given


@dataclass(frozen=True, slots=True)
class Escalated:
    """A deputy took it up; it stays open until the citizen is told the outcome."""

    given: Given
    mandate: str


@dataclass(frozen=True, slots=True)
class Told:
    """The citizen was told what became of it."""

    given: Given


@dataclass(frozen=True, slots=True)
class Erased:
    """The citizen had it deleted before it was answered."""

    given: Given


@dataclass(frozen=True, slots=True)
class Place:
    """The station beside the opinion: whether one may speak there, and who works there."""

    name: str = ""
    opened: bool = False
    closed: bool = False
    deputies: frozenset[str] = field(default_factory=frozenset)


State = Absent | Waiting | Transferred | Answered | Escalated | Told | Erased


def _restricted(state: Any, *, on: bool) -> Any:  # noqa: ANN401 - whichever state it is, it stays that
    return replace(state, given=replace(state.given, restricted=on))


def _erased(state: State, _event: Event) -> State:
    return Erased(state.given) if isinstance(state, Waiting | Transferred) else state


EVOLVE: Mapping[type[Event], Callable[[Any, Any], State | Place]] = {
    said.OpinionReceived: lambda _, e: Waiting(Given(f"station/{e.station}", e.addressed_to, e.words)),
    said.OpinionTransferred: lambda s, e: Transferred(s.given, e.unit),
    said.OpinionAnswered: lambda s, _: Answered(s.given),
    said.OpinionEscalated: lambda s, e: Escalated(s.given, e.mandate),
    said.OutcomeTold: lambda s, _: Told(s.given),
    said.OpinionErasureRequested: lambda s, _: s,
    said.OpinionErased: _erased,
    said.OpinionRestricted: lambda s, _: _restricted(s, on=True),
    said.OpinionRestrictionLifted: lambda s, _: _restricted(s, on=False),
    said.StationOpened: lambda _, e: Place(e.name, opened=True),
    said.DeputyAttached: lambda s, e: replace(s, deputies=s.deputies | {e.mandate}),
    said.DeputyDetached: lambda s, e: replace(s, deputies=s.deputies - {e.mandate}),
    said.StationClosed: lambda s, _: replace(s, closed=True),
}


def evolve(state: State | Place, event: Event) -> State | Place:
    """Give the state after one more event, of an opinion or of the station beside it."""
    return EVOLVE[type(event)](state, event)


def receipt_digest(code: str) -> str:
    """Give what the ledger keeps of a receipt code, however it was written down."""
    return hashlib.sha256(code.translate(SEPARATORS).upper().encode()).hexdigest()


def nonce_digest(nonce: str) -> str:
    """Give what the ledger keeps of the number that a citizen drew himself."""
    return hashlib.sha256(nonce.encode()).hexdigest()
