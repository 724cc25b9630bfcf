"""Every workload, in the order in which they are run."""

from tests.bench.workloads.append import APPEND

WORKLOADS = (APPEND,)
