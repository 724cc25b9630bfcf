"""Both houses are audited alike: what is whole is found whole, what differs is named."""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from deploy import auditing
from deploy.looking import folding
from deploy.services import PUBLISHING, SERVICES
from deploy.stored import Kept, Where
from deploy.tracing import trail
from events.catalogue.envelope import Entry
from events.journal.sqlite import SqliteJournal
from services.chassis.auditing.reports import DRIFT, EVERY, REPORTS, STORE, VERIFY
from services.chassis.projecting import table
from services.supervision.views.board import BOARD
from tests.deploy.records import CITY, LEDGERS, Record, distributed, embedded, filled
from tests.events.notes import NEXT

LEDGER = LEDGERS[0]
PLACE = table(BOARD, 1)


@pytest.fixture(params=["embedded", "distributed"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AbstractAsyncContextManager[Record]:
    """Give either house in turn, to be opened."""
    if request.param == "embedded":
        return embedded(tmp_path / "data")
    return distributed(request.getfixturevalue("mongo_url"))


@pytest.fixture
async def record(opened: AbstractAsyncContextManager[Record]) -> AsyncIterator[Record]:
    """Give a record in either house."""
    async with opened as standing:
        yield await filled(standing)


def silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


async def drifted(record: Record, view: str = "board") -> list[Any]:
    """Give what differs in a view."""
    found = await auditing.drift(record.where, view, 0, silent)
    return [(each["ledger"], one) for each in found.drifted for one in each["findings"]]


@pytest.mark.parametrize("workers", [0, 2])
async def test_what_is_whole(record: Record, workers: int) -> None:
    """Every ledger holds and agrees with what was signed; every view is its replay; progress is told."""
    told = list[tuple[int, int]]()
    found = await auditing.verify(record.where, workers, lambda done, of: told.append((done, of)))
    heads = await record.journal.heads()
    assert found.sound
    assert {each["ledger"]: (each["entries"], each["hash"]) for each in found.verified} == {
        name: (head.sequence, head.hash) for name, head in heads.items()
    }
    assert [each["signed"] and each["signed"]["agrees"] for each in found.verified] == [True, True]
    total = sum(head.sequence for head in heads.values())
    assert told[-1] == (total, total)
    compared = await auditing.drift(record.where, "all", workers, silent)
    assert compared.sound
    assert len(compared.drifted) == 2 * len(folding("suggestions", "all"))
    assert sum(each["documents"] for each in compared.drifted) > 10


async def test_keys_that_change_while_nothing_grows(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old key, both, the new one alone, at rest: the record is sound at each step, and not before it."""
    (old,), told = record.seeds, base64.b64encode(NEXT).decode()
    for seeds, lines in (([NEXT, old], f"{told}\nderived"), ([NEXT], told)):
        monkeypatch.setenv("MANDATE_SIGNING_KEY", lines)
        record.seeds = seeds
        await record.sign()
        found = await auditing.verify(record.where, 0, silent)
        assert found.sound, found.verified
        assert all(each["signed"] and each["signed"]["agrees"] for each in found.verified)
    monkeypatch.setenv("MANDATE_SIGNING_KEY", "derived")
    found = await auditing.verify(record.where, 0, silent)
    assert {each["fault"] and each["fault"]["code"] for each in found.verified} == {"checkpoint-foreign"}


async def test_one_field_that_drifted_is_named(record: Record) -> None:
    """A field changed, one added and one left out are told by path with both values; nothing else."""
    shelf = record.shelves["supervision"]
    key, mark, body = (await shelf.dump(CITY, PLACE, "suggestions", "", 1))[0]
    document = json.loads(body)
    session, document["session"] = document["session"], "3-9"
    document["invented"] = {"deep": [1]}
    await shelf.put(CITY, PLACE, "suggestions", {key: (mark, document)}, 0)
    ((ledger, finding),) = await drifted(record)
    assert (ledger, finding["document"], finding["kind"]) == (LEDGER, key, "differing")
    assert finding["fields"] == [
        {"path": "invented", "live": '{"deep":[1]}', "replayed": None},
        {"path": "session", "live": '"3-9"', "replayed": json.dumps(session)},
    ]


async def test_surplus_stale_and_beyond(record: Record) -> None:
    """A document that no entry made, one that missed an entry, one ahead of the ledger: each is found."""
    shelf, head = record.shelves["supervision"], (await record.journal.heads())[LEDGER].sequence
    await shelf.put(CITY, PLACE, "suggestions", {"suggestion/x": (head, {"id": 1})}, 0)
    await shelf.put(CITY, PLACE, "suggestions", {}, head + 7)
    found = [(one["document"], one["kind"]) for _, one in await drifted(record)]
    assert found == [("", "beyond"), ("suggestion/x", "surplus")]
    await record.write(LEDGER, 1)
    entry = Entry((await record.journal.fetch(LEDGER, head, 1))[0])
    kinds = {one["document"]: one["kind"] for _, one in await drifted(record)}
    assert kinds[entry.subject] == "missing"


async def test_reports_are_kept(record: Record) -> None:
    """The last reports stand on the shelf of each service; one view compared leaves the others'."""
    await auditing.verify(record.where, 0, silent)
    await auditing.drift(record.where, "all", 0, silent)
    shelf = record.shelves["supervision"]
    key, mark, body = (await shelf.dump(CITY, PLACE, "suggestions", "", 1))[0]
    await shelf.put(CITY, PLACE, "suggestions", {key: (mark, {**json.loads(body), "session": ""})}, 0)
    await auditing.drift(record.where, "board", 0, silent)
    kept = await shelf.get(CITY, REPORTS, "supervision", [VERIFY, DRIFT])
    assert VERIFY not in kept
    assert not kept[DRIFT]["sound"]
    views = {each["view"]: each["differing"] for each in kept[DRIFT]["views"]}
    assert (views.pop("board"), sum(views.values()), len(views) > 0) == (1, 0, True)
    own = await record.shelves["suggestions"].get(CITY, REPORTS, "suggestions", [VERIFY, DRIFT])
    assert own[VERIFY]["sound"]
    assert own[VERIFY]["ledger"] == LEDGER


@dataclass(frozen=True, slots=True)
class Flawed:
    """A house whose store says this of itself, and whose journal may not be readable at all."""

    where: Where
    said: Sequence[str] = ()
    unreadable: bool = False

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Kept]:
        async with self.where.opened() as kept:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kept, "flaws", self._flaws)
                if self.unreadable:
                    patch.setattr(kept, "heads", self._heads)
                yield kept

    async def _flaws(self) -> Sequence[str]:
        return self.said

    async def _heads(self) -> dict[str, int]:
        raise apsw.CorruptError("malformed")


async def test_flaws_of_the_store_are_kept(record: Record) -> None:
    """What is wrong with the store itself stands beside the reports until it is wrong no more."""
    flawed = Flawed(record.where, ["a page is never used"])
    unreadable = replace(flawed, unreadable=True)
    cannot = "the journal cannot be read: malformed"
    for where, flaws in (
        (record.where, []),
        (flawed, [*flawed.said]),
        (unreadable, [*flawed.said, cannot]),
        (record.where, []),
    ):
        found = await auditing.verify(where, 0, silent)
        assert (list(found.flaws), found.sound) == (flaws, not flaws)
        for service in PUBLISHING:
            told = (await record.shelves[service].get(EVERY, REPORTS, service, [STORE]))[STORE]
            assert (told["flaws"], told["ran"] > "2") == (flaws, True)


async def test_a_view_that_is_gone_is_told_of_no_more(record: Record) -> None:
    """One that differed in a version, or under a name, that the service has no more is left out."""
    await auditing.drift(record.where, "all", 0, silent)
    shelf = record.shelves["supervision"]
    (mark, before) = (await shelf.marks_of(CITY, REPORTS, "supervision", [DRIFT]))[DRIFT]
    assert before
    board = next(each for each in before["views"] if each["view"] == "board")
    gone = [{**each, "view": "gone", "differing": 1} for each in before["views"][:1]]
    others = [each for each in before["views"] if each != board]
    older = [{**each, "version": each["version"] + 1, "differing": 1} for each in others]
    assert older
    spoilt = {"sound": False, "views": [board, *gone, *older]}
    await shelf.put(CITY, REPORTS, "supervision", {DRIFT: (mark + 1, spoilt)}, mark + 1)
    await auditing.drift(record.where, "board", 0, silent)
    kept = (await shelf.get(CITY, REPORTS, "supervision", [DRIFT]))[DRIFT]
    assert ([each["view"] for each in kept["views"]], kept["sound"]) == (["board"], True)


async def test_a_changed_entry_is_named(record: Record) -> None:
    """Bytes changed in the store are found, at the very entry, and the report says so."""
    if isinstance(record.journal, SqliteJournal):
        pytest.skip("tests/deploy/test_audit_damage.py does this, and more, to SQLite")
    commits = record.journal._commits  # noqa: SLF001 - beside the port, as who tampers would
    whole = await commits.find_one({"ledger": LEDGER, "first": 4})
    assert whole is not None
    changes: list[tuple[dict[str, Any], int]] = [
        ({"entries": [whole["entries"][0].replace(b"clerk", b"klerk")]}, 4),
        ({"subjects": ["suggestion/other"]}, 4), ({"hash": "0" * 64}, 4),
        ({"ledger": "suggestions/630299"}, 4),
        ({"first": 400}, 4),
    ]  # fmt: skip
    for change, at in changes:
        await commits.update_one({"_id": whole["_id"]}, {"$set": change})
        found = await auditing.verify(record.where, 0, silent)
        faults = {each["ledger"]: each["fault"] for each in found.verified}
        assert not found.sound, change
        fault = faults[LEDGER]
        assert fault is not None
        assert fault["sequence"] == at, (change, fault)
        await commits.update_one({"_id": whole["_id"]}, {"$set": {name: whole[name] for name in change}})
    assert (await auditing.verify(record.where, 0, silent)).sound


async def test_a_trail(record: Record) -> None:
    """All entries of a thing in order, all acts of an actor; nothing of others."""
    raws = [Entry(each) for each in await record.journal.fetch(LEDGER, 0, 1_000)]
    about = raws[-1].subject
    steps = await trail(record.where, about)
    assert [each["entry"] for each in steps] == [each.id for each in raws if each.subject == about]
    assert {each["actor"] for each in steps} == {"staff/clerk"}
    acts = await trail(record.where, "staff/clerk", CITY)
    assert len(acts) == len(raws)
    assert await trail(record.where, "staff/cler") == []
    assert any(each["basis"] for each in steps)
    assert len(SERVICES) > 4
