"""What a congress is now, and which of its mandates are in office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from events.catalogue import deputies as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level, Rulebook

Held = tuple[str, said.Role, str | None]
"""Who may act in which role, for what: person, role, and the mandate, unit or station."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody set it up."""


@dataclass(frozen=True, slots=True)
class Congress:
    """A congress in its term. `calendars` are the adopted ones by reference (`cn@2025`)."""

    level: Level
    term: int
    rulebooks: tuple[Rulebook, ...] = ()
    calendars: frozenset[str] = frozenset()
    sessions: tuple[said.SessionConvened, ...] = ()
    electorates: frozenset[str] = frozenset()
    delegations: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    roles: frozenset[Held] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a congress must know of a mandate: whether it is in office (also if suspended)."""

    in_office: bool = False


State = Absent | Congress | Mandate


def held(event: said.RoleGranted | said.RoleWithdrawn) -> Held:
    """Give what a role's event is about."""
    return event.person, event.role, event.holds


EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.CongressFounded: lambda _, e: Congress(e.level, e.term),
    said.RulebookAdopted: lambda s, e: replace(s, rulebooks=(*s.rulebooks, e.rulebook)),
    said.CalendarAdopted: lambda s, e: replace(s, calendars=s.calendars | {e.calendar.reference}),
    said.SessionConvened: lambda s, e: replace(s, sessions=(*s.sessions, e)),
    said.Seats: lambda s, e: replace(s, electorates=s.electorates | {e.electorate}),
    said.DelegationFormed: lambda s, e: replace(s, delegations=s.delegations | {e.delegation}),
    said.UnitListed: lambda s, e: replace(s, units=s.units | {e.unit}),
    said.RoleGranted: lambda s, e: replace(s, roles=s.roles | {held(e)}),
    said.RoleWithdrawn: lambda s, e: replace(s, roles=s.roles - {held(e)}),
    said.MandateTakenUp: lambda _s, _e: Mandate(in_office=True),
    said.MandateTerminated: lambda _s, _e: Mandate(),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event; most of a mandate's life does not matter here."""
    step = EVOLVE.get(type(event))
    return state if step is None else step(state, event)
