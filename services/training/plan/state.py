"""What a deputy needs now: the fields that are open, and those that are met."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from events.catalogue import training as said
from events.catalogue.event import Event


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of one mandate by field; nobody needs anything before it is found."""

    open: frozenset[said.Topic] = frozenset()
    met: frozenset[said.Topic] = frozenset()


EVOLVE: Mapping[type[Event], Callable[[Needs, Any], Needs]] = {
    said.NeedFound: lambda s, e: replace(s, open=s.open | {e.topic}),
    said.NeedMet: lambda s, e: Needs(s.open - {e.topic}, s.met | {e.topic}),
}


def evolve(state: Needs, event: Event) -> Needs:
    """Give the state after one more event."""
    return EVOLVE[type(event)](state, event)
