"""A stream of 10, 1,000 and 10,000 entries loaded into its state, as handling loads it for a command.

`snapshot` finds the state that was kept of a long stream, and folds as many entries as may follow it
before it is kept again; `house` folds all of it. The ceiling: the same rows read and each one's
`data` parsed. The fold of the peers is a counter and the last entry's data, which is less than ours.
"""

import shutil
import sys
from functools import partial

import uvloop
from pydantic_core import from_json

from events.catalogue.envelope import DATA
from services.chassis.asking import Attempt
from services.chassis.handling import Handling
from services.chassis.referring import Referring
from services.chassis.states import EVERY, LONG, States
from services.suggestions.suggestion.rules.decider import SUGGESTION
from tests.bench import entries
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.bench.workloads import kept
from tests.world import IN_SESSION, ports, say

LENGTHS = (10, 1_000, 10_000)


def house(length: int, room: Room, long: int = sys.maxsize, tail: int = 0) -> Run:
    """Load it as for a command, with nothing remembered of the time before."""
    source, times, watch = kept.journal(room, length, 1), max(1, room.size // length), Watch()
    shutil.copy(source, room.folder / "journal.db")
    with kept.reading(source) as file:
        stream: str = file.execute("SELECT subject FROM entry LIMIT 1").get

    async def load() -> None:
        async with ports(room.folder) as standing:
            referring = Referring("suggestions", {}, standing.shelf)
            handling = Handling("suggestions", standing.journal, standing.vault, referring, standing.clock)
            handling.states = States("suggestions", standing.journal, standing.shelf, long)
            await handling.states.load(SUGGESTION, kept.LEDGER, stream)
            for event in [entries.story(length)[-1]] * tail:
                await say(standing, kept.LEDGER, stream, event)
            for _ in range(times):
                await handling.states.forget()
                attempt = Attempt(stream, None, None, {}, IN_SESSION)  # type: ignore[arg-type]
                with watch.going(), watch.lap():
                    await handling._load(SUGGESTION, kept.LEDGER, stream, attempt)  # noqa: SLF001 - the way of a command
                assert attempt.versions[stream] == length + len(entries.BEGUN) + tail

    uvloop.run(load())
    return watch.run(times * (length + len(entries.BEGUN) + tail))


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


REHYDRATE = Workload(
    "rehydrate",
    tuple(
        Case(
            f"{length:,} entries", "entries", "none",
            (
                Subject("house", Kind.HOUSE, partial(house, length)),
                Subject("snapshot", Kind.HOUSE, partial(house, length, long=LONG, tail=EVERY - 1)),
                Subject("decode", Kind.CEILING, partial(decode, length)),
                Subject("eventsourcing", Kind.PEER, partial(pyeventsourcing.rehydrate, length)),
                Subject("emmett", Kind.PEER, partial(emmett.rehydrate, length)),
            ),
            quick=length == LENGTHS[1],
        )
        for length in LENGTHS
    ),
)  # fmt: skip
