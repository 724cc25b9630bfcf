"""A ledger folded into views, killed (`kill -9`) in the middle, taken up again, compared with one fold.

A ledger of suggestions that units have at work, hundreds at a time and a hundred entries to a
suggestion, is followed on its journal's bus, from its beginning to its end (WAL, NORMAL: it can be
folded again). One ceiling reads, parses, folds with the view's own steps, and writes
the documents once; the other merges the data into plain dicts instead. eventsourcing does what
its SQLite can: page by page of notifications, one transaction for each with its tracking; emmett's
consumer takes a transaction for each page.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from pydantic_core import from_json

from events.bus.embedded import EmbeddedBus
from events.catalogue.envelope import Entry
from events.drivers.apsw import connect
from services.chassis.following import Following
from services.chassis.projecting import Fold, sources
from services.chassis.shapes import View
from services.chassis.shelf.layout import Layout
from services.chassis.shelf.sqlite import SqliteShelf
from services.reporting.views.figures import FIGURES
from services.suggestions.views.cases import CASES
from services.supervision.views.board import BOARD
from services.supervision.views.dossier import DOSSIER
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.bench.workloads.appending import opened
from tests.bench.workloads.folding import ceiling, followed, in_memory, merged

VIEWS = (CASES, BOARD, DOSSIER, FIGURES)
PEERS = (
    Subject("eventsourcing", Kind.PEER, pyeventsourcing.project),
    Subject("emmett", Kind.PEER, emmett.project),
)
Told = Callable[[int], object]


class Telling(Fold):
    """A fold that tells how far it is, written or not."""

    told: Told

    async def fold(self, ledger: str, entries: Sequence[Entry], *, more: bool = False) -> None:
        """Fold and tell."""
        await super().fold(ledger, entries, more=more)
        self.told(self.upto(ledger))


async def _folded(view: View, source: Path, shelf_path: Path, told: Told) -> None:
    """Follow the journal's bus from where the shelf stands to the end."""
    shelf, journal = SqliteShelf(shelf_path), opened(source)
    head = (await journal.heads())[kept.LEDGER].sequence
    fold = await Telling.open(view, 1, shelf)
    fold.told = told
    following = Following(EmbeddedBus(journal), "bench", sources(view), fold)
    told(0)
    task = asyncio.create_task(following.run())
    assert await fold.marks.reached(kept.LEDGER, head, 3_600)
    task.cancel()
    await journal.close()
    await shelf.close()


def _killed(view: View, source: Path, shelf: Path, half: int) -> float:
    """Fold in a process that is killed when it is half through; give its seconds of work."""
    reads, writes = os.pipe()
    if (pid := os.fork()) == 0:
        uvloop.run(_folded(view, source, shelf, lambda mark: os.write(writes, b"%12d" % mark)))
        os._exit(0)
    os.read(reads, 12)
    start = time.perf_counter()
    while int(os.read(reads, 12)) < half:
        pass
    os.kill(pid, signal.SIGKILL)
    seconds = time.perf_counter() - start
    os.waitpid(pid, 0)
    return seconds


def house(view: View, room: Room) -> Run:
    """Fold half of it, be killed, fold the rest."""
    source, size = followed(room)
    shelf, watch = room.folder / "shelf.db", Watch()
    before = _killed(view, source, shelf, size // 2)
    with watch.going():
        uvloop.run(_folded(view, source, shelf, lambda _mark: None))
    watch.seconds += before
    whole = in_memory(view, kept.raws(source))
    assert _documents(shelf, view) == whole, "killed and taken up again it is another view"
    return watch.run(size)


def _documents(shelf: Path, view: View) -> Mapping[str, Any]:
    with closing(connect(shelf, read_only=True)) as file:
        table = Layout(1, view.fields).documents
        rows: Any = file.execute(f"SELECT id, body FROM {table}")  # noqa: S608 - our names
        return {key: from_json(body) for key, body in rows}


def _subjects(view: View) -> tuple[Subject, ...]:
    return (
        Subject("house", Kind.HOUSE, partial(house, view)),
        Subject("parse + fold + write", Kind.CEILING, partial(ceiling, in_memory, view)),
        Subject("parse + merge + write", Kind.CEILING, partial(ceiling, merged, view)),
        *(PEERS if view is BOARD else ()),
    )


PROJECT = Workload(
    "project",
    tuple(
        Case(
            view.name,
            "entries",
            "NORMAL",
            _subjects(view),
            size=100_000,
            full_size=1_000_000,
            quick=view is BOARD,
        )
        for view in VIEWS
    ),
)
