"""What a mandate is now, the seats it counts among, and what it must know of its congress."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from events.catalogue import deputies as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level, Rulebook


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody was elected under this key."""


@dataclass(frozen=True, slots=True)
class Election:
    """What the election fixed."""

    term: int
    electorate: str
    first_term: bool


@dataclass(frozen=True, slots=True)
class Elected:
    """Elected; the credentials are still to be reviewed. `since` is the day of the last step."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class UnderReview:
    """The credentials committee reviews."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class Invalid:
    """The election was declared invalid."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Valid, and not yet taken up."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class Active:
    """In office."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class Suspended:
    """In office, without the right to act."""

    election: Election
    since: dt.date


@dataclass(frozen=True, slots=True)
class Terminated:
    """Over."""

    election: Election
    since: dt.date
    ground: said.Termination


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of one electorate in one term, by the mandates that sit on them."""

    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoCongress:
    """The congress is not set up."""


@dataclass(frozen=True, slots=True)
class Congress:
    """What a mandate must know of its congress. `deputies` are the mandates with a role."""

    level: Level
    term: int
    electorates: Mapping[str, said.Seats] = field(default_factory=dict)
    delegations: Mapping[str, str] = field(default_factory=dict)
    rulebooks: tuple[Rulebook, ...] = ()
    deputies: frozenset[str | None] = frozenset()


Valid = Confirmed | Active | Suspended
Standing = Elected | UnderReview | Invalid | Valid | Terminated
State = Absent | Standing | Seats | NoCongress | Congress


def _elected(_state: State, event: said.MandateElected) -> Elected:
    return Elected(Election(event.term, event.electorate, event.first_term), event.elected)


def _role(state: Congress, event: said.RoleGranted | said.RoleWithdrawn) -> Congress:
    if event.role is not said.Role.DEPUTY:
        return state
    granted = isinstance(event, said.RoleGranted)
    change = state.deputies.union if granted else state.deputies.difference
    return replace(state, deputies=change({event.holds}))


EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.MandateElected: _elected,
    said.CredentialsReviewOpened: lambda s, e: UnderReview(s.election, e.day),
    said.MandateConfirmed: lambda s, e: Confirmed(s.election, e.day),
    said.ElectionInvalid: lambda s, e: Invalid(s.election, e.day),
    said.MandateTakenUp: lambda s, e: Active(s.election, e.day),
    said.MandateSuspended: lambda s, e: Suspended(s.election, e.day),
    said.MandateResumed: lambda s, e: Active(s.election, e.day),
    said.MandateTerminated: lambda s, e: Terminated(s.election, e.announced, e.ground),
    said.SeatTaken: lambda s, e: Seats(s.taken | {e.mandate}),
    said.SeatFreed: lambda s, e: Seats(s.taken - {e.mandate}),
    said.CongressFounded: lambda _, e: Congress(e.level, e.term),
    said.RulebookAdopted: lambda s, e: replace(s, rulebooks=(*s.rulebooks, e.rulebook)),
    said.Seats: lambda s, e: replace(s, electorates={**s.electorates, e.electorate: e}),
    said.DelegationFormed: lambda s, e: replace(s, delegations={**s.delegations, e.delegation: e.name}),
    said.RoleGranted: _role,
    said.RoleWithdrawn: _role,
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event; most of a congress's life does not matter here."""
    step = EVOLVE.get(type(event))
    return state if step is None else step(state, event)
