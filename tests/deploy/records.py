"""A small record on the stores of either house: entries, what was signed of them, what was folded."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.backing import Stores
from deploy.beside import InStores
from deploy.cluster import backing
from deploy.folder import Folder
from deploy.looking import folding
from deploy.services import PUBLISHING, SERVICES
from deploy.signing import Signing
from deploy.stored import InFolder, Where
from events.catalogue.envelope import Entry, decided
from events.journal.mongo import MongoJournal
from events.journal.port import Proposed
from events.journal.sqlite import SqliteJournal
from events.notary.port import Notes
from events.notary.signing import Notary
from events.notary.sqlite import SqliteNotes
from services.chassis.auditing.reports import REPORTS
from services.chassis.clock import OffsetClock
from services.chassis.projecting import Fold
from services.chassis.shelf.port import Shelf
from services.chassis.shelf.sqlite import SqliteShelf
from tests.bench.entries import BEGUN
from tests.world import IN_SESSION

CITY, DISTRICT = "630200", "630202"
LEDGERS = (f"suggestions/{CITY}", f"suggestions/{DISTRICT}")


@dataclass(slots=True)
class Record:
    """The stores of a small house, open; `where` says the same to who audits."""

    where: Where
    name: str
    seeds: list[bytes]
    journal: SqliteJournal | MongoJournal
    notes: Notes
    shelves: dict[str, Shelf]
    clock: OffsetClock

    async def write(self, ledger: str, streams: int) -> None:
        """Let suggestions come as far as their two units."""
        congress = ledger.partition("/")[2]
        for number in range(1, streams + 1):
            stream = f"suggestion/s{secrets.token_hex(4)}{number}"
            for each in BEGUN:
                said = decided(
                    type=each.wire, subject=stream, time=self.clock.now(), congress=congress,
                    actor="staff/clerk", correlationid=f"r{number}", dataschema=f"/schemas/{each.wire}",
                    data=each.data(),
                )  # fmt: skip
                await self.journal.append(ledger, [Proposed(stream, said)], {})

    async def sign(self) -> None:
        """Sign all there is."""
        notary = Notary(self.name, self.journal, self.notes, self.seeds)
        while await notary.round():
            pass

    async def fold(self) -> None:
        """Fold all there is, in every view that looks at it, where reports may be kept too."""
        for shelf in self.shelves.values():
            await shelf.declare(REPORTS)
        for service, view in folding("suggestions", "all"):
            fold = await Fold.open(view, 1, self.shelves[service])
            await self.shelves[service].switch(view.name, view.version, 0, 1)
            for ledger in LEDGERS:
                raws = await self.journal.fetch(ledger, 0, 100_000)
                await fold.take(ledger, [Entry(raw) for raw in raws])


async def filled(record: Record, streams: int = 3) -> Record:
    """Write, sign and fold in two congresses."""
    for ledger in LEDGERS:
        await record.write(ledger, streams)
    await record.sign()
    await record.fold()
    return record


@asynccontextmanager
async def embedded(path: Path) -> AsyncIterator[Record]:
    """Open a record in a data folder."""
    folder, clock = Folder.open(path, "haidong"), OffsetClock()
    clock.set(IN_SESSION)
    journal, notes = SqliteJournal(path / "journal.db", clock.now), SqliteNotes(path / "notes.db")
    shelf = SqliteShelf(path / "shelf.db")
    seeds = list(Signing().seeds(folder.master))
    shelves: dict[str, Shelf] = {each.name: shelf for each in SERVICES}
    try:
        yield Record(InFolder(path), folder.name, seeds, journal, notes, shelves, clock)
    finally:
        for port in (journal, notes, shelf):
            await port.close()
        folder.close()


@asynccontextmanager
async def distributed(mongo: str) -> AsyncIterator[Record]:
    """Open a record on a server; its databases are dropped afterwards."""
    told = {"MANDATE_HOUSE": f"t{secrets.token_hex(6)}", "MANDATE_MONGO_STANDALONE": "true"}
    reached, master = backing(mongo, "127.0.0.1:1", told), b"m" * 32
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing, reached, master)
        closing.push_async_callback(_dropped, stores)
        stores.clock.set(IN_SESSION)
        shelves: dict[str, Shelf] = {each.name: await stores.shelf(each.name) for each in SERVICES}
        yield Record(
            InStores(reached, master), stores.identity.name, list(Signing().seeds(master)),
            await stores.journal("suggestions"), await stores.notes(), shelves, stores.clock,
        )  # fmt: skip


async def _dropped(stores: Stores) -> None:
    names = ["house", "notes", *(f"journal_{each}" for each in PUBLISHING)]
    for name in [*names, *(f"shelf_{each.name}" for each in SERVICES)]:
        database = await stores.database(name)
        await database.drop()
        await database.close()
