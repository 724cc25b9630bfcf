"""`python -m tests.bench [NAME…] [--full] [--rounds N] [--seconds S]`: all workloads, or those named.

Without a name the results of each workload are kept as soon as it has run. A workload named runs
all its cases and is only printed, unless `--keep` has its lines put in the place of what stands there.
"""

import argparse
import sys
import time
from collections.abc import Collection

from tests.bench.goals import GOALS, Reached, reached
from tests.bench.reporting import kept, printed, table
from tests.bench.rounds import Plan, Say, measured
from tests.bench.values import Kind, Measured
from tests.bench.workloads.all import WORKLOADS


def main() -> int:
    """Measure; 1 when the house or a ceiling failed. What a peer lost, its line tells."""
    names = {each.name: each for each in WORKLOADS}
    asked, began = _asked(names), time.monotonic()
    command = "bench-full" if asked.full else "bench"
    plan = Plan(asked.rounds or (5 if asked.full else 3), asked.seconds, asked.full, units=asked.units)
    results, goals = list[Measured](), list[Reached]()
    for workload in [names[name] for name in asked.name or names]:
        alone = asked.name and not asked.keep
        cases = [each for each in workload.cases if each.quick or asked.full or alone]
        found = [run for case in cases for run in measured(workload, case, plan, _say(began))]
        told = [each for each in reached(GOALS, found) if each.proven_by == command or alone]
        if found and not (alone or asked.units):
            kept(found, told, command)
        results, goals = results + found, goals + told
    print(printed(list(table(results))))
    if goals:
        print("", printed([("goal", "at", "measured", "reached"), *(
            (each.name, each.goal, each.measured, "yes" if each.reached else "no") for each in goals
        )]), sep="\n")  # fmt: skip
    return 0 if all(each.sound or each.subject.kind is Kind.PEER for each in results) else 1


def _asked(names: Collection[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", nargs="*", choices=[*names, []], help="a workload; none: all")
    parser.add_argument("--full", action="store_true", help="all cases at full size, five rounds (hours)")
    parser.add_argument("--keep", action="store_true", help="keep what was named, as the whole bench would")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, default=Plan().seconds)
    parser.add_argument("--units", type=int, help="so many in each run: whether all is well, no measurement")
    return parser.parse_args()


def _say(began: float) -> Say:
    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
