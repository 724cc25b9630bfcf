"""What follows from what is asked of a course."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue import training as said
from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision, Refusal
from services.training.course import commands, refusals
from services.training.course.state import Absent, Planned, State, evolve

Placing = commands.Enrol | commands.CancelEnrolment


def plan(command: commands.PlanCourse, _state: State, _with: Circumstances) -> Decision:
    """Plan a course; its beginning is kept in UTC like every instant."""
    asked = command.model_dump(exclude={"starts"})
    return [said.CoursePlanned(**asked, starts=command.starts.astimezone(dt.UTC))]


def meant(command: Placing, holds: str | None) -> str | None:
    """Give the mandate that is meant: the one named, else the actor's own."""
    own = holds if holds is not None and holds.startswith("mandate/") else None
    return command.mandate or own


def whose(command: Placing, with_: Circumstances) -> str | Refusal:
    """Give whose place it is, or say why the actor may not speak of it."""
    mandate = meant(command, with_.holds)
    if with_.role == "deputy" and mandate != with_.holds:
        return refusals.NOT_YOURSELF
    return refusals.NO_MANDATE_NAMED if mandate is None else mandate


def enrol(command: commands.Enrol, state: State, with_: Circumstances) -> Decision:
    """Give a place, as long as there is one, to a deputy in office who has none."""
    if not isinstance(state, Planned):
        return refusals.OVER
    if isinstance(mandate := whose(command, with_), Refusal):
        return mandate
    if mandate in state.enrolled:
        return refusals.ALREADY_ENROLLED
    if (with_.known.get(mandate) or {}).get("state") != "active":
        return refusals.MANDATE_NOT_ACTIVE
    if len(state.enrolled) >= state.capacity:
        return refusals.FULL
    return [said.DeputyEnrolled(mandate=mandate)]


def cancel(command: commands.CancelEnrolment, state: State, with_: Circumstances) -> Decision:
    """Take a place back that was not used."""
    if not isinstance(state, Planned):
        return refusals.OVER
    if isinstance(mandate := whose(command, with_), Refusal):
        return mandate
    if mandate not in state.enrolled:
        return refusals.NOT_ENROLLED
    if mandate in state.attended:
        return refusals.ALREADY_ATTENDED
    return [said.EnrolmentCancelled(mandate=mandate)]


def attend(command: commands.RecordAttendance, state: State, with_: Circumstances) -> Decision:
    """Register attendance of who has a place, after the beginning, each once."""
    if not isinstance(state, Planned):
        return refusals.OVER
    if with_.now < state.starts:
        return refusals.NOT_BEGUN
    named = Counter(each.mandate for each in command.attended)
    if not named.keys() <= state.enrolled:
        return refusals.NOT_ENROLLED
    if named.total() > len(named) or named.keys() & state.attended:
        return refusals.ALREADY_ATTENDED
    if any(each.minutes > state.minutes for each in command.attended):
        return refusals.TOO_LONG
    return [
        said.DeputyAttended(mandate=each.mandate, topic=state.topic, minutes=each.minutes)
        for each in command.attended
    ]


def hold(_command: commands.HoldCourse, state: State, with_: Circumstances) -> Decision:
    """Close the course; from now on nothing of it changes."""
    if not isinstance(state, Planned):
        return refusals.OVER
    if with_.now < state.starts:
        return refusals.NOT_BEGUN
    return [said.CourseHeld(day=with_.today)]


RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    commands.PlanCourse: plan,
    commands.Enrol: enrol,
    commands.CancelEnrolment: cancel,
    commands.RecordAttendance: attend,
    commands.HoldCourse: hold,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def needs(command: Command, _state: State, acting: Acting) -> Iterable[str]:
    """Know the mandate that is to have a place."""
    if isinstance(command, commands.Enrol) and (mandate := meant(command, acting.holds)):
        yield mandate


COURSE = Decider({"course": Absent()}, evolve, decide, needs)
