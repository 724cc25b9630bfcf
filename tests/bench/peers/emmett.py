"""emmett on SQLite (npm), as it comes: WAL, synchronous FULL, a store per process, in Node.

`emmett/peer.mjs` does the work and times it, installed where no test of the house looks; what it kept
is counted here, in its file.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from events.catalogue.envelope import Entry
from tests.bench import entries
from tests.bench.peers.pyeventsourcing import SHARE, counted
from tests.bench.timing import Watch, percentiles
from tests.bench.values import Room, Run
from tests.bench.workloads import kept
from tests.rulebook import HOUSE

SCRIPT = HOUSE / ".bench" / "emmett" / "peer.mjs"
LEDGER = f"training/{entries.CONGRESS}"


def told(room: Room, stories: Iterable[tuple[str, bytes]]) -> Path:
    """Write what is to be kept, a stream and an entry a line."""
    file = room.folder / "entries.jsonl"
    lines = (json.dumps({"stream": stream, "data": json.loads(raw)}) for stream, raw in stories)
    file.write_text("\n".join(lines))
    return file


def courses(size: int) -> Iterable[tuple[str, bytes]]:
    """Give entries that plan courses."""
    planned = enumerate(entries.courses(size), 1)
    return ((stream, entries.entry(LEDGER, number, part)) for number, (stream, part) in planned)


def node(room: Room, verb: str, **options: Any) -> Run:  # noqa: ANN401 - JSON
    """Let the script do it; check how many events its file holds (`rows`)."""
    database = room.folder / "emmett.db"
    asked = {"database": str(database), "file": str(room.folder / "entries.jsonl"), **options}
    ended = subprocess.run(
        ("node", SCRIPT, verb, json.dumps(asked)),  # noqa: S607 - as the machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError([line for line in ended.stderr.splitlines() if "Error" in line][:1])
    said: Mapping[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    found = counted(database, "emt_messages")
    assert found == said["rows"], f"{found} of {said['rows']} are kept"
    watch = Watch()
    watch.seconds, watch.laps = said["seconds"], said.get("laps", [])
    return Run(
        said["units"], said["seconds"], percentiles(watch.laps), said.get("commits"), said.get("fsyncs"),
        said["peak_mb"], also=said.get("also", {}),
    )  # fmt: skip


def append(_tasks: int, batch: int, room: Room) -> Run:
    """Append events, `batch` of them to a stream of their own."""
    told(room, courses(room.size))
    return node(room, "append", batch=batch)


def command(_tasks: int, room: Room) -> Run:
    """Load a stream, decide, append: first a new one, then once more."""
    planned = list(courses(room.size // 2 * 2))
    streams = [stream for stream, _ in planned[::2] for _ in range(2)]
    told(room, zip(streams, (raw for _, raw in planned), strict=True))
    return node(room, "command")


def project(room: Room) -> Run:
    """Fold a share of the ledger, as its consumers do; check the documents."""
    raws = kept.raws(kept.journal(room, room.size, max(1, room.size // 100)))[-(room.size // SHARE) :]
    told(room, ((Entry(raw).subject, raw) for raw in raws))
    run = node(room, "project")
    assert counted(room.folder / "emmett.db", "document") == len({Entry(raw).subject for raw in raws})
    return run


def rehydrate(length: int, room: Room) -> Run:
    """Load a stream of so many events, again and again."""
    raws = kept.raws(kept.journal(room, length, 1))[-length:]
    told(room, (("suggestion-1", raw) for raw in raws))
    return node(room, "rehydrate", times=max(1, room.size // length))
