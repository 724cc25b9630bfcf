"""What a station is now: a union of frozen states, and the fold that leads to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from events.catalogue import liaison as said
from events.catalogue.event import Event


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such station."""


@dataclass(frozen=True, slots=True)
class Open:
    """One may come, scan its code and address the deputies who work there."""

    name: str
    deputies: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody is received any more. `deputies` worked there last; they still see to what is open."""

    name: str
    deputies: frozenset[str]


State = Absent | Open | Closed


EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.StationOpened: lambda _, e: Open(e.name),
    said.DeputyAttached: lambda s, e: replace(s, deputies=s.deputies | {e.mandate}),
    said.DeputyDetached: lambda s, e: replace(s, deputies=s.deputies - {e.mandate}),
    said.StationClosed: lambda s, _: Closed(s.name, s.deputies),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event."""
    return EVOLVE[type(event)](state, event)
