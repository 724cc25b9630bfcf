"""From the election to the day the deputy takes up the work."""

import datetime as dt

from events.catalogue import deputies as said
from services.chassis.shapes import Circumstances, Decision, On, Refusal
from services.deputies.mandate import commands, refusals
from services.deputies.mandate.state import (
    Absent,
    Confirmed,
    Congress,
    Elected,
    Invalid,
    Seats,
    State,
    Terminated,
    UnderReview,
)


def seats(term: int, electorate: str) -> str:
    """Name the stream that counts the seats of an electorate."""
    return f"seats/{term}-{electorate}"


def person(stream: str) -> str:
    """Give whose mandate a stream is: `mandate/3-ma` is ma's."""
    return stream.partition("-")[2]


def mistimed(day: dt.date, since: dt.date, with_: Circumstances) -> Refusal | None:
    """Refuse a day that lies in the future, or before the step before."""
    if day > with_.today:
        return refusals.DAY_IN_FUTURE
    return refusals.DAY_TOO_EARLY if day < since else None


def elect(command: commands.Elect, state: State, with_: Circumstances) -> Decision:
    """Enter an election; the entry at the seats in the same commit keeps them counted."""
    if not electable(state):
        return refusals.ALREADY_ELECTED
    congress = with_.beside[f"congress/{with_.congress}"]
    if not isinstance(congress, Congress):
        return refusals.NOT_FOUNDED
    place = seats(command.term, command.electorate)
    if no := impossible(command, congress, with_.beside[place], with_):
        return no
    delegation = congress.delegations.get(command.delegation or "")
    return [
        said.MandateElected(
            person=person(with_.stream),
            name=command.name.sealed,
            contact=None if command.contact is None else command.contact.sealed,
            **command.model_dump(exclude={"person", "name", "contact"}),
            electorate_name=congress.electorates[command.electorate].name,
            delegation_name=delegation,
        ),
        On(place, said.SeatTaken(mandate=with_.stream)),
    ]


def electable(state: State) -> bool:
    """Tell whether a person may be elected: not while, or before it is sure that, he is deputy.

    An invalid election may be repeated, and who left office may win a by-election.
    """
    if isinstance(state, Terminated):
        return state.ground is not said.Termination.DEATH
    return isinstance(state, Absent | Invalid)


def impossible(
    command: commands.Elect, congress: Congress, taken: Seats, with_: Circumstances
) -> Refusal | None:
    """Refuse an election of another term, by nobody we know, on no free seat, not yet held."""
    electorate = congress.electorates.get(command.electorate)
    if command.term != congress.term:
        return refusals.NOT_THIS_TERM
    if electorate is None:
        return refusals.UNKNOWN_ELECTORATE
    if command.delegation is not None and command.delegation not in congress.delegations:
        return refusals.UNKNOWN_DELEGATION
    if len(taken.taken) >= electorate.seats:
        return refusals.NO_FREE_SEAT
    return refusals.DAY_IN_FUTURE if command.elected > with_.today else None


def open_review(command: commands.OpenReview, state: State, with_: Circumstances) -> Decision:
    """Begin the review; who was elected in a by-election is reviewed too."""
    if not isinstance(state, Elected):
        return refusals.NOT_ELECTED
    return mistimed(command.day, state.since, with_) or [said.CredentialsReviewOpened(day=command.day)]


def confirm(command: commands.Confirm, state: State, with_: Circumstances) -> Decision:
    """Confirm after the review, by the body that decides it."""
    if not isinstance(state, UnderReview):
        return refusals.NOT_UNDER_REVIEW
    return mistimed(command.day, state.since, with_) or [
        said.MandateConfirmed(day=command.day, body=command.body, first_term=state.election.first_term)
    ]


def declare_invalid(command: commands.DeclareInvalid, state: State, with_: Circumstances) -> Decision:
    """Declare the election invalid after the review; the seat is free again."""
    if not isinstance(state, UnderReview):
        return refusals.NOT_UNDER_REVIEW
    place = seats(state.election.term, state.election.electorate)
    return mistimed(command.day, state.since, with_) or [
        said.ElectionInvalid(day=command.day, body=command.body, ground=command.ground),
        On(place, said.SeatFreed(mandate=with_.stream)),
    ]


def take_up(command: commands.TakeUp, state: State, with_: Circumstances) -> Decision:
    """Take up the work; with the mandate comes the role of a deputy."""
    if not isinstance(state, Confirmed):
        return refusals.NOT_CONFIRMED
    if no := mistimed(command.day, state.since, with_):
        return no
    taken_up = said.MandateTakenUp(day=command.day)
    place, mandate = f"congress/{with_.congress}", with_.stream
    if mandate in with_.beside[place].deputies:
        return [taken_up]
    role = said.RoleGranted(person=person(mandate), role=said.Role.DEPUTY, holds=mandate)
    return [taken_up, On(place, role)]
