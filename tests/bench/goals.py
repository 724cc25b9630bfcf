"""The goals: what was measured, held against what was wanted."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tests.bench.values import Measured, share


class Reached(NamedTuple):
    """One goal and what became of it; `proven_by` is the verb of make that measures it."""

    name: str
    goal: str
    measured: str
    reached: bool
    proven_by: str


class Goal(NamedTuple):
    """What is wanted: `of` a workload's case, a figure that is at least, or at most, `wanted`."""

    name: str
    of: tuple[str, str]
    figure: Callable[[Sequence[Measured]], float]
    wanted: float
    written: str
    most: bool = False
    proven_by: str = "bench"


def _named(found: Sequence[Measured], name: str) -> Measured:
    return next(each for each in found if each.subject.name == name)


def beside(other: str, house: str = "house") -> Callable[[Sequence[Measured]], float]:
    """Compare the house with another subject of the case."""
    return lambda found: share(_named(found, house), _named(found, other))


def rate(found: Sequence[Measured]) -> float:
    """Give the house's rate."""
    return _named(found, "house").rate


def p99(found: Sequence[Measured]) -> float:
    """Give the house's p99, in milliseconds."""
    return _named(found, "house").milliseconds(1) or float("inf")


def also(name: str) -> Callable[[Sequence[Measured]], float]:
    """Give another figure that the house's runs tell."""
    return lambda found: _named(found, "house").also(name)


GOALS: Sequence[Goal] = ()


def reached(goals: Sequence[Goal], results: Sequence[Measured]) -> Iterator[Reached]:
    """Hold the goals against results; those whose case was not run are left out."""
    for goal in goals:
        found = [each for each in results if (each.workload, each.case.name) == goal.of]
        if not found:
            continue
        sound = all(each.sound for each in found if each.subject.name == "house")
        value = goal.figure(found) if sound else 0.0
        held = sound and (value <= goal.wanted if goal.most else value >= goal.wanted)
        sign = "≤" if goal.most else "≥"
        told = goal.written.format(value) if sound else "lost or doubled"
        yield Reached(goal.name, f"{sign} {goal.written.format(goal.wanted)}", told, held, goal.proven_by)
