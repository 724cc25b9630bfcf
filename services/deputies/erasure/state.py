"""Where the deletion of a person's data stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from events.catalogue import deputies as said
from events.catalogue.event import Event


@dataclass(frozen=True, slots=True)
class Kept:
    """Nobody asked, or it was refused."""


@dataclass(frozen=True, slots=True)
class Requested:
    """Somebody asked, and nobody has decided."""

    request: said.ErasureRequested


@dataclass(frozen=True, slots=True)
class Restricted:
    """A law demands that the data is kept; the request waits for its end."""

    request: said.ErasureRequested


@dataclass(frozen=True, slots=True)
class Erased:
    """The data is gone."""


State = Kept | Requested | Restricted | Erased

EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.ErasureRequested: lambda _, e: Requested(e),
    said.ErasureApproved: lambda _s, _e: Erased(),
    said.ErasureRefused: lambda _s, _e: Kept(),
    said.ErasureRestricted: lambda s, _: Restricted(s.request),
    said.ErasureRestrictionLifted: lambda s, _: Requested(s.request),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event."""
    return EVOLVE[type(event)](state, event)
