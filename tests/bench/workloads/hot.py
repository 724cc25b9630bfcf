"""One stream that eight writers want at once: goodput, conflicts, and no update lost.

Every writer reads the stream's version, appends what follows it, and tries again when another
was faster. Every stream is begun by all eight at once as well: one of them may win.
"""

import asyncio
from uuid import uuid4

import uvloop
from eventsourcing.persistence import IntegrityError, StoredEvent

from events.catalogue.envelope import Entry
from events.journal.port import Conflict, Once, Proposed, Receipt
from events.journal.sqlite import SqliteJournal
from tests.bench import entries
from tests.bench.peers import pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads.appending import LEDGER, opened

WRITERS = 8


class Writers:
    """Eight writers at one stream of a journal."""

    def __init__(self, journal: SqliteJournal, each: int, watch: Watch) -> None:
        self._journal, self._each, self._watch = journal, each, watch
        self.subject, self._part = entries.courses(1)[0]
        self.won, self.conflicts = list[int](), 0

    async def write(self, writer: int) -> None:
        """Write `each` times what follows the version seen."""
        version = 0
        for number in range(self._each):
            with self._watch.lap():
                version = await self._written(Once(f"staff/{writer}", f"{writer}-{number}"), version)
            self.won.append(version)

    async def _written(self, once: Once, version: int) -> int:
        while True:
            proposed = Proposed(self.subject, self._part)
            answer = await self._journal.append(LEDGER, [proposed], {self.subject: version}, once)
            if isinstance(answer, Receipt):
                return answer.versions[self.subject]
            assert isinstance(answer, Conflict), answer
            self.conflicts += 1
            version = Entry(answer.streams[self.subject][-1]).sequence


async def _wanted(room: Room, watch: Watch) -> Run:
    journal = opened(room.folder / "journal.db")
    writers = Writers(journal, max(1, room.size // WRITERS), watch)
    with watch.going():
        await asyncio.gather(*map(writers.write, range(WRITERS)))
    kept, won = await journal.read(LEDGER, writers.subject), writers.won
    assert len(kept) == len(won) == len(set(won)), "an update was lost or doubled"
    await journal.close()
    return watch.run(len(won), also={"conflicts per update": writers.conflicts / len(won)})


def house(room: Room) -> Run:
    """Append under the version seen."""
    return uvloop.run(_wanted(room, Watch()))


def peer(room: Room) -> Run:
    """Insert under the version seen, with eight threads."""
    watch, store, thing = Watch(), pyeventsourcing.recorder(room.folder / "events.db"), uuid4()
    part, conflicts = entries.courses(1)[0][1], list[int]()

    def tried() -> bool:
        last = store.select_events(thing, desc=True, limit=1)
        version = last[0].originator_version + 1 if last else 1
        try:
            store.insert_events([StoredEvent(thing, version, "course:Planned", part)])
        except IntegrityError:
            conflicts.append(1)
            return False
        return True

    def write(_number: int) -> None:
        with watch.lap():
            while not tried():
                pass

    pyeventsourcing.threaded(write, range(room.size), WRITERS, watch)
    versions = [each.originator_version for each in store.select_events(thing)]
    assert versions == list(range(1, room.size + 1)), "an update was lost or doubled"
    return watch.run(room.size, also={"conflicts per update": len(conflicts) / room.size})


HOT = Workload(
    "hot",
    (
        Case(
            "8 writers, one stream", "updates", "FULL",
            (Subject("house", Kind.HOUSE, house), Subject("eventsourcing", Kind.PEER, peer)),
            size=2_000, full_size=20_000,
        ),
    ),
)  # fmt: skip
