"""A house that was stopped at a moment: the same journal, cut there, and all that is folded of it."""

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from deploy.embedded import House
from deploy.services import PUBLISHING, SERVICES
from events.bus.embedded import EmbeddedBus
from events.catalogue.envelope import Entry
from events.drivers import apsw
from events.journal.sqlite import SqliteJournal
from events.vault.sqlite import SqliteVault
from gateway.clients.inprocess import InProcess
from services.chassis.clock import FixedClock
from services.chassis.running import Ports, Running
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.moments import Moment
from tests.journeys.visiting import CITY

CUT = """DELETE FROM entry WHERE place IN (
    SELECT place FROM entry JOIN ledger ON number = place >> 32 WHERE name = ? AND place & 4294967295 > ?)"""
ASKED = {
    "deputies": (
        "congress",
        "mandates?limit=100&order=elected",
        "mandates/tally?by=state",
        "people?limit=100",
    ),
    "suggestions": ("suggestions?limit=100", "suggestions/tally?by=stage"),
    "liaison": ("stations?limit=100", "opinions?limit=100"),
    "training": ("courses?limit=100", "learners?limit=100", "training/coverage"),
    "supervision": ("board?limit=100&order=due", "board/summary", "board/tally?by=stage&colour=amber"),
    "reporting": ("figures",),
}
"""What to ask each service, so that every kind of view and report is asked for."""
LEDGERS = [f"{name}/{CITY}" for name in PUBLISHING]


async def record(house: House) -> list[Entry]:
    """Give every entry of the city in the order in which they were recorded."""
    found = [Entry(raw) for ledger in LEDGERS for raw in await house.journal.fetch(ledger, 0, 10_000)]
    return sorted(found, key=lambda each: (each.recordedtime, each.ledger, each.sequence))


def heads(entries: Sequence[Entry]) -> dict[str, int]:
    """Give where each ledger stood after these entries."""
    return dict.fromkeys(LEDGERS, 0) | {each.ledger: each.sequence for each in entries}


def cut(house: House, folder: Path, stood: Mapping[str, int]) -> None:
    """Copy journal and vault of a house into a folder, without what came later."""
    for name in ("journal.db", "vault.db", "keys.db"):
        for file in house.folder.path.glob(f"{name}*"):
            shutil.copy(file, folder / file.name)
    cutting = apsw.connect(folder / "journal.db")
    for ledger, head in stood.items():
        cutting.execute(CUT, (ledger, head))
        if not head:
            cutting.execute("DELETE FROM ledger WHERE name = ?", (ledger,))
    cutting.close()


@asynccontextmanager
async def stopped(
    house: House, folder: Path, moment: Moment, stood: Mapping[str, int]
) -> AsyncIterator[InProcess]:
    """Open the services on such a copy, all views folded."""
    cut(house, folder, stood)
    clock, opened = FixedClock(moment.instant), dict[str, Running]()
    async with AsyncExitStack() as closing:
        journal = SqliteJournal(folder / "journal.db", clock.now)
        vault = SqliteVault(folder / "vault.db", folder / "keys.db", house.folder.master, clock.now)
        shelf = SqliteShelf(folder / "shelf.db")
        for port in (journal, vault, shelf):
            closing.push_async_callback(port.close)
        ports = Ports(
            journal, EmbeddedBus(journal), vault, shelf, clock, house.ports.tokens, journal,
            partial(SqliteShelf, None), house.ports.proving,
        )  # fmt: skip
        for service in SERVICES:
            opened[service.name] = at_work = await Running.open(service, ports)
            closing.push_async_callback(at_work.stop)
            at_work.project()
            await folded(at_work, stood)
        yield InProcess({name: each.app for name, each in opened.items()})


async def folded(at_work: Running, stood: Mapping[str, int]) -> None:
    """Wait until every view has come to where the ledgers stand."""
    for name, fold in at_work.desk.folds.items():
        for ledger, head in stood.items():
            if ledger.partition("/")[0] in at_work.followings[name].services:
                assert await fold.marks.reached(ledger, head, 20)
