"""A stream of 10, 1,000 and 10,000 entries loaded into its state, as handling loads it for a command.

Ceilings: the same rows read and each one's `data` parsed. The fold of the peers is a counter
and the last entry's data, which is less than ours.
"""

import shutil
from functools import partial

import uvloop
from pydantic_core import from_json

from events.catalogue.envelope import DATA
from services.chassis.asking import Attempt
from services.chassis.handling import Handling
from services.chassis.referring import Referring
from services.suggestions.suggestion.rules.decider import SUGGESTION
from tests.bench import entries
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.world import IN_SESSION, ports

LENGTHS = (10, 1_000, 10_000)


def house(length: int, room: Room) -> Run:
    """Load it as for a command, with nothing remembered of the time before."""
    source, times, watch = kept.journal(room, length, 1), max(1, room.size // length), Watch()
    shutil.copy(source, room.folder / "journal.db")
    with kept.reading(source) as file:
        stream: str = file.execute("SELECT subject FROM entry LIMIT 1").get

    async def load() -> None:
        async with ports(room.folder) as standing:
            referring = Referring("suggestions", {}, standing.shelf)
            handling = Handling("suggestions", standing.journal, standing.vault, referring, standing.clock)
            for _ in range(times):
                handling._states.clear()  # noqa: SLF001 - what is measured is the way without it
                attempt = Attempt(stream, None, None, {}, IN_SESSION)  # type: ignore[arg-type]
                with watch.going(), watch.lap():
                    await handling._load(SUGGESTION, kept.LEDGER, stream, attempt)  # noqa: SLF001 - as above
                assert attempt.versions[stream] == length + len(entries.BEGUN)

    uvloop.run(load())
    return watch.run(times * (length + len(entries.BEGUN)))


def decode(length: int, room: Room) -> Run:
    """Read the rows and parse their data."""
    times, watch, found = max(1, room.size // length), Watch(), list[object]()
    with kept.reading(kept.journal(room, length, 1)) as file:
        subject = (file.execute("SELECT subject FROM entry LIMIT 1").get,)
        for _ in range(times):
            with watch.going(), watch.lap():
                found = [
                    from_json(raw[raw.index(DATA) + len(DATA) : -1])
                    for (raw,) in file.execute(kept.SUBJECT, subject)
                ]
            assert len(found) == length + len(entries.BEGUN)
    return watch.run(times * len(found))


# A snapshot is one more subject here, `snapshot`: the same load where the journal keeps one.
REHYDRATE = Workload(
    "rehydrate",
    tuple(
        Case(
            f"{length:,} entries", "entries", "none",
            (
                Subject("house", Kind.HOUSE, partial(house, length)),
                Subject("decode", Kind.CEILING, partial(decode, length)),
                Subject("eventsourcing", Kind.PEER, partial(pyeventsourcing.rehydrate, length)),
                Subject("emmett", Kind.PEER, partial(emmett.rehydrate, length)),
            ),
            quick=length != 10_000,
        )
        for length in LENGTHS
    ),
)  # fmt: skip
