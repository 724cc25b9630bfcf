"""The stopwatch of a subject: seconds, syncs, memory, and what single units took."""

import os
import resource
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.values import Run

SYNCS = "MANDATE_BENCH_SYNCS"
"""Names the file in which the shim under a subject counts; see `syncs.c`."""
PLACES = (0.5, 0.99, 0.999)


class Watch:
    """Runs while its `with` is open; `lap` notes what one unit took."""

    def __init__(self) -> None:
        self.seconds, self.laps = 0.0, list[float]()
        self._syncs, self._count = 0, os.environ.get(SYNCS)

    @contextmanager
    def going(self) -> Iterator[None]:
        """Count this stretch; several add up."""
        syncs, start = self._read(), time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start
        self._syncs += self._read() - syncs

    @contextmanager
    def lap(self) -> Iterator[None]:
        """Note one unit."""
        start = time.perf_counter()
        yield
        self.laps.append(time.perf_counter() - start)

    def run(self, units: int, commits: int | None = None, also: Mapping[str, float] | None = None) -> Run:
        """Give the run, once its check has held."""
        return Run(
            units, self.seconds, percentiles(self.laps), commits,
            self._syncs if self._count else None, peak_mb(), also=also or {},
        )  # fmt: skip

    def _read(self) -> int:
        if not self._count:
            return 0
        (count,) = struct.unpack("q", Path(self._count).read_bytes())
        return int(count)


def percentiles(seconds: Sequence[float]) -> Sequence[float]:
    """Give p50, p99 and p99.9 in milliseconds, nothing for nothing."""
    ordered = sorted(seconds)
    return [1_000 * ordered[min(len(ordered) - 1, int(len(ordered) * each))] for each in PLACES if ordered]


def peak_mb() -> float:
    """Give the most memory that this process had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def resident_mb(pid: int) -> float:
    """Give the memory that a process has resident now, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def stolen() -> tuple[int, int]:
    """Give the ticks that the host took from this machine, and all ticks, since it started."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return ticks[7], sum(ticks[:8])
