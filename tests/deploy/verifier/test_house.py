"""The tool beside the house: archives of today for ever, the example, deadlines computed twice."""

import datetime as dt
import itertools
import json
import time
from pathlib import Path

import pytest

from deploy import upkeep
from deploy.adoption import calendars, rulebooks
from deploy.embedded import House
from deploy.verifier import almanac
from events.catalogue.vocabulary import Basis, Limit, Step, Unit
from gateway.clients.inprocess import InProcess
from services.chassis import workdays
from tests.deploy.verifier.running import asked
from tests.deploy.verifier.writer import GOLDEN, Congress

Capture = pytest.CaptureFixture[str]
CITY = "630200"
BASIS = Basis(law="x", version="1", article="1")


def test_golden_archives_verify_for_ever(capsys: Capture) -> None:
    """One that a house wrote in the first format, one that was signed, in the second."""
    code, first = asked(capsys, "export", GOLDEN / "archive-1.zip", "--unsigned")
    assert (code, [each["code"] for each in first["remarks"]]) == (0, ["unsigned"])
    code, second = asked(capsys, "export", GOLDEN / "archive-2.zip", "--trust", GOLDEN / "trust.toml")
    assert (code, second["remarks"]) == (0, [])
    assert second["facts"]["figures"] == first["facts"]["figures"]
    for ledger, each in second["facts"]["ledgers"].items():
        assert (each["hash"], len(each["witnessed"])) == (first["facts"]["ledgers"][ledger]["hash"], 3)
    receipt = GOLDEN / "receipt.tlog-proof"
    assert asked(capsys, "receipt", receipt, "--trust", GOLDEN / "trust.toml")[0] == 0


def test_what_a_house_signed_verifies_for_ever(capsys: Capture) -> None:
    """The example's small congress as its house wrote it: archive, receipt and published figures."""
    trusted = ("--trust", GOLDEN / "house-2.toml")
    code, answer = asked(capsys, "export", GOLDEN / "house-2.zip", *trusted)
    assert (code, answer["findings"], answer["remarks"]) == (0, [], [])
    heads = {each: it["signed"] for each, it in answer["facts"]["ledgers"].items()}
    assert heads == {
        "deputies/630202": 35, "liaison/630202": 7, "suggestions/630202": 16, "training/630202": 10,
    }  # fmt: skip
    published = GOLDEN / "house-2.json"
    assert asked(capsys, "figure", GOLDEN / "house-2.zip", published, *trusted)[0] == 0
    code, answer = asked(capsys, "receipt", GOLDEN / "house-2.tlog-proof", *trusted)
    assert (code, answer["facts"]["id"], answer["facts"]["signed"]) == (0, "liaison/630202/5", 7)


def test_the_second_writer_writes_the_same_bytes() -> None:
    """What these tests forge is a house's archive but for what they change."""
    congress = Congress.golden()
    for ledger in congress.ledgers:
        again = Congress.golden()
        again.relink = False
        assert congress.lines(ledger) == again.lines(ledger)


async def test_the_example_verifies(haidong: House, tmp_path: Path, capsys: Capture) -> None:
    """The example city: every entry, every date, and every published figure of both sessions."""
    await haidong.settled()
    file = tmp_path / "city.zip"
    async with upkeep.door(haidong):
        await upkeep.asked(
            haidong.folder.path, do="export", congress=CITY, file=str(file), close=False, personal=False,
            transport=None,
        )  # fmt: skip
    code, answer = asked(capsys, "export", file, "--unsigned")
    assert (code, answer["findings"]) == (0, [])
    assert answer["facts"]["figures"]["3-7"]["items"] == 58
    now = int(time.time())
    token = await haidong.accounts.create_token("staff", "test", now, now + 60)
    for session in ("3-7", "3-2025"):
        told = await InProcess({"gateway": haidong.app}).ask(
            "gateway", "GET", f"/api/v1/{CITY}/figures?session={session}", token=token or ""
        )
        assert told.status == 200, told.body
        (tmp_path / "figures.json").write_bytes(told.body)
        assert len(json.loads(told.body)["figures"]) == 16
        code, answer = asked(capsys, "figure", file, tmp_path / "figures.json", "--unsigned")
        assert (code, answer["findings"]) == (0, [])


LIMITS = [
    (Unit.WORKING_DAYS, 1), (Unit.WORKING_DAYS, 5), (Unit.WORKING_DAYS, 20), (Unit.DAYS, 1), (Unit.DAYS, 10),
    (Unit.DAYS, 90), (Unit.MONTHS, 1), (Unit.MONTHS, 3), (Unit.MONTHS, 6), (Unit.MONTHS, 12),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "count"), LIMITS)
def test_house_and_tool_compute_the_same_dates(unit: Unit, count: int) -> None:
    """Two codes, one rule: every day of four years, with all, some and none of the calendars."""
    [*_, rulebook] = rulebooks()
    limit = Limit(step=Step.REPLY, count=count, unit=unit, starts="assignment", basis=BASIS)
    ruled = rulebook.model_copy(update={"limits": (limit,)})
    value = ruled.model_dump(mode="json", exclude_none=True)
    for known in (calendars(), calendars()[::2], ()):
        days = [each.model_dump(mode="json", exclude_none=True) for each in known]
        for offset in itertools.chain(range(0, 1461, 1 if known else 7)):
            start = dt.date(2023, 1, 1) + dt.timedelta(days=offset)
            house = workdays.deadline(Step.REPLY, start, ruled, known)
            told = json.loads(house.model_dump_json(exclude_none=True))
            assert almanac.deadline("reply", start.isoformat(), value, days) == told


def test_house_and_tool_take_the_same_rulebook() -> None:
    """Before the first one, on the day of each, and of two on one day the one adopted later."""
    books = (*rulebooks(), rulebooks()[0].model_copy(update={"in_force": rulebooks()[-1].in_force}))
    values = [each.model_dump(mode="json", exclude_none=True) for each in books]
    for day in (dt.date(1990, 1, 1), *(each.in_force for each in books), dt.date(2030, 1, 1)):
        found = almanac.in_force(values, day.isoformat())
        try:
            expected = workdays.rulebook_at(books, day).reference
        except LookupError:
            assert found is None
        else:
            assert found is not None
            assert almanac.reference(found) == expected
