"""The duty as one value: which rule answers which command, and what each stands on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision
from services.deputies.mandate import commands as asked
from services.deputies.mandate.rules import entering, leaving
from services.deputies.mandate.state import (
    Absent,
    NoCongress,
    Seats,
    State,
    UnderReview,
    Valid,
    evolve,
)

RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.Elect: entering.elect,
    asked.OpenReview: entering.open_review,
    asked.Confirm: entering.confirm,
    asked.DeclareInvalid: entering.declare_invalid,
    asked.TakeUp: entering.take_up,
    asked.Suspend: leaving.suspend,
    asked.Resume: leaving.resume,
    asked.Terminate: leaving.terminate,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def beside(command: Command, state: State, acting: Acting) -> Iterable[str]:
    """Stand on the congress where its rules, electorates or roles matter, and on the seats."""
    if isinstance(command, asked.Elect | asked.TakeUp | asked.Suspend | asked.Terminate):
        yield f"congress/{acting.congress}"
    if isinstance(command, asked.Elect):
        yield entering.seats(command.term, command.electorate)
    leaves = isinstance(command, asked.DeclareInvalid | asked.Terminate)
    if leaves and isinstance(state, UnderReview | Valid):
        yield entering.seats(state.election.term, state.election.electorate)


def owner(_command: Command, stream: str) -> str:
    """Seal name and contact under the person's own key."""
    return f"person/{entering.person(stream)}"


MANDATE = Decider(
    {"mandate": Absent(), "seats": Seats(), "congress": NoCongress()},
    evolve,
    decide,
    beside=beside,
    owner=owner,
)
