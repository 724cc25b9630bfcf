"""Workloads that need no peer do their work small, and a run that lost something does not count."""

import asyncio
from pathlib import Path

import pytest

from deploy import looking
from deploy.stored import Kept
from services.chassis.auditing.drifting import Live
from services.chassis.shapes import View
from services.chassis.web.moments import Asked, Moment
from services.chassis.web.past import Past
from tests.bench.goals import GOALS, reached
from tests.bench.values import Case, Measured, Room, Run, Subject
from tests.bench.workloads import drift, kept, ledgers
from tests.bench.workloads.asof import AGAIN, AS_OF

SIZE = 400
AUDITED = [(each, subject) for each in (*drift.CASES, ledgers.LEDGERS) for subject in each.subjects]
LOOKS = [(each, subject) for each in AS_OF.cases for subject in each.subjects]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that all runs share."""
    return tmp_path_factory.mktemp("kept")


async def ran(subject: Subject, shared: Path, folder: Path) -> Run:
    """Run a subject on a loop of its own, as its process does."""
    return await asyncio.to_thread(subject.run, Room(folder, SIZE, shared))


@pytest.mark.parametrize(("case", "subject"), [*AUDITED, *LOOKS], ids=lambda each: each.name)
async def test_a_small_run_holds(case: Case, subject: Subject, shared: Path, tmp_path: Path) -> None:
    """Every subject does its units, and what it must leave behind is there."""
    run = await ran(subject, shared, tmp_path)
    assert run.units >= (AGAIN if case.unit == "looks" else SIZE)
    assert run.seconds > 0
    assert bool(run.milliseconds) == (case in AS_OF.cases)


async def test_a_document_that_is_lost_counts_nothing(
    monkeypatch: pytest.MonkeyPatch, shared: Path, tmp_path: Path
) -> None:
    """An audit to which a live document is missing has found drift, so its run does not hold."""
    seen = looking.seen

    async def lacking(house: Kept, service: str, view: View, ledger: str) -> Live:
        live = await seen(house, service, view, ledger)
        return Live(live.generation, live.mark, dict([*live.documents.items()][1:]), live.skipped)

    monkeypatch.setattr(looking, "seen", lacking)
    with pytest.raises(AssertionError, match="missing"):
        await ran(AUDITED[0][1], shared, tmp_path)


async def test_another_past_counts_nothing(
    monkeypatch: pytest.MonkeyPatch, shared: Path, tmp_path: Path
) -> None:
    """A look that is answered from an entry too few is not the fold of its position."""
    moment = Past.moment

    async def earlier(past: Past, congress: str, asked: Asked) -> Moment:
        found = await moment(past, congress, asked)
        return Moment(found.instant, tuple((ledger, cut - 1) for ledger, cut in found.cuts))

    monkeypatch.setattr(Past, "moment", earlier)
    with pytest.raises(AssertionError, match="the board of then"):
        await ran(LOOKS[0][1], shared, tmp_path)


def test_a_ledger_of_each_congress(shared: Path) -> None:
    """Ledgers of one journal hold the same story, each under its own name, at its own place."""
    path = kept.ledgers(Room(shared, 0, shared), ledgers.CONGRESSES[:2], 20, 1)
    with kept.reading(path) as file:
        told = file.execute("SELECT name, count(*), count(DISTINCT raw) FROM ledger JOIN entry"
                            " ON place >> 32 = number GROUP BY name").fetchall()  # fmt: skip
    assert [name for name, *_ in told] == [f"suggestions/{each}" for each in ledgers.CONGRESSES[:2]]
    assert len({(count, distinct) for _, count, distinct in told}) == 1


def test_goals_name_what_is_measured() -> None:
    """Each goal of these cases finds its case, and is missed when a run lost something."""
    lost = [Run(0, 0.0, note="lost")]
    found = [Measured("audit", case, subject, lost) for case, subject in AUDITED]
    told = list(reached(GOALS, found))
    assert len(told) == len({case.name for case, _ in AUDITED})
    assert {(each.measured, each.reached) for each in told} == {("lost or doubled", False)}
