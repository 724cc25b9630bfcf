"""What a course is now: who has a place, and who attended."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from events.catalogue import training as said
from events.catalogue.event import Event


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody planned it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Open to who wants to come, until it is over. `attended` are among the `enrolled`."""

    topic: said.Topic
    minutes: int
    starts: dt.datetime
    capacity: int
    enrolled: frozenset[str] = frozenset()
    attended: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """Over."""


State = Absent | Planned | Held

EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.CoursePlanned: lambda _, e: Planned(e.topic, e.minutes, e.starts, e.capacity),
    said.DeputyEnrolled: lambda s, e: replace(s, enrolled=s.enrolled | {e.mandate}),
    said.EnrolmentCancelled: lambda s, e: replace(s, enrolled=s.enrolled - {e.mandate}),
    said.DeputyAttended: lambda s, e: replace(s, attended=s.attended | {e.mandate}),
    said.CourseHeld: lambda _s, _e: Held(),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event."""
    return EVOLVE[type(event)](state, event)
