"""Every workload, in the order in which they are run."""

from tests.bench.workloads.append import APPEND
from tests.bench.workloads.command import COMMAND
from tests.bench.workloads.project import PROJECT
from tests.bench.workloads.rehydrate import REHYDRATE

WORKLOADS = (APPEND, COMMAND, REHYDRATE, PROJECT)
