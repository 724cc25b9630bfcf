"""The national set: 45,000 congresses and 2.7 million mandates, and a board read among them.

Codes have the shapes of the divisions' (31 provinces; cities, counties, townships under them).
Every congress has sixty mandates, taken up; a hundredth of them, evenly spread, has a board of
suggestions as well. Measured: a page of the board of one congress after the other, as the
service answers it, and the memory of the process that does.
"""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import date

import uvloop

from events.catalogue import deputies
from events.catalogue.envelope import Entry, decided, placed
from events.catalogue.event import Event
from services.chassis.projecting import Fold
from services.chassis.shelf.port import Query
from services.chassis.shelf.sqlite import SqliteShelf
from services.supervision.views.board import BOARD
from services.supervision.views.dossier import DOSSIER
from tests.bench import entries
from tests.bench.timing import Watch, resident_mb
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.specification import reference

MANDATES, EVERY, SUGGESTIONS, READS, PAGE = 60, 100, 400, 5_000, 50
PROVINCES, CITIES, COUNTIES, TOWNSHIPS = 31, 11, 9, 14
DAY = date(2021, 11, 1)


def codes(count: int) -> Iterator[str]:
    """Give so many division codes: province, its cities, their counties, their townships."""
    found = (
        code
        for province in range(11, 11 + PROVINCES)
        for city in range(CITIES)
        for county in range(COUNTIES)
        for code in _under(province, city, county)
    )
    return (code for code, _ in zip(found, range(count), strict=False))


def _under(province: int, city: int, county: int) -> Iterator[str]:
    yield f"{province:02}{city:02}{county:02}"
    yield from (f"{province:02}{city:02}{county:02}{town:03}" for town in range(1, TOWNSHIPS + 1))


def mandates(congress: str) -> Sequence[Entry]:
    """Give a ledger in which sixty mandates were taken up."""
    chance = random.Random(congress)
    told = [(f"mandate/3-{chance.randbytes(8).hex()}", number) for number in range(MANDATES)]
    story = [(stream, event) for stream, number in told for event in _taken_up(stream, number)]
    return [_entry(congress, sequence, *each) for sequence, each in enumerate(story, 1)]


def _taken_up(stream: str, number: int) -> Sequence[Event]:
    person = stream.partition("-")[2]
    return (
        deputies.MandateElected(
            person=person, name=reference(person), term=3, electorate=f"e{number % 9}",
            electorate_name=f"第{number % 9 + 1}选区", elected=DAY,
        ),
        deputies.MandateConfirmed(day=DAY, body="人大常委会"),
        deputies.MandateTakenUp(day=DAY),
    )  # fmt: skip


def _entry(congress: str, sequence: int, stream: str, event: Event) -> Entry:
    part = decided(
        type=event.wire, subject=stream, time=entries.AT, congress=congress, actor="staff/office",
        correlationid="national", dataschema=f"/schemas/{event.wire}", data=event.data(),
    )  # fmt: skip
    return Entry(placed(
        ledger=f"deputies/{congress}", sequence=sequence, recordedtime="2025-02-27T04:00:00.000000Z",
        prevhash="0" * 64, decided=part,
    ))  # fmt: skip


async def _filled(shelf: SqliteShelf, count: int) -> tuple[Fold, Sequence[str]]:
    """Fold all dossiers, and boards here and there; give the board and who has one."""
    dossiers, board = await Fold.open(DOSSIER, 1, shelf), await Fold.open(BOARD, 1, shelf)
    begun, _ = entries.ledger(SUGGESTIONS, SUGGESTIONS)
    suggestions, boards = [Entry(raw) for raw in begun], list[str]()
    for number, congress in enumerate(codes(count)):
        await dossiers.take(f"deputies/{congress}", mandates(congress))
        if number % EVERY == 0:
            boards.append(congress)
            await board.take(f"suggestions/{congress}", suggestions)
    assert await shelf.size(dossiers.place) == count * MANDATES
    return board, boards


async def _read(room: Room) -> Run:
    watch, shelf = Watch(), SqliteShelf(room.folder / "shelf.db")
    board, boards = await _filled(shelf, room.size)
    query = Query(equal={"stage": "in_handling"}, order="due", limit=PAGE)
    for number in range(READS):
        with watch.going(), watch.lap():
            page = await shelf.find(boards[number % len(boards)], board.place, "suggestions", query)
        assert len(page.documents) == PAGE
    await shelf.close()
    return watch.run(READS, also={"resident MB": resident_mb(os.getpid())})


def house(room: Room) -> Run:
    """Read boards among all congresses."""
    return uvloop.run(_read(room))


NATIONAL = Workload(
    "national",
    (
        Case(
            "board among 45,000 congresses", "pages", "none", (Subject("house", Kind.HOUSE, house),),
            size=450, full_size=45_000, quick=False, rounds=1,
        ),
    ),
)  # fmt: skip
