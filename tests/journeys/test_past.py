"""The past of the example: at every position what a house stopped there would say."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import House
from deploy.services import SERVICES
from events.catalogue.envelope import Entry
from gateway.clients.inprocess import InProcess
from gateway.clients.port import Answer
from services.chassis.projecting import Fold, sources
from services.chassis.shelf.documents import canonical
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.moments import Moment
from services.chassis.web.tokens import Caller
from tests.journeys.stopped import ASKED, LEDGERS, heads, record, stopped
from tests.journeys.visiting import CITY

pytestmark = [pytest.mark.timeout(280)]
ALL, STEP = 10_000, 100
KEPT = ("etag", "mandate-position")


def at(entry: Entry, stood: Mapping[str, int]) -> Moment:
    """Give the moment at which the house stood so, just after this entry."""
    return Moment(dt.datetime.fromisoformat(entry.recordedtime), tuple(sorted(stood.items())))


async def ask(house: House, services: InProcess, service: str, path: str, **headers: str) -> Answer:
    """Ask a service as the staff."""
    token = house.ports.tokens.mint(Caller("staff", "test"), CITY, service)
    return await services.ask(service, "GET", f"/{CITY}/{path}", token=token, headers=[*headers.items()])


async def dumped(shelf: Any, fold: Fold, ledger: str) -> Any:  # noqa: ANN401 - as stored
    """Give all documents of a ledger in a view."""
    return await shelf.dump(CITY, fold.place, ledger.partition("/")[0], "", ALL)


class Told:
    """Documents of the views as plain values, folded entry by entry by the pure functions alone."""

    def __init__(self, folds: Mapping[str, Fold]) -> None:
        self.folds, self.documents = folds, defaultdict[tuple[str, str], dict[str, Any]](dict)

    def take(self, entry: Entry) -> dict[str, list[str]]:
        """Fold one entry; give the documents it changed, by view."""
        changed = {}
        for name, fold in self.folds.items():
            if entry.type in fold.view.by_wire:
                documents = self.documents[name, entry.ledger]
                changed[name] = list(fold.view.keys(entry))
                for key in changed[name]:
                    documents[key] = fold.view.project(documents.get(key, {}), entry)
        return changed


async def test_every_position(haidong: House) -> None:
    """After each entry the folds end just there: what it changed is the same, byte for byte."""
    entries, compared, stood = await record(haidong), 0, dict.fromkeys(LEDGERS, 0)
    pasts, shelf = {name: each.past for name, each in haidong.running.items()}, SqliteShelf(None)
    folds = {
        name: {view: await live.beside(shelf) for view, live in past.present.folds.items()}
        for name, past in pasts.items()
    }
    told = {name: Told(each) for name, each in folds.items()}
    for number, entry in enumerate(entries):
        stood[entry.ledger] = entry.sequence
        moment, service = at(entry, stood), entry.ledger.partition("/")[0]
        for name, past in pasts.items():
            takers = [each for each in folds[name].values() if service in sources(each.view)]
            if takers:
                await past.fold(entry.ledger, moment, takers)
                assert {each.marks[entry.ledger] for each in takers} == {entry.sequence}
            for view, keys in told[name].take(entry).items():
                found = await shelf.get(CITY, folds[name][view].place, service, keys)
                wanted = told[name].documents[view, entry.ledger]
                assert [canonical(found[key]) for key in keys] == [canonical(wanted[key]) for key in keys]
                compared += len(keys)
        if number % (STEP * 4) == 0 or entry is entries[-1]:
            await all_the_same(pasts, folds, shelf, moment)
    await shelf.close()
    assert len(entries) > 1_800
    assert compared > 2 * len(entries)


async def all_the_same(pasts: Any, folds: Any, shelf: SqliteShelf, moment: Moment) -> None:  # noqa: ANN401
    """Compare every document with what is folded for this moment alone."""
    for name, past in pasts.items():
        async with past.at(CITY, moment) as desk:
            for view, fold in folds[name].items():
                for ledger in (f"{each}/{CITY}" for each in sources(fold.view)):
                    mine = await dumped(shelf, fold, ledger)
                    assert await dumped(desk.shelf, desk.folds[view], ledger) == mine


@pytest.mark.parametrize("part", [0.06, 0.25, 0.5, 0.77, 1.0])
async def test_as_a_house_that_was_stopped(haidong: House, tmp_path: Path, part: float) -> None:
    """Every kind of view and report answers as the services of a house whose journal ends there."""
    entries = await record(haidong)
    entries = entries[: max(1, int(len(entries) * part))]
    stood = heads(entries)
    moment = at(entries[-1], stood)
    here = InProcess({name: each.app for name, each in haidong.running.items()})
    async with stopped(haidong, tmp_path, moment, stood) as there:
        for service, paths in ASKED.items():
            for path in paths:
                wanted = await ask(haidong, there, service, path)
                mark = "&" if "?" in path else "?"
                found = await ask(haidong, here, service, f"{path}{mark}as_of={moment.name}")
                assert wanted.status == 200, (path, wanted.body)
                assert found.body == wanted.body, path
                for name in KEPT:
                    if (header := wanted.header(name)) is not None:
                        assert found.header(name) == header, (path, name)
                assert found.header("memento-datetime") == moment.http


async def test_a_position_bounds_the_other_ledgers(haidong: House) -> None:
    """One position of one ledger closes the others at the time when it was recorded."""
    entries, here = await record(haidong), InProcess({n: each.app for n, each in haidong.running.items()})
    entry = next(each for each in entries[1_000:] if each.ledger == f"suggestions/{CITY}")
    found = await ask(haidong, here, "supervision", f"board/summary?as_of={entry.id}")
    stands = json.loads(found.body)["positions"]
    until = [each for each in entries if each.recordedtime <= entry.recordedtime]
    assert stands == {entry.ledger: entry.sequence}
    position = dict(
        each.rpartition("/")[::2] for each in (found.header("mandate-position") or "").split(", ")
    )
    others = heads([each for each in until if each.ledger != entry.ledger])
    wanted = {ledger: head for ledger, head in others.items() if head} | stands
    assert {ledger: int(head) for ledger, head in position.items()} == wanted


def test_every_service_is_asked() -> None:
    """No service is left out."""
    assert ASKED.keys() == {each.name for each in SERVICES}
