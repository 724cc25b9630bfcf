"""What folding is measured against: the same ledger read, parsed, folded in memory, written once."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from events.catalogue.envelope import DATA, Entry
from events.drivers.apsw import Connection, connect
from services.chassis.shapes import View
from services.chassis.shelf.layout import Layout
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Room, Run
from tests.bench.workloads import kept

EACH = 100


def followed(room: Room) -> tuple[Path, int]:
    """Give the journal of a run, and how many entries it has."""
    streams = max(1, room.size // EACH)
    return kept.journal(room, room.size, streams), room.size + streams * len(entries.BEGUN)


def in_memory(view: View, raws: Iterable[bytes]) -> Mapping[str, Any]:
    """Fold into dicts with the view's own steps."""
    documents, steps = dict[str, Any](), view.by_wire
    for raw in raws:
        entry = Entry(raw)
        if (step := steps.get(entry.type)) is not None:
            for key in view.keys(entry):
                documents[key] = step(documents.get(key, {}), entry)
    return documents


def merged(view: View, raws: Iterable[bytes]) -> Mapping[str, Any]:
    """Merge the data into a dict for each stream."""
    documents = dict[str, Any]()
    kinds = tuple(b'"type":"%b"' % each.wire.encode() for each in view.on)
    for raw in raws:
        if any(kind in raw for kind in kinds):
            data = from_json(raw[raw.index(DATA) + len(DATA) : -1])
            documents.setdefault(Entry(raw).subject, {}).update(data)
    return documents


def ceiling(fold: Callable[[View, Iterable[bytes]], Mapping[str, Any]], view: View, room: Room) -> Run:
    """Read, parse, fold in memory, write once."""
    source, size = followed(room)
    layout, watch = Layout(1, view.fields), Watch()
    with closing(connect(room.folder / "raw.db", full=False)) as file, kept.reading(source) as read:
        file.execute(layout.schema())
        with watch.going(), file:
            documents = fold(view, (raw for (raw,) in read.execute(kept.ALL)))
            _write(file, layout, documents)
        assert file.execute(f"SELECT count(*) FROM {layout.documents}").get == len(documents)  # noqa: S608
    return watch.run(size, 1)


def _write(file: Connection, layout: Layout, documents: Mapping[str, Any]) -> None:
    """Write the documents as the shelf does: rows, fields, values in lists."""
    place = (entries.CONGRESS, "suggestions")
    rows = list(layout.rows({key: (1, each) for key, each in documents.items()}))
    marks = ",".join("?" * (5 + len(layout.columns)))
    file.executemany(
        f"INSERT INTO {layout.documents} VALUES ({marks})",  # noqa: S608 - our names
        ((*place, each.id, each.mark, *each.fields, each.body) for each in rows),
    )
    file.executemany(
        f"INSERT INTO {layout.elements} VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - our names
        ((*place, each.id, *element) for each in rows for element in each.elements),
    )
