"""100,000 entries folded into the cases and the board, beside parsing and one write.

A ledger of suggestions that units have at work, hundreds at a time, is taken in batches of
the size that followers take, and stored by the shelf batch after batch (WAL, NORMAL: it can
be folded again). Drafts, submissions and assignments, which are larger, are on the shelf
before the clock starts. The ceiling parses the same `data`, merges it into one dict per
document, and writes the house's documents once, in one transaction.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from events.catalogue.envelope import DATA, Entry
from events.drivers.apsw import connect
from services.chassis.projecting import BATCH, Fold
from services.chassis.shapes import View
from services.chassis.shelf.layout import Layout
from services.chassis.shelf.sqlite import SqliteShelf
from services.suggestions.views.cases import CASES
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.result import Result

ROUNDS = 3
SIZE = 100_000
LEDGER = f"suggestions/{entries.CONGRESS}"


def measure() -> Sequence[Result]:
    """Fold into each view; entries per second."""
    begun, raws = entries.ledger(SIZE)
    sizes = entries.sized(raws)
    return [_compared(view, begun, raws, sizes) for view in (CASES, BOARD)]


def _compared(view: View, begun: Sequence[bytes], raws: Sequence[bytes], sizes: str) -> Result:
    house, ceiling = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as kept:
        asyncio.run(_folded(view, Path(kept) / "shelf.db", begun))
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(shutil.copytree(kept, folder, dirs_exist_ok=True)) / "shelf.db"
                house.append(SIZE / asyncio.run(_folded(view, path, raws)))
                ceiling.append(SIZE / _merged(view, path, raws))
    return Result("fold", f"{view.name}, NORMAL", "entry/s", house, ceiling, sizes)


async def _folded(view: View, path: Path, raws: Sequence[bytes]) -> float:
    shelf = SqliteShelf(path)
    fold = await Fold.open(view, 1, shelf)
    start = time.perf_counter()
    for first in range(0, len(raws), BATCH):
        await fold.take(LEDGER, [Entry(raw) for raw in raws[first : first + BATCH]])
    seconds = time.perf_counter() - start
    assert (await shelf.marks(fold.place))[LEDGER] == Entry(raws[-1]).sequence
    assert await shelf.size(fold.place) == len({Entry(raw).subject for raw in raws})
    await shelf.close()
    return seconds


def _taken(view: View, raws: Sequence[bytes]) -> Iterator[bytes]:
    kinds = tuple(b'"type":"%b"' % each.wire.encode() for each in view.on)
    return (raw for raw in raws if any(kind in raw for kind in kinds))


def _merged(view: View, source: Path, raws: Sequence[bytes]) -> float:
    """Parse and merge the data of what the view folds, write the documents once; seconds."""
    cut = [(Entry(raw).subject, raw[raw.index(DATA) + len(DATA) : -1]) for raw in _taken(view, raws)]
    layout = Layout(1, view.fields)
    with closing(connect(source, read_only=True)) as house:
        tables: dict[str, list[Any]] = {
            name: house.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our names
            for name in (layout.documents, layout.elements)
        }
    with closing(connect(source.with_name("raw.db"), full=False)) as raw:
        raw.execute(layout.schema())
        start = time.perf_counter()
        documents: dict[str, dict[str, Any]] = {}
        for subject, data in cut:
            documents.setdefault(subject, {}).update(from_json(data))
        with raw:
            for name, rows in tables.items():
                marks = ",".join("?" * len(rows[0]))
                raw.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - as above
        seconds = time.perf_counter() - start
    assert len(documents) == len(tables[layout.documents])
    return seconds
