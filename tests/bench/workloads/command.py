"""Whole commands: load, decide, append with receipt, synced before the answer; with and without words.

Without words a course is planned and a deputy enrols; peers make a thing and tell it one thing
more. With words a draft is begun and revised, two sealed texts each: the vault's commit comes
before the journal's. The ceiling writes the rows that the commands left again, as many
commands in a commit as there are tasks.
"""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from events.drivers.apsw import Connection, connect, migrate
from events.journal.port import Once
from events.journal.rows import MIGRATIONS
from events.proof.chain import Link, walk
from events.vault import statements
from services.chassis.asking import Ask, Done, Target
from services.chassis.handling import Handling
from services.chassis.running import Ports
from services.chassis.shapes import Command, Decider, Service
from services.chassis.words import Words
from services.suggestions.service import SERVICE as SUGGESTIONS
from services.suggestions.suggestion.commands import Draft, Revise
from services.suggestions.suggestion.rules.decider import SUGGESTION
from services.training.course.commands import Enrol, PlanCourse
from services.training.course.rules import COURSE
from services.training.service import SERVICE as TRAINING
from tests.bench.peers import emmett, pyeventsourcing
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject, Workload
from tests.world import CONGRESS, found, ports, running

ACTOR, HOLDS = "deputy/ma", "mandate/3-ma"
PLAN = PlanCourse.model_validate_json(
    '{"title":"代表如何审查预算","mode":"offline","topic":"budget","minutes":90,'
    '"starts":"2025-09-01T09:00:00+08:00","place":"海东市人大常委会会议中心三楼","capacity":100}'
)
# In the order in which they came, not in that of the index.
OWNERS = """
    SELECT owner.* FROM keys.owner JOIN vault.record USING (congress, owner)
    GROUP BY congress, owner ORDER BY min(record.rowid)"""
Rows = dict[str, list[tuple[Any, ...]]]
Pair = Callable[[Handling, random.Random, Watch], Awaitable[None]]


async def _done(  # noqa: PLR0913 - a command has that many parts
    handling: Handling, decider: Decider, command: Command, chance: random.Random, watch: Watch,
    *, stream: str | None = None,
) -> str:  # fmt: skip
    once = Once(f"{ACTOR} {type(command).__name__}", chance.randbytes(16).hex(), chance.randbytes(32))
    ask = Ask(CONGRESS, ACTOR, HOLDS, once, chance.randbytes(16).hex(), creates=stream is None)
    target: Target = lambda _, ids: stream or f"{decider.kind}/{ids.new()}"  # noqa: E731
    with watch.lap():
        done = await handling.handle(decider, command, target, ask)
    assert isinstance(done, Done), done
    return done.stream


async def _courses(handling: Handling, chance: random.Random, watch: Watch) -> None:
    stream = await _done(handling, COURSE, PLAN, chance, watch)
    await _done(handling, COURSE, Enrol(), chance, watch, stream=stream)


async def _drafts(handling: Handling, chance: random.Random, watch: Watch) -> None:
    first = Draft(title=_words(chance), text=_words(chance))
    stream = await _done(handling, SUGGESTION, first, chance, watch)
    second = Revise(title=_words(chance), text=_words(chance))
    await _done(handling, SUGGESTION, second, chance, watch, stream=stream)


def _words(chance: random.Random) -> Words:
    return Words("供热管网改造" * chance.randint(2, 40))


def house(service: Service, pair: Pair, tasks: int, room: Room) -> Run:
    """Let every task give pairs of commands."""
    watch = Watch()
    return watch.run(*uvloop.run(_commanded(room, service, pair, tasks, watch)))


async def _commanded(room: Room, service: Service, pair: Pair, tasks: int, watch: Watch) -> tuple[int, int]:
    each, ledger = max(1, room.size // tasks // 2), f"{service.name}/{CONGRESS}"
    async with ports(room.folder) as standing:
        await found(standing, "ma")
        handling, before = await _founded(service, standing), await standing.journal.changed(0)

        async def pairs(chance: random.Random) -> None:
            for _ in range(each):
                await pair(handling, chance, watch)

        with watch.going():
            await asyncio.gather(*(pairs(random.Random(task)) for task in range(tasks)))
        size = each * tasks * 2
        head = walk(ledger, await standing.journal.fetch(ledger, 0, size + 1))
        assert isinstance(head, Link), head
        assert head.sequence == size, f"{head.sequence} of {size} are kept"
        return size, await standing.journal.changed(0) - before


async def _founded(service: Service, standing: Ports) -> Handling:
    """Give the command side of a service that knows the congress; no task runs any more."""
    # Without reactions, whose entries would come among those that are counted, or not, as it happens.
    async with running(replace(service, reactions=()), standing) as at_work:
        heads = await standing.journal.heads("deputies/")
        handling = at_work.desk.handling
        await handling.referring.reached(f"{name}/{head.sequence}" for name, head in heads.items())
    return handling


def ceiling(service: Service, pair: Pair, tasks: int, room: Room) -> Run:
    """Write the rows of journal and vault again."""
    size, _ = uvloop.run(_commanded(room, service, pair, tasks, Watch()))
    watch, rows = Watch(), _rows(room.folder, f"{service.name}/{CONGRESS}", size)
    fresh = room.folder / "raw"
    fresh.mkdir()
    with closing(connect(fresh / "journal.db")) as journal, closing(_vault(fresh)) as vault:
        migrate(journal, MIGRATIONS)
        with watch.going():
            for first in range(0, size, tasks):
                if rows["record"]:
                    _commit(vault, {
                        "owner": rows["owner"][first // 2 : (first + tasks) // 2],
                        "vault.record": rows["record"][2 * first : 2 * (first + tasks)],
                    })  # fmt: skip
                _commit(journal, {name: rows[name][first : first + tasks] for name in ("entry", "once")})
        assert journal.execute("SELECT count(*) FROM entry").get == size
    shutil.rmtree(fresh)
    return watch.run(size)


def _rows(folder: Path, ledger: str, size: int) -> Rows:
    with closing(connect(folder / "journal.db")) as house:
        for each in ("vault", "keys"):
            house.execute(f"ATTACH ? AS {each}", (str(folder / f"{each}.db"),))
        number = house.execute("SELECT number FROM ledger WHERE name = ?", (ledger,)).get
        rows = {
            "entry": house.execute("SELECT * FROM entry WHERE place >> 32 = ?", (number,)).fetchall(),
            "once": house.execute("SELECT * FROM once WHERE ledger = ? ORDER BY first", (number,)).fetchall(),
            "owner": house.execute(OWNERS).fetchall(),
            "record": house.execute("SELECT * FROM vault.record ORDER BY rowid").fetchall(),
        }
    assert len(rows["entry"]) == len(rows["once"]) == size
    return rows


def _vault(folder: Path) -> Connection:
    with closing(connect(folder / "vault.db", secure_delete=True)) as beside:
        migrate(beside, statements.RECORDS)
    vault = connect(folder / "keys.db", secure_delete=True)
    migrate(vault, statements.KEYS)
    vault.execute("ATTACH ? AS vault", (str(folder / "vault.db"),))
    vault.pragma("synchronous", "full", schema="vault")
    vault.pragma("secure_delete", "on", schema="vault")
    return vault


def _commit(connection: Connection, rows: Rows) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for name, some in rows.items():
        if some:
            marks = ", ".join("?" * len(some[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", some)  # noqa: S608 - ours
    connection.execute("COMMIT")


def _subjects(service: Service, pair: Pair, tasks: int) -> Sequence[Subject]:
    return (
        Subject("house", Kind.HOUSE, partial(house, service, pair, tasks)),
        Subject("raw group commit", Kind.CEILING, partial(ceiling, service, pair, tasks)),
    )


def _cases(tasks: int) -> Sequence[Case]:
    peers = (
        Subject("eventsourcing", Kind.PEER, partial(pyeventsourcing.command, tasks)),
        Subject("emmett", Kind.PEER, partial(emmett.command, tasks)),
    )
    plain, sealed = _subjects(TRAINING, _courses, tasks), _subjects(SUGGESTIONS, _drafts, tasks)
    return (
        Case(f"{tasks} tasks", "commands", "FULL", (*plain, *peers), quick=tasks == 128),
        Case(f"{tasks} tasks, sealed words", "commands", "FULL", sealed, quick=False),
    )


COMMAND = Workload("command", tuple(case for tasks in (1, 16, 128) for case in _cases(tasks)))
