"""One ledger looked at: whether it is whole, and whether what was folded of it is its replay."""

from collections.abc import Callable, Sequence

from deploy.services import SERVICES
from deploy.stored import Kept
from events.catalogue.envelope import Entry
from events.drivers.apsw import Unreadable
from events.notary.port import Standing
from events.proof.chain import Fault
from services.chassis.auditing.drifting import Live, Refold
from services.chassis.auditing.reports import Broken, Drifted, Field, Finding, Signed, Verified
from services.chassis.auditing.signed import asked, disagreement
from services.chassis.auditing.verifying import Verifying
from services.chassis.projecting import sources, table
from services.chassis.shapes import View
from services.chassis.shelf.port import Shelf

DUMP = 2_000
Moved = Callable[[int], None]
"""Told how many entries more were looked at."""


async def verified(kept: Kept, ledger: str, head: int, moved: Moved) -> Verified:
    """Follow a ledger from its first entry to its last, and compare it with what was signed of it."""
    standing = await kept.standing(ledger)  # before the entries: what it covers is among them
    looking, leaves = Verifying(ledger), list[bytes]()
    fault: Fault | None = None
    try:
        while looking.fault is None and (rows := await kept.rows(ledger, looking.sequence)):
            leaves += looking.take(rows)
            moved(len(rows))
        fault = looking.fault
    except Unreadable as error:
        fault = Fault(looking.sequence + 1, f"the store cannot be read here: {error}", "unreadable")
    if fault is None and looking.sequence < head:
        fault = Fault(
            looking.sequence + 1, f"it is missing; the ledger should have {head} entries", "missing"
        )
    other = None
    if standing is not None:
        tiles = await kept.tiles(ledger, asked(standing))
        other = disagreement(standing, tiles, await kept.keys(ledger), leaves)
    first = min(filter(None, (fault, other)), key=lambda each: each.sequence, default=None)
    return Verified(
        ran="", ledger=ledger, entries=looking.sequence, hash=looking.hash, sound=first is None,
        fault=Broken(sequence=first.sequence, why=first.why, code=first.code) if first else None,
        signed=_signed(standing, agrees=other is None) if standing else None,
    )  # fmt: skip


def _signed(standing: Standing, *, agrees: bool) -> Signed:
    point = standing.signed.checkpoint
    return Signed(size=point.size, root=point.root.hex(), agrees=agrees, refused=standing.refused)


async def drifted(kept: Kept, ledger: str, wanted: str, moved: Moved) -> Sequence[Drifted]:
    """Compare what was folded of a ledger, in the views of this name or in all, with its replay."""
    refolds, found = list[tuple[str, View, Refold]](), list[Drifted]()
    for service, view in folding(ledger.partition("/")[0], wanted):
        try:
            refolds.append((service, view, Refold(view, ledger, await seen(kept, service, view, ledger))))
        except Unreadable as error:
            found.append(_unreadable(service, view, ledger, str(error)))
    head = (await kept.heads()).get(ledger, 0)  # after the documents: none of them may stand beyond it
    await refolded(kept, ledger, [each for _, _, each in refolds], moved)
    for service, _, each in refolds:
        found.append(Drifted(service=service, **each.report(head)))
    return found


def folding(publisher: str, wanted: str) -> Sequence[tuple[str, View]]:
    """Give the views and references that fold a service's ledgers, each with the service whose it is."""
    return [
        (service.name, view) for service in SERVICES for view in (*service.views, *service.references)
        if wanted in {"all", view.name} and publisher in sources(view)
    ]  # fmt: skip


async def refolded(kept: Kept, ledger: str, refolds: Sequence[Refold], moved: Moved) -> None:
    """Read the ledger once for all of them."""
    bound, number = max((each.bound for each in refolds), default=0), 0
    always = [each for each in refolds if each.wires is None]
    by_wire: dict[str, list[Refold]] = {}
    for each in refolds:
        for wire in each.wires or ():
            by_wire.setdefault(wire, list(always)).append(each)
    while number < bound and (rows := await kept.rows(ledger, number)):
        for number, _, raw, _ in rows:
            try:
                entry = Entry(raw)
                takers = by_wire.get(entry.type, always)
            except (ValueError, KeyError, TypeError) as error:
                for each in refolds:
                    each.fail(number, type(error).__name__)
                return
            for each in takers:
                each.take(number, entry)
        moved(len(rows))


async def seen(kept: Kept, service: str, view: View, ledger: str) -> Live:
    """Read what is live; a generation that is dropped meanwhile is looked for again."""
    for again in (False, True, True):
        try:
            return await _live(await kept.shelf(service, again=again), view, ledger)
        except (LookupError, *Unreadable):
            continue
    return await _live(await kept.shelf(service, again=True), view, ledger)


async def _live(shelf: Shelf, view: View, ledger: str) -> Live:
    generation = (await shelf.live()).get((view.name, view.version), 0)
    place, (service, congress) = table(view, generation), ledger.split("/")
    mark, after = await shelf.mark(place, ledger), ""
    documents: dict[str, tuple[int, bytes]] = {}
    while page := await shelf.dump(congress, place, service, after, DUMP):
        documents |= {key: (at, body) for key, at, body in page}
        after = page[-1][0]
    skips = (await shelf.skips()).get((view.name, view.version), ())
    passed = frozenset(each.sequence for each in skips if each.ledger == ledger)
    return Live(generation, mark, documents, passed)


def _unreadable(service: str, view: View, ledger: str, error: str) -> Drifted:
    finding = Finding(
        document="", kind="unreadable", mark=None, replayed=None,
        fields=[Field(path="", live=error, replayed=None)],
    )  # fmt: skip
    return Drifted(
        service=service, view=view.name, version=view.version, generation=0, ledger=ledger, mark=0,
        documents=0, differing=1, findings=[finding],
    )  # fmt: skip
