"""What follows: two people stand behind the end of an opinion, and a law alone behind its keeping."""

from collections.abc import Callable, Mapping
from typing import Any

from events.catalogue import liaison as said
from services.chassis.shapes import Circumstances, Command, Decider, Decision, Refusal
from services.liaison.erasure import commands as asked
from services.liaison.erasure import refusals
from services.liaison.erasure.state import Erased, Kept, Requested, Restricted, State, evolve


def request(command: asked.RequestOpinionErasure, state: State, with_: Circumstances) -> Decision:
    """Take the request of whoever holds the receipt code."""
    if isinstance(state, Erased):
        return refusals.ALREADY_ERASED
    if not isinstance(state, Kept):
        return refusals.ALREADY_REQUESTED
    reason = command.reason.sealed if command.reason else None
    return [said.OpinionErasureRequested(requester=with_.actor, ground=command.ground, reason=reason)]


def approve(_command: asked.ApproveOpinionErasure, state: State, with_: Circumstances) -> Decision:
    """Grant what somebody else asked for."""
    if isinstance(asking := decidable(state, with_), Refusal):
        return asking
    return [
        said.OpinionErased(
            owner=with_.stream, approver=with_.actor, ground=asking.ground, reason=asking.reason
        )
    ]


def decidable(state: State, with_: Circumstances) -> said.OpinionErasureRequested | Refusal:
    """Give the request that waits, if who acts is not who made it."""
    if not isinstance(state, Requested):
        return refusals.NOT_REQUESTED
    same = state.request.requester.partition("/")[2] == with_.actor.partition("/")[2]
    return refusals.SAME_PERSON if same else state.request


def restrict(command: asked.RestrictOpinion, state: State, with_: Circumstances) -> Decision:
    """Keep it closed instead, as long as a law demands that it is kept."""
    if isinstance(asking := decidable(state, with_), Refusal):
        return asking
    return [said.OpinionRestricted(owner=with_.stream, approver=with_.actor, law=command.law)]


def lift(_command: asked.LiftOpinionRestriction, state: State, with_: Circumstances) -> Decision:
    """Let the request stand again."""
    if not isinstance(state, Restricted):
        return refusals.NOT_RESTRICTED
    return [said.OpinionRestrictionLifted(owner=with_.stream, approver=with_.actor)]


RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.RequestOpinionErasure: request,
    asked.ApproveOpinionErasure: approve,
    asked.RestrictOpinion: restrict,
    asked.LiftOpinionRestriction: lift,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def owner(_command: Command, stream: str) -> str:
    """Seal the reason under a key of its own: it outlives what is deleted."""
    return stream.replace("opinion", "erasure")


ERASURE = Decider({"erasure": Kept(), "opinion": Kept()}, evolve, decide, owner=owner)
"""A duty of its own on the streams of opinions."""
