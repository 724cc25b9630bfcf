"""The board as it was: asked over HTTP as of a position in the middle of its ledger, in one process.

A first look folds every view of the service from the ledger's beginning up to there, so it is told in
entries folded, and its milliseconds are of one look. The same moment asked again is answered from what
was folded, beside the present, which is asked in any case. Either begins with a service that follows
the ledger and is settled.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import uvloop
from pydantic_core import from_json, to_json

from services.chassis.running import Running
from services.chassis.web.past import KEPT
from services.chassis.words import fill
from services.chassis.words import told as references
from services.supervision.api import BRIEF
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.bench.workloads.folding import followed, in_memory
from tests.bench.workloads.live import working
from tests.cast import CLERK
from tests.world import Client, told

AGAIN, PAGE = 50, 100
LATER = entries.AT + dt.timedelta(days=1)
"""When it is asked: what was recorded just now is not kept."""


async def _page(client: Client, position: int, cursor: str = "") -> Mapping[str, Any]:
    onward = f"&cursor={cursor}" if cursor else ""
    path = f"/board?as_of={kept.LEDGER}/{position}&order=number&limit={PAGE}{onward}"
    answer = await client.get(CLERK, path)
    assert answer.status == 200, answer.body
    page: Mapping[str, Any] = told(answer)
    return page


async def _held(client: Client, position: int, raws: Sequence[bytes]) -> None:
    """Hold the whole board of a position against a fold in memory of the ledger up to there."""
    page, items = await _page(client, position), list[dict[str, Any]]()
    items += page["items"]
    while page["cursor"]:
        page = await _page(client, position, page["cursor"])
        items += page["items"]
    folded = from_json(to_json(in_memory(BOARD, raws[:position])))
    fill(references([*folded.values()]), lambda _record: None)  # the words were never in a vault
    wanted = {key: {name: each[name] for name in BRIEF if name in each} for key, each in folded.items()}
    answered = {each["id"]: {name: each[name] for name in BRIEF if name in each} for each in items}
    assert len(items) == len(wanted), f"{len(items)} of {len(wanted)} suggestions are on the board"
    assert answered == wanted, "the board of then is another one"


async def _first(at_work: Running, raws: Sequence[bytes], watch: Watch) -> int:
    client, middle = Client(at_work), len(raws) // 2
    positions = range(middle, middle + KEPT)
    for position in positions:
        with watch.going(), watch.lap():
            await _page(client, position)
    assert len(at_work.past.kept) == len(positions), "a moment was not folded, or not kept"
    for position in positions:
        await _held(client, position, raws)
    return sum(positions)


async def _again(at_work: Running, raws: Sequence[bytes], watch: Watch) -> int:
    client, middle = Client(at_work), len(raws) // 2
    await _page(client, middle)
    ((_, recalled),) = at_work.past.kept.items()
    for _ in range(AGAIN):
        with watch.going(), watch.lap():
            await _page(client, middle)
    assert [*at_work.past.kept.values()] == [recalled], "it was folded again"
    await _held(client, middle, raws)
    return AGAIN


async def _asked(room: Room, *, again: bool) -> Run:
    source, watch = followed(room)[0], Watch()
    raws = kept.raws(source)
    async with working(room, source) as (standing, at_work):
        clock: Any = standing.clock
        clock.set(LATER)
        units = await (_again if again else _first)(at_work, raws, watch)
    return watch.run(units)


def first(room: Room) -> Run:
    """Look at moments that nobody has asked for."""
    return uvloop.run(_asked(room, again=False))


def again(room: Room) -> Run:
    """Look at one moment over and over."""
    return uvloop.run(_asked(room, again=True))


AS_OF = Workload(
    "as-of",
    (
        Case(
            "first look", "entries", "none", (Subject("house", Kind.HOUSE, first),),
            size=10_000, full_size=100_000,
        ),
        Case(
            "again", "looks", "none", (Subject("house", Kind.HOUSE, again),),
            size=10_000, full_size=100_000,
        ),
    ),
)  # fmt: skip
