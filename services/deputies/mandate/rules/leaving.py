"""Suspension and its end, and the end of the mandate."""

import datetime as dt

from events.catalogue import deputies as said
from events.catalogue.deputies import Termination
from events.catalogue.vocabulary import Basis, Level
from services.chassis.shapes import Circumstances, Decision, On, Refusal
from services.chassis.workdays import rulebook_at
from services.deputies.mandate import commands, refusals
from services.deputies.mandate.rules.entering import mistimed, person, seats
from services.deputies.mandate.state import Active, Congress, State, Suspended, Valid

DECIDED = {
    Termination.RESIGNATION_ACCEPTED,
    Termination.ORDERED_RESIGNATION_ACCEPTED,
    Termination.RECALLED,
}
"""The grounds that are themselves the decision of a body; the others arise by themselves."""


def basis(congress: Congress, act: str, day: dt.date) -> Basis | None:
    """Give the article on which an act stands, by the rulebook in force on its day."""
    if all(day < each.in_force for each in congress.rulebooks):
        return None
    return rulebook_at(congress.rulebooks, day).articles.get(act)


def suspend(command: commands.Suspend, state: State, with_: Circumstances) -> Decision:
    """Suspend an active mandate; the role stays, for a suspended deputy may still read."""
    if not isinstance(state, Active):
        return refusals.NOT_ACTIVE
    congress = with_.beside[f"congress/{with_.congress}"]
    return mistimed(command.day, state.since, with_) or [
        said.MandateSuspended(
            ground=command.ground,
            day=command.day,
            body=command.body,
            basis=basis(congress, "suspend", command.day),
        )
    ]


def resume(command: commands.Resume, state: State, with_: Circumstances) -> Decision:
    """Let the deputy act again."""
    if not isinstance(state, Suspended):
        return refusals.NOT_SUSPENDED
    return mistimed(command.day, state.since, with_) or [
        said.MandateResumed(day=command.day, body=command.body)
    ]


def terminate(command: commands.Terminate, state: State, with_: Circumstances) -> Decision:
    """End a valid mandate: the seat is free, and the role of a deputy is gone."""
    if not isinstance(state, Valid):
        return refusals.NOT_VALID
    place, mandate = f"congress/{with_.congress}", with_.stream
    congress: Congress = with_.beside[place]
    if no := unfounded(command, congress, state, with_):
        return no
    day = command.decision_day or command.announced
    ended = said.MandateTerminated(**command.model_dump(), basis=basis(congress, "terminate", day))
    freed = On(seats(state.election.term, state.election.electorate), said.SeatFreed(mandate=mandate))
    if mandate not in congress.deputies:
        return [ended, freed]
    role = said.RoleWithdrawn(person=person(mandate), role=said.Role.DEPUTY, holds=mandate)
    return [ended, freed, On(place, role)]


def unfounded(
    command: commands.Terminate, congress: Congress, state: Valid, with_: Circumstances
) -> Refusal | None:
    """Refuse a ground that does not end this mandate, and days or bodies that do not fit."""
    if command.ground is Termination.MOVED_AWAY and congress.level is Level.NATION:
        return refusals.MOVE_ENDS_LOCAL_ONLY
    decided = command.decision_day is not None
    if decided != (command.decided_by is not None) or (command.ground in DECIDED and not decided):
        return refusals.DECISION_MISSING
    if no := mistimed(command.announced, state.since, with_):
        return no
    days = [command.ground_day, command.decision_day or command.ground_day, command.announced]
    return None if days == sorted(days) else refusals.DAY_TOO_EARLY
