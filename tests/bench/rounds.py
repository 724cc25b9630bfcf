"""Rounds: the subjects of a case in turns, each in a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from tests.bench.timing import SYNCS, stolen
from tests.bench.values import Case, Kind, Measured, Run, Subject, Workload
from tests.rulebook import HOUSE

FIRST, LEAST, LEAST_OF_SLOW, LONGEST, PEERS_TRIES = 500, 20_000, 2_000, 7_200, 3
LOST = AssertionError.__name__
RUN = TypeAdapter(Run)
KEPT = HOUSE / ".bench"
Say = Callable[[str], None]


class Plan(NamedTuple):
    """How a bench is run: rounds, and the seconds of a round in which a subject works.

    The other half of its ten seconds is set-up and check. A case that has taken `patience` seconds
    and two rounds has no more, so that a slow machine is done in time as well. `units` does so many
    instead: a quick look whether all is well, and no measurement.
    """

    rounds: int = 3
    seconds: float = 5.0
    full: bool = False
    patience: float = 15.0
    units: int | None = None


def measured(workload: Workload, case: Case, plan: Plan, say: Say) -> Sequence[Measured]:
    """Run all subjects of a case in turns, A-B-A-B; the run that finds the sizes warms up."""
    sizes = dict[str, int]()
    for each in case.subjects:
        # A ceiling writes the rows of the house: as many, so that both files grow alike.
        alike = sizes[case.subjects[0].name] if each.kind is Kind.CEILING else None
        sizes[each.name] = alike or _size(workload, case, each, plan, say)
    runs: dict[str, list[Run]] = {each.name: [] for each in case.subjects}
    rounds, began = case.rounds or plan.rounds, time.monotonic()
    for number in range(1, rounds + 1):
        if not plan.full and number > 2 and time.monotonic() - began > plan.patience:
            break
        for each in case.subjects:
            run = alone(workload, case, each, sizes[each.name])
            runs[each.name].append(run)
            say(f"{workload.name} · {case.name} · {number}/{rounds} · {each.name}: {told(run, case)}")
    return [Measured(workload.name, case, each, runs[each.name]) for each in case.subjects]


def told(run: Run, case: Case) -> str:
    """Tell of a run in a few words."""
    return run.note or f"{run.rate:,.0f} {case.unit}/s ({run.units:,} in {run.seconds:.1f} s)"


def _size(workload: Workload, case: Case, subject: Subject, plan: Plan, say: Say) -> int:
    """Find how many units fit a round; a peer that does less than 2,000 a second need not do 20,000."""
    fixed = plan.units or (case.full_size if plan.full and case.full_size else case.size)
    if fixed is not None:
        return fixed
    run = alone(workload, case, subject, FIRST)
    say(f"{workload.name} · {case.name} · warm · {subject.name}: {told(run, case)}")
    slow = subject.kind is Kind.PEER and run.rate < LEAST_OF_SLOW
    least = LEAST_OF_SLOW if slow else LEAST
    return max(least, int(run.rate * plan.seconds))


def alone(workload: Workload, case: Case, subject: Subject, size: int) -> Run:
    """Run a subject in a process and a folder of its own.

    One that fails did nothing, and says why. A peer that breaks off has two tries more, and the run says
    how many it took; one whose check failed has lost or doubled something, and has none.
    """
    most = PEERS_TRIES if subject.kind is Kind.PEER else 1
    for tries in range(1, most):
        run = _alone((workload.name, case.name, subject.name), size)
        if run.units or LOST in run.note:
            return replace(run, tries=tries)
    return replace(_alone((workload.name, case.name, subject.name), size), tries=most)


def _alone(named: tuple[str, str, str], size: int) -> Run:
    KEPT.mkdir(exist_ok=True)
    stolen_before, all_before = stolen()
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, _counted(Path(folder)) as environment:
        ended = subprocess.run(
            (sys.executable, "-m", "tests.bench.subject", *named, folder, str(size)), cwd=HOUSE,
            env=environment, capture_output=True, text=True, timeout=LONGEST, check=False,
        )  # fmt: skip
    if ended.returncode:
        last = (ended.stderr.strip() or "no word").splitlines()[-1]
        return Run(0, 0.0, note=f"FAILED: {last}")
    steal, ticks = (now - then for now, then in zip(stolen(), (stolen_before, all_before), strict=True))
    return replace(RUN.validate_json(ended.stdout.splitlines()[-1]), steal=steal / max(1, ticks))


@contextmanager
def _counted(folder: Path) -> Iterator[dict[str, str]]:
    """Give the environment in which syncs are counted, where there is a compiler."""
    shim = KEPT / "syncs.so"
    if not shim.exists() and (compiler := shutil.which("cc")):
        source = Path(__file__).with_name("syncs.c")
        subprocess.run((compiler, "-shared", "-fPIC", "-O2", "-o", shim, source), check=True)
    if not shim.exists():
        yield dict(os.environ)
        return
    count = folder.with_suffix(".syncs")
    count.write_bytes(bytes(8))
    yield os.environ | {SYNCS: str(count), "LD_PRELOAD": str(shim)}
    count.unlink()
