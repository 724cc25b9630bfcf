"""What was measured, for the eye (RESULTS.md) and for machines (RESULTS.json)."""

import datetime as dt
import hashlib
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw

from tests.bench.goals import Reached
from tests.bench.values import Kind, Measured, share
from tests.rulebook import HOUSE

ROOM, LOOPS = Path(__file__).parent, 10_000_000
HEAD = (
    "workload", "case", "durability", "subject", "unit/s", "range", "p50 ms", "p99 ms", "p99.9 ms",
    "commits/s", "fsyncs/s", "peak MB", "house is",
)  # fmt: skip


def table(results: Sequence[Measured]) -> Iterator[Sequence[str]]:
    """Give a line for each subject; the last column sets the house beside it."""
    yield HEAD
    for each in results:
        rates = [run.rate for run in each.runs]
        yield (
            each.workload, each.case.name, each.case.durability, each.subject.name,
            f"{each.rate:,.0f} {each.case.unit}", f"{min(rates):,.0f} - {max(rates):,.0f}",
            *(_number(each.milliseconds(place)) for place in range(3)),
            _per_second(each, "commits"), _per_second(each, "fsyncs"),
            f"{max(run.peak_mb for run in each.runs):,.0f}", _beside(each, results),
        )  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _per_second(each: Measured, name: str) -> str:
    found = [
        getattr(run, name) / run.seconds
        for run in each.runs
        if getattr(run, name) is not None and run.seconds
    ]
    return f"{sorted(found)[len(found) // 2]:,.0f}" if found else ""


def _beside(each: Measured, results: Sequence[Measured]) -> str:
    """Say `87 %` of a ceiling, `12 x` a peer; a run that lost anything scores zero."""
    if not each.sound:
        return next(run.note for run in each.runs if run.note)
    house = next((one for one in results if _same(one, each) and one.subject.kind is Kind.HOUSE), None)
    if house is None or each.subject.kind is Kind.HOUSE:
        return ", ".join(f"{name} {each.also(name):,.4g}" for name in each.runs[0].also)
    ratio = share(house, each)
    if each.subject.kind is Kind.CEILING:
        return f"{ratio:.0%}"
    broken = sum(run.tries - 1 for run in each.runs)
    return f"{ratio:,.1f} x" + (f", broke off {broken} times" if broken else "")


def _same(one: Measured, other: Measured) -> bool:
    return (one.workload, one.case.name) == (other.workload, other.case.name)


def printed(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as columns."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def machine() -> Mapping[str, str]:
    """Tell on what and with what it was measured."""
    node = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False)  # noqa: S607
    locks = {each: HOUSE / each for each in ("requirements/test.lock", "requirements/bench.lock")}
    return {
        "cores": str(os.cpu_count()), "machine": f"{platform.machine()}, {_cpu()}",
        "kernel": platform.release(), "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(), "node": node.stdout.strip(),
        **{name: version(name) for name in ("apsw", "uvloop", "aiokafka", "pydantic", "eventsourcing")},
        **_emmett(),
        **{name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in locks.items()},
    }  # fmt: skip


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((each.partition(": ")[2] for each in lines if each.startswith("model name")), "unknown")


def _emmett() -> Mapping[str, str]:
    asked = json.loads((ROOM / "peers" / "emmett" / "package.json").read_text())
    return dict(asked["dependencies"])


def kept(results: Sequence[Measured], goals: Sequence[Reached], command: str) -> None:
    """Write a workload's lines into RESULTS.md and RESULTS.json; what else stands in both stays."""
    file = ROOM / "RESULTS.json"
    told: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"measured": {}, "goals": []}
    here = told["measured"].setdefault(command, {"workloads": {}})
    here["machine"] = machine()
    here["workloads"][results[0].workload] = {
        "at": f"{dt.datetime.now(dt.UTC):%F %R} UTC", "loop": f"{loop():.0f} ns", "steal": _steal(results),
        "rows": [*table(results)][1:],
    }  # fmt: skip
    proven = {each.name: each._asdict() for each in goals}
    told["goals"] = [proven.pop(each["name"], each) for each in told["goals"]]
    told["goals"] = [*told["goals"], *proven.values()]
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    (ROOM / "RESULTS.md").write_text(_page(told))


def loop() -> float:
    """Give the nanoseconds of one round of a bare loop: how fast this machine is just now."""
    start = time.perf_counter()
    for _ in range(LOOPS):
        pass
    return (time.perf_counter() - start) / LOOPS * 1e9


def _steal(results: Sequence[Measured]) -> str:
    return f"{max((run.steal for each in results for run in each.runs), default=0):.1%}"


def _page(told: Mapping[str, Any]) -> str:
    lines = ["# Results", "", "Written by `make bench` and `make bench-full`.", ""]
    lines += _rows([("goal", "at", "measured", "reached", "proven by"), *map(_goal, told["goals"])])
    for command, here in told["measured"].items():
        found = here["workloads"]
        rows = [HEAD, *(row for each in found.values() for row in each["rows"])]
        times = [("workload", "ended", "a bare loop's round", "steal at most")]
        times += [(name, each["at"], each["loop"], each["steal"]) for name, each in found.items()]
        lines += ["", f"## make {command}", "", *_rows(rows), "", *_rows(times), ""]
        lines += [f"* {name}: {value}" for name, value in here["machine"].items()]
    return "\n".join(lines) + "\n"


def _goal(told: Mapping[str, Any]) -> Sequence[str]:
    reached = "yes" if told["reached"] else "**no**"
    return (told["name"], told["goal"], told["measured"], reached, told["proven_by"])


def _rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"| {' | '.join(row)} |"
        if number == 0:
            yield f"|{' --- |' * len(row)}"
