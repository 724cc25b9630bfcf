"""Every workload, in the order in which they are run."""

from tests.bench.workloads.append import APPEND
from tests.bench.workloads.asof import AS_OF
from tests.bench.workloads.audit import AUDIT
from tests.bench.workloads.command import COMMAND
from tests.bench.workloads.growth import GROWTH
from tests.bench.workloads.hot import HOT
from tests.bench.workloads.http import HTTP
from tests.bench.workloads.kafka import KAFKA
from tests.bench.workloads.live import LIVE
from tests.bench.workloads.national import NATIONAL
from tests.bench.workloads.project import PROJECT
from tests.bench.workloads.rehydrate import REHYDRATE
from tests.bench.workloads.start import START

WORKLOADS = (
    APPEND, COMMAND, HOT, REHYDRATE, PROJECT, LIVE, AUDIT, AS_OF, KAFKA, HTTP, START, NATIONAL, GROWTH,
)  # fmt: skip
