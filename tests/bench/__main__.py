"""`python -m tests.bench [NAME…] [--full] [--rounds N] [--seconds S]`: all workloads, or those named.

Without a name the results are kept and held against the goals; a workload named runs all its
cases, and its table is only printed.
"""

import argparse
import sys
import time

from tests.bench.goals import GOALS, reached
from tests.bench.reporting import kept, printed, table
from tests.bench.rounds import Plan, Say, measured
from tests.bench.values import Measured
from tests.bench.workloads.all import WORKLOADS


def main() -> int:
    """Measure; 1 when anything was lost or doubled."""
    names = {each.name: each for each in WORKLOADS}
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", nargs="*", choices=[*names, []], help="a workload; none: all")
    parser.add_argument("--full", action="store_true", help="all cases at full size, five rounds (hours)")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, default=Plan().seconds)
    parser.add_argument("--units", type=int, help="so many in each run: whether all is well, no measurement")
    asked = parser.parse_args()
    plan = Plan(asked.rounds or (5 if asked.full else 3), asked.seconds, asked.full, asked.units)
    results, began = list[Measured](), time.monotonic()
    for name in asked.name or names:
        for case in names[name].cases:
            if case.quick or asked.full or asked.name:
                results += measured(names[name], case, plan, _say(began))
    print(printed(list(table(results))))
    command = "bench-full" if asked.full else "bench"
    goals = [each for each in reached(GOALS, results) if each.proven_by == command or asked.name]
    if goals:
        print("", printed([("goal", "at", "measured", "reached"), *(
            (each.name, each.goal, each.measured, "yes" if each.reached else "no") for each in goals
        )]), sep="\n")  # fmt: skip
    if not (asked.name or asked.units):
        kept(results, goals, command)
    return 0 if all(each.sound for each in results) else 1


def _say(began: float) -> Say:
    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
