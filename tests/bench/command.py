"""Whole commands, two sealed words each, beside raw group commits of the rows they left.

Every task begins drafts and revises each once: load, decide, keep the words, append with
receipt, all synced before the answer (WAL, synchronous=FULL, vault before journal). The
ceiling writes the rows of journal and vault again, as many commands in a commit as there
are tasks: the vault's two files in one transaction, then the journal. Drafts and revisions
name two records each, so these entries are larger than those of the other workloads.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
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
from services.chassis.words import Words
from services.suggestions.service import SERVICE
from services.suggestions.suggestion.commands import Draft, Revise
from services.suggestions.suggestion.rules.decider import SUGGESTION
from tests.bench.entries import told
from tests.bench.result import Result
from tests.world import CONGRESS, found, ports, running

ROUNDS = 3
CASES = {1: 400, 16: 2_400, 128: 5_120}
LEDGER = f"suggestions/{CONGRESS}"
# In the order in which they came, not in that of the index.
OWNERS = """
    SELECT owner.* FROM keys.owner JOIN vault.record USING (congress, owner)
    GROUP BY congress, owner ORDER BY min(record.rowid)"""
ACTOR, HOLDS = "deputy/ma", "mandate/3-ma"
Rows = dict[str, list[tuple[Any, ...]]]


def measure() -> Sequence[Result]:
    """Handle commands with 1, 16 and 128 tasks; commands per second."""
    house: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    ceiling: dict[int, list[float]] = {tasks: [] for tasks in CASES}
    sizes = ""
    for _ in range(ROUNDS):
        for tasks, size in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                seconds = uvloop.run(_commanded(Path(folder), tasks, size))
                house[tasks].append(size / seconds)
                rows = _rows(Path(folder))
                sizes = told(raw for _, _, raw in rows["entry"])
                ceiling[tasks].append(size / _written(Path(folder), rows, tasks))
    return [
        Result("command", f"{tasks} tasks, FULL", "cmd/s", house[tasks], ceiling[tasks], sizes)
        for tasks in CASES
    ]


async def _commanded(folder: Path, tasks: int, size: int) -> float:
    async with ports(folder) as standing:
        await found(standing, "ma")
        handling = await _founded(standing)
        start = time.perf_counter()
        shares = (_pairs(handling, random.Random(task), size // tasks // 2) for task in range(tasks))
        await asyncio.gather(*shares)
        seconds = time.perf_counter() - start
        head = walk(LEDGER, await standing.journal.fetch(LEDGER, 0, size + 1))
        assert isinstance(head, Link)
        assert head.sequence == size
    return seconds


async def _founded(standing: Ports) -> Handling:
    """Give the command side of suggestions, which knows the congress; no task runs any more."""
    async with running(SERVICE, standing) as at_work:
        heads = await standing.journal.heads("deputies/")
        handling = at_work.desk.handling
        await handling.referring.reached(f"{name}/{head.sequence}" for name, head in heads.items())
    return handling


async def _pairs(handling: Handling, chance: random.Random, size: int) -> None:
    for _ in range(size):
        stream = await _done(handling, Draft(title=_words(chance), text=_words(chance)), chance)
        await _done(handling, Revise(title=_words(chance), text=_words(chance)), chance, stream)


async def _done(
    handling: Handling, command: Draft | Revise, chance: random.Random, stream: str | None = None
) -> str:
    once = Once(f"{ACTOR} {type(command).__name__}", chance.randbytes(16).hex(), chance.randbytes(32))
    ask = Ask(CONGRESS, ACTOR, HOLDS, once, chance.randbytes(16).hex(), creates=stream is None)
    target: Target = lambda _, ids: stream or f"suggestion/{ids.new()}"  # noqa: E731
    done = await handling.handle(SUGGESTION, command, target, ask)
    assert isinstance(done, Done)
    return done.stream


def _words(chance: random.Random) -> Words:
    return Words("供热管网改造" * chance.randint(2, 40))


def _written(folder: Path, rows: Rows, group: int) -> float:
    """Write the rows of the house into new files, `group` commands in a commit; seconds."""
    journal = connect(folder / "raw-journal.db")
    migrate(journal, MIGRATIONS)
    vault = _vault(folder)
    start = time.perf_counter()
    for first in range(0, len(rows["entry"]), group):
        _commit(vault, {
            "owner": rows["owner"][first // 2 : (first + group) // 2],
            "vault.record": rows["record"][2 * first : 2 * (first + group)],
        })  # fmt: skip
        _commit(journal, {name: rows[name][first : first + group] for name in ("entry", "once")})
    seconds = time.perf_counter() - start
    journal.close()
    vault.close()
    return seconds


def _rows(folder: Path) -> Rows:
    with closing(connect(folder / "journal.db")) as house:
        for each in ("vault", "keys"):
            house.execute(f"ATTACH ? AS {each}", (str(folder / f"{each}.db"),))
        number = house.execute("SELECT number FROM ledger WHERE name = ?", (LEDGER,)).get
        rows = {
            "entry": house.execute("SELECT * FROM entry WHERE place >> 32 = ?", (number,)).fetchall(),
            "once": house.execute("SELECT * FROM once WHERE ledger = ? ORDER BY first", (number,)).fetchall(),
            "owner": house.execute(OWNERS).fetchall(),
            "record": house.execute("SELECT * FROM vault.record ORDER BY rowid").fetchall(),
        }
    size = len(rows["entry"])
    assert [len(each) for each in rows.values()] == [size, size, size // 2, size * 2]
    return rows


def _vault(folder: Path) -> Connection:
    with closing(connect(folder / "raw-vault.db", secure_delete=True)) as beside:
        migrate(beside, statements.RECORDS)
    vault = connect(folder / "raw-keys.db", secure_delete=True)
    migrate(vault, statements.KEYS)
    vault.execute("ATTACH ? AS vault", (str(folder / "raw-vault.db"),))
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
