"""What is measured, as values: a workload has cases, a case has subjects, a subject gives runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Kind(StrEnum):
    """What a subject is: we, what the machine can do at most, or another's work."""

    HOUSE = "house"
    CEILING = "ceiling"
    PEER = "peer"


class Room(NamedTuple):
    """What the process of a subject is given: an empty folder, and how many units to do.

    `kept` is a folder that all runs share: a workload keeps there what it made of chance once.
    """

    folder: Path
    size: int
    kept: Path


@dataclass(frozen=True, slots=True)
class Run:
    """One subject in one round. A run whose check failed did 0 units; `note` says why.

    `milliseconds` has p50, p99 and p99.9 of one unit, where units are asked for one by one;
    `also` what a workload tells besides, by name.
    """

    units: int
    seconds: float
    milliseconds: Sequence[float] = ()
    commits: int | None = None
    fsyncs: int | None = None
    peak_mb: float = 0.0
    steal: float = 0.0
    also: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    tries: int = 1

    @property
    def rate(self) -> float:
        """Give units per second."""
        return self.units / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Whoever does the work. `run` raises when anything was lost or doubled."""

    name: str
    kind: Kind
    run: Callable[[Room], Run]


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison. `size` fixes the units of a run; without it they fill a share of the round.

    A case that is not `quick` waits for the full bench, or to be asked for by name.
    `durability` is FULL (synced before the answer), NORMAL (may lose the last commits, never
    more) or `none` (nothing is written).
    """

    name: str
    unit: str
    durability: str
    subjects: Sequence[Subject]
    size: int | None = None
    full_size: int | None = None
    quick: bool = True
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """Cases under one name."""

    name: str
    cases: Sequence[Case]

    def case(self, name: str) -> Case:
        """Give a case by its name."""
        return next(each for each in self.cases if each.name == name)


@dataclass(frozen=True, slots=True)
class Measured:
    """All runs of one subject in one case."""

    workload: str
    case: Case
    subject: Subject
    runs: Sequence[Run]

    @property
    def rate(self) -> float:
        """Give the median rate; 0 when one run lost or doubled anything."""
        return median(run.rate for run in self.runs) if self.sound else 0.0

    @property
    def sound(self) -> bool:
        """Tell whether every run held its check."""
        return all(run.units for run in self.runs)

    def milliseconds(self, place: int) -> float | None:
        """Give the median of p50 (0), p99 (1) or p99.9 (2)."""
        found = [run.milliseconds[place] for run in self.runs if run.milliseconds]
        return median(found) if found else None

    def also(self, name: str) -> float:
        """Give the median of what the runs tell under a name."""
        return median(run.also[name] for run in self.runs)


def share(one: Measured, other: Measured) -> float:
    """Give one rate as a share of another: the median over the rounds, which met the same machine."""
    if not (one.sound and other.sound):
        return 0.0
    return median(mine.rate / theirs.rate for mine, theirs in zip(one.runs, other.runs, strict=True))
