"""What follows: two people stand behind the end of a person's data, and the person is out of office."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue import deputies as said
from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision, Refusal
from services.deputies.erasure import commands as asked
from services.deputies.erasure import refusals
from services.deputies.erasure.state import Erased, Kept, Requested, Restricted, State, evolve

OVER = {"invalid", "terminated"}


def request(command: asked.RequestErasure, state: State, with_: Circumstances) -> Decision:
    """Take the request for a person who acts here no more."""
    if isinstance(state, Erased):
        return refusals.ALREADY_ERASED
    if not isinstance(state, Kept):
        return refusals.ALREADY_REQUESTED
    return in_office(command.person, with_) or [
        said.ErasureRequested(
            person=command.person, requester=with_.actor, ground=command.ground, reason=command.reason.sealed
        )
    ]


def in_office(person: str, with_: Circumstances) -> Refusal | None:
    """Refuse to forget who holds a role or a mandate, or whom nobody knows."""
    known = with_.known[f"person/{person}"]
    if known is None:
        return refusals.NO_SUCH_PERSON
    return refusals.IN_OFFICE if known["roles"] or {*known["mandates"].values()} - OVER else None


def decidable(state: State, with_: Circumstances) -> said.ErasureRequested | Refusal:
    """Give the request that waits, if who acts is not who made it."""
    if not isinstance(state, Requested):
        return refusals.NOT_REQUESTED
    same = state.request.requester.partition("/")[2] == with_.actor.partition("/")[2]
    return refusals.SAME_PERSON if same else state.request


def approve(_command: asked.ApproveErasure, state: State, with_: Circumstances) -> Decision:
    """Grant what somebody else asked for, if the person has not come back meanwhile."""
    if isinstance(asking := decidable(state, with_), Refusal):
        return asking
    return in_office(asking.person, with_) or [
        said.ErasureApproved(
            owner=f"person/{asking.person}", approver=with_.actor, ground=asking.ground, reason=asking.reason
        )
    ]


def refuse(command: asked.RefuseErasure, state: State, with_: Circumstances) -> Decision:
    """Refuse with a reason; it may be asked for again."""
    if isinstance(asking := decidable(state, with_), Refusal):
        return asking
    return [said.ErasureRefused(approver=with_.actor, reason=command.reason.sealed)]


def restrict(command: asked.RestrictPerson, state: State, with_: Circumstances) -> Decision:
    """Keep the data closed instead, as long as a law demands that it is kept."""
    if isinstance(asking := decidable(state, with_), Refusal):
        return asking
    return in_office(asking.person, with_) or [
        said.ErasureRestricted(owner=f"person/{asking.person}", approver=with_.actor, law=command.law)
    ]


def lift(_command: asked.LiftPersonRestriction, state: State, with_: Circumstances) -> Decision:
    """Let the request stand again."""
    if not isinstance(state, Restricted):
        return refusals.NOT_RESTRICTED
    return [said.ErasureRestrictionLifted(owner=f"person/{state.request.person}", approver=with_.actor)]


RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.RequestErasure: request,
    asked.ApproveErasure: approve,
    asked.RefuseErasure: refuse,
    asked.RestrictPerson: restrict,
    asked.LiftPersonRestriction: lift,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def needs(command: Command, state: State, _acting: Acting) -> Iterable[str]:
    """Name the person, whose roles and mandates must be over."""
    if isinstance(command, asked.RequestErasure):
        yield f"person/{command.person}"
    elif isinstance(command, asked.ApproveErasure | asked.RestrictPerson) and isinstance(state, Requested):
        yield f"person/{state.request.person}"


ERASURE = Decider({"erasure": Kept()}, evolve, decide, needs)
"""The reasons lie under `erasure/…`, and so outlive what is deleted."""
