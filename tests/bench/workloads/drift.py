"""The board held against its replay, as `mandate audit drift` does it, split in what that does.

Refold reads the ledger once more and folds it in memory; its ceiling writes the documents besides.
Diff reads what is live before, and compares it after, document by document. Both are told in entries
of the ledger, so that both stand beside the same ceiling.
"""

from functools import partial
from pathlib import Path

import uvloop
from pydantic_core import from_json

from deploy import auditing, looking
from deploy.stored import InFolder, Kept
from events.catalogue.envelope import Entry
from services.chassis.auditing.drifting import Refold
from services.chassis.auditing.reports import Drifted
from services.chassis.projecting import BATCH, Fold
from services.chassis.shelf.sqlite import SqliteShelf
from services.supervision.service import SERVICE
from services.supervision.views.board import BOARD
from tests.bench import entries
from tests.bench.timing import Watch
from tests.bench.values import Case, Kind, Room, Run, Subject
from tests.bench.workloads import kept
from tests.bench.workloads.appending import opened
from tests.bench.workloads.folding import EACH, ceiling, followed, in_memory

REFOLD, DIFF = "refold", "diff"
PLACE = entries.CONGRESS, "suggestions"


async def _standing(folder: Path) -> SqliteShelf:
    """Fold the journal of a folder into the board that its readers see."""
    journal, shelf = opened(folder / "journal.db"), SqliteShelf(folder / "shelf.db")
    fold = await Fold.open(BOARD, 1, shelf)
    while raws := await journal.fetch(kept.LEDGER, fold.upto(kept.LEDGER), BATCH):
        await fold.gather(kept.LEDGER, [Entry(raw) for raw in raws])
    await fold.settle()
    await shelf.switch(BOARD.name, BOARD.version, 0, 1)
    await journal.close()
    return shelf


async def _drifted(house: Kept, size: int, watches: dict[str, Watch]) -> Drifted:
    """Do what the command does to one view of one ledger, with a watch on each part."""
    with watches[DIFF].going():
        live = await looking.seen(house, SERVICE.name, BOARD, kept.LEDGER)
        refold = Refold(BOARD, kept.LEDGER, live)
    with watches[REFOLD].going():
        await looking.refolded(house, kept.LEDGER, [refold], lambda _entries: None)
    with watches[DIFF].going():
        return refold.report(size)


async def _found(shelf: SqliteShelf, where: InFolder) -> None:
    """Change one document, and see that the command finds this one."""
    place = (await shelf.tables())[0]
    key, mark, body = (await shelf.dump(PLACE[0], place, PLACE[1], "", 1))[0]
    await shelf.put(PLACE[0], place, PLACE[1], {key: (mark, from_json(body) | {"session": ""})}, 0)
    (report,) = (await auditing.drift(where, BOARD.name, 0, lambda _done, _of: None)).drifted
    assert [each["document"] for each in report["findings"]] == [key], "a change is not seen"


async def _audited(part: str, room: Room) -> Run:
    (journal, size), watches = followed(room), {REFOLD: Watch(), DIFF: Watch()}
    where = kept.housed(room.folder / "data", journal)
    shelf = await _standing(where.path)
    async with where.opened() as house:
        report = await _drifted(house, size, watches)
    assert not report["differing"], report["findings"][:3]
    assert (report["mark"], report["documents"]) == (size, max(1, room.size // EACH))
    await _found(shelf, where)
    await shelf.close()
    return watches[part].run(size)


def house(part: str, room: Room) -> Run:
    """Look for drift; nothing differs, and one document that is changed is found."""
    return uvloop.run(_audited(part, room))


CASES = tuple(
    Case(
        part, "entries", "none",
        (
            Subject("house", Kind.HOUSE, partial(house, part)),
            Subject("parse + fold + write", Kind.CEILING, partial(ceiling, in_memory, BOARD)),
        ),
        size=100_000, full_size=1_000_000,
    )
    for part in (REFOLD, DIFF)
)  # fmt: skip
