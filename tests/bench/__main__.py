"""Run every workload (or those named) and print one table: `python -m tests.bench append`.

A workload is a module with `measure() -> Sequence[Result]`. It runs house and ceiling in
turns, three rounds, and raises when a run lost or doubled anything.
"""

import sys

from tests.bench import append, command, fold
from tests.bench.result import table

WORKLOADS = {"append": append.measure, "command": command.measure, "fold": fold.measure}

if __name__ == "__main__":
    named = sys.argv[1:] or WORKLOADS
    print(table([result for name in named for result in WORKLOADS[name]()]))
