"""A ledger verified: every entry read and hashed, its place, its link and its row looked at.

The ceiling reads the rows and hashes them, with no look into them. eventsourcing keeps no
proof; what it does to read and decode the same bytes stands beside.
"""

from hashlib import sha256
from uuid import uuid4

import uvloop
from eventsourcing.persistence import StoredEvent
from pydantic_core import from_json

from deploy import looking
from events.catalogue.envelope import Entry
from services.chassis.auditing.verifying import Verifying
from tests.bench import entries
from tests.bench.peers import pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import drift, kept, ledgers

PAGE = 500


def house(room: Room) -> Run:
    """Verify as `mandate audit verify` does, on one core; a byte changed in the middle is found."""
    streams = max(1, room.size // 100)
    source, size = kept.journal(room, room.size, streams), room.size + streams * len(entries.BEGUN)
    watch, where = Watch(), kept.housed(room.folder / "data", source)

    async def verify() -> None:
        async with where.opened() as house:
            with watch.going():
                found = await looking.verified(house, kept.LEDGER, size, lambda _entries: None)
        assert (found["sound"], found["entries"]) == (True, size), found

    uvloop.run(verify())
    changed = [raw.replace(b"housing", b"hausing") for raw in kept.raws(source)[:PAGE]]
    following = Verifying(kept.LEDGER)
    following.take([(n, Entry(raw).subject, raw, None) for n, raw in enumerate(changed, 1)])
    assert following.fault is not None, "a change is not seen"
    return watch.run(size)


def ceiling(room: Room) -> Run:
    """Read and hash."""
    streams = max(1, room.size // 100)
    watch, count = Watch(), 0
    with kept.reading(kept.journal(room, room.size, streams)) as file, watch.going():
        for (raw,) in file.execute(kept.ALL):
            sha256(b"\0" + raw).digest()
            count += 1
    return watch.run(count)


def peer(room: Room) -> Run:
    """Read notifications and decode them."""
    store, watch, count = pyeventsourcing.recorder(room.folder / "events.db"), Watch(), 0
    raws = kept.raws(kept.journal(room, room.size, max(1, room.size // 100)))
    store.insert_events([StoredEvent(uuid4(), 1, "suggestion:Told", raw) for raw in raws])
    start: int | None = 1
    with watch.going():
        while page := store.select_notifications(start, PAGE):
            count += len([from_json(each.state) for each in page])
            start = page[-1].id + 1
    assert count == len(raws)
    return watch.run(count)


AUDIT = Workload(
    "audit",
    (
        Case(
            "verify", "entries", "none",
            (
                Subject("house", Kind.HOUSE, house),
                Subject("scan + hash", Kind.CEILING, ceiling),
                Subject("eventsourcing, read + decode", Kind.PEER, peer),
            ),
            size=100_000, full_size=1_000_000,
        ),
        ledgers.LEDGERS,
        *drift.CASES,
    ),
)  # fmt: skip
