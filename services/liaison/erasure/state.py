"""Where the deletion of an opinion stands: a fold of the opinion's own stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from events.catalogue import liaison as said
from events.catalogue.event import Event


@dataclass(frozen=True, slots=True)
class Kept:
    """Nobody asked to have it deleted."""


@dataclass(frozen=True, slots=True)
class Requested:
    """Somebody asked, and nobody has decided."""

    request: said.OpinionErasureRequested


@dataclass(frozen=True, slots=True)
class Restricted:
    """A law demands that it is kept; the request waits for its end."""

    request: said.OpinionErasureRequested


@dataclass(frozen=True, slots=True)
class Erased:
    """It is gone."""


State = Kept | Requested | Restricted | Erased

EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.OpinionErasureRequested: lambda _, e: Requested(e),
    said.OpinionErased: lambda _s, _e: Erased(),
    said.OpinionRestricted: lambda s, _: Restricted(s.request),
    said.OpinionRestrictionLifted: lambda s, _: Requested(s.request),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event; the rest of an opinion's life does not matter here."""
    step = EVOLVE.get(type(event))
    return state if step is None else step(state, event)
