"""`python -m tests.bench.subject WORKLOAD CASE SUBJECT FOLDER SIZE`: one run; its last line tells it."""

import sys
from pathlib import Path

from tests.bench.rounds import KEPT, RUN
from tests.bench.values import Kind, Room

if __name__ == "__main__":
    # Here, so that processes which the house starts read no more than they need.
    from deploy import looping
    from tests.bench.workloads.all import WORKLOADS

    named, case, subject, folder, size = sys.argv[1:]
    workload = next(each for each in WORKLOADS if each.name == named)
    meant = next(each for each in workload.case(case).subjects if each.name == subject)
    if meant.kind is not Kind.PEER:  # those run as they come
        looping.tune()
    run = meant.run(Room(Path(folder), int(size), KEPT))
    print(RUN.dump_json(run).decode())
