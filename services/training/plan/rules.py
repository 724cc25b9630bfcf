"""What follows from what is asked of a deputy's needs."""

from collections.abc import Callable, Mapping
from typing import Any

from events.catalogue import training as said
from services.chassis.shapes import Circumstances, Command, Decider, Decision
from services.training.plan import commands, refusals
from services.training.plan.state import Needs, evolve


def find(command: commands.FindNeed, state: Needs, with_: Circumstances) -> Decision:
    """Find a need once; what is open or was met is not found again."""
    if command.topic in state.open | state.met:
        return []
    mandate = with_.stream.replace("need/", "mandate/", 1)
    return [said.NeedFound(mandate=mandate, topic=command.topic, because=command.because)]


def meet(command: commands.MeetNeed, state: Needs, _with: Circumstances) -> Decision:
    """Meet a need that is open."""
    if command.topic not in state.open:
        return refusals.NO_OPEN_NEED
    return [said.NeedMet(topic=command.topic, course=command.course)]


RULES: Mapping[type[Command], Callable[[Any, Needs, Circumstances], Decision]] = {
    commands.FindNeed: find,
    commands.MeetNeed: meet,
}


def decide(command: Command, state: Needs, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


PLAN = Decider({"need": Needs()}, evolve, decide)
