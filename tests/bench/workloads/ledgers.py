"""All ledgers of a house verified, as `mandate audit verify` does it: ledger by ledger, over processes.

Measured is all that the command does: the look at the store itself, processes started, ledgers
followed, reports kept. `house` has a process for each core, `house, one core` one for all: the
ratio is what the other cores give. Eight ledgers share the units.
"""

import os
from functools import partial

import uvloop

from deploy import auditing
from deploy.auditing import Found
from deploy.stored import InFolder
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject
from tests.bench.workloads import kept

CONGRESSES = tuple(f"63{number:02}00" for number in range(2, 10))
CORES = os.cpu_count() or 1


async def _verified(where: InFolder, workers: int) -> Found:
    return await auditing.verify(where, workers, lambda _done, _of: None)


async def _audited(workers: int, room: Room) -> Run:
    size, watch = room.size // len(CONGRESSES), Watch()
    streams = max(1, size // 100)
    where = kept.housed(room.folder / "data", kept.ledgers(room, CONGRESSES, size, streams))
    with watch.going():
        found = await _verified(where, workers)
    assert found.sound, found
    each = size + streams * len(entries.BEGUN)
    told = {one["ledger"]: one["entries"] for one in found.verified}
    assert told == {f"suggestions/{congress}": each for congress in CONGRESSES}
    await _found(room, workers)
    return watch.run(sum(told.values()))


async def _found(room: Room, workers: int) -> None:
    """Change one ledger of several, and see that it is found, and no other."""
    ledgers = [[*entries.ledger(10, 1, congress)[0]] for congress in CONGRESSES]
    ledgers[1] = [raw.replace(b"housing", b"hausing") for raw in ledgers[1]]
    journal = room.folder / "changed.db"
    kept.write(journal, ledgers)
    found = await _verified(kept.housed(room.folder / "changed", journal), workers)
    broken = [each["ledger"] for each in found.verified if not each["sound"]]
    assert broken == [f"suggestions/{CONGRESSES[1]}"], "a change is not seen"


def house(workers: int, room: Room) -> Run:
    """Verify everything; a byte changed in one ledger is found."""
    return uvloop.run(_audited(workers, room))


LEDGERS = Case(
    "verify, all ledgers on all cores", "entries", "none",
    (
        Subject("house", Kind.HOUSE, partial(house, CORES)),
        Subject("house, one core", Kind.HOUSE, partial(house, 1)),
    ),
    size=400_000, full_size=4_000_000, quick=False,
)  # fmt: skip
