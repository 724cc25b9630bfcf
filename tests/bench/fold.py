"""100,000 entries folded into the cases and the board, beside parsing and one write.

A ledger of suggestions on their way, hundreds open at a time, is taken in batches of the
size that followers take, and stored by the shelf batch after batch (WAL, NORMAL: it can be
folded again). The ceiling parses the same `data`, merges it into one dict per document, and
writes the house's documents once, in one transaction.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from events.catalogue import suggestions as said
from events.catalogue.envelope import DATA, Entry, placed
from events.catalogue.event import Event
from events.catalogue.suggestions import Satisfaction
from events.drivers.apsw import connect
from events.proof.chain import leaf
from services.chassis.projecting import BATCH, Fold
from services.chassis.shapes import View
from services.chassis.shelf.layout import Layout
from services.chassis.shelf.sqlite import SqliteShelf
from services.suggestions.views.cases import CASES
from services.supervision.views.board import BOARD
from tests.bench.result import Result
from tests.folding import serialized
from tests.services.suggestions import past

ROUNDS = 3
SIZE, OPEN = 100_000, 400
CONGRESS, LEDGER = "630200", "suggestions/630200"
STORY: tuple[Event, ...] = (
    *past.REVIEW, past.ADMITTED, past.REGISTERED, past.assigned(past.MAIN, past.JOINT),
    past.received(), past.received("water"), past.contacted(), past.confirmed(),
    past.replied(), past.rated(Satisfaction.SATISFIED), past.closed(),
)  # fmt: skip


def measure() -> Sequence[Result]:
    """Fold into each view; entries per second."""
    raws = list(_entries())
    house: dict[str, list[float]] = {view.name: [] for view in (CASES, BOARD)}
    ceiling: dict[str, list[float]] = {view.name: [] for view in (CASES, BOARD)}
    for _ in range(ROUNDS):
        for view in (CASES, BOARD):
            with tempfile.TemporaryDirectory() as folder:
                house[view.name].append(SIZE / asyncio.run(_folded(view, Path(folder), raws)))
                ceiling[view.name].append(SIZE / _merged(view, Path(folder), raws))
    return [Result("fold", f"{name}, NORMAL", "entry/s", house[name], ceiling[name]) for name in house]


def _entries() -> Iterator[bytes]:
    """Tell the story of one suggestion after another, `OPEN` at a time, in a chance order."""
    chance, link = random.Random(7), ""
    under_way: list[tuple[str, Iterator[Event]]] = []
    parts = {
        event: serialized("suggestion/{}", event, "2025-02-27", "staff/clerk", CONGRESS) for event in STORY
    }
    for sequence in range(1, SIZE + 1):
        if len(under_way) < OPEN:
            under_way.append((chance.randbytes(12).hex(), iter(STORY)))
        number = chance.randrange(len(under_way))
        name, story = under_way[number]
        event = next(story)
        if isinstance(event, said.SuggestionClosed):
            under_way.pop(number)
        decided = parts[event].replace(b"suggestion/{}", f"suggestion/{name}".encode(), 1)
        raw = placed(
            ledger=LEDGER, sequence=sequence, recordedtime="2025-02-27T04:00:00.000000Z",
            prevhash=link, decided=decided,
        )  # fmt: skip
        link = leaf(raw).hex()
        yield raw


async def _folded(view: View, folder: Path, raws: Sequence[bytes]) -> float:
    shelf = SqliteShelf(folder / "shelf.db")
    fold = await Fold.open(view, 1, shelf)
    start = time.perf_counter()
    for first in range(0, SIZE, BATCH):
        await fold.take(LEDGER, [Entry(raw) for raw in raws[first : first + BATCH]])
    seconds = time.perf_counter() - start
    assert (await shelf.marks(fold.place))[LEDGER] == SIZE
    assert await shelf.size(fold.place) == len({Entry(raw).subject for raw in _taken(view, raws)})
    await shelf.close()
    return seconds


def _taken(view: View, raws: Sequence[bytes]) -> Iterator[bytes]:
    kinds = tuple(b'"type":"%b"' % each.wire.encode() for each in view.on)
    return (raw for raw in raws if any(kind in raw for kind in kinds))


def _merged(view: View, folder: Path, raws: Sequence[bytes]) -> float:
    """Parse and merge the data of what the view folds, write the documents once; seconds."""
    cut = [(Entry(raw).subject, raw[raw.index(DATA) + len(DATA) : -1]) for raw in _taken(view, raws)]
    layout = Layout(1, view.fields)
    with closing(connect(folder / "shelf.db", read_only=True)) as house:
        tables: dict[str, list[Any]] = {
            name: house.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our names
            for name in (layout.documents, layout.elements)
        }
    with closing(connect(folder / "raw.db", full=False)) as raw:
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
