import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import House, house
from deploy.examples import loading
from deploy.examples.acts import OPERATOR, Act
from deploy.examples.notes import FILE, AnotherScript, Notes
from deploy.examples.script import END, digest, read, script
from deploy.folder import Folder
from gateway.clients.inprocess import InProcess
from gateway.session.forms import acceptable_anonymous_key
from tests.conftest import HAIDONG

DATA = read(HAIDONG)
ACTS = script(DATA)
SESSION = [each for each in DATA["suggestion"] if each["session_item"] and each["congress"] == "630200"]
LATER = {"joint_opinion", "told"}
"""Steps of the data that are no act of anybody, or not yet."""


def of(operation: str) -> list[Act]:
    """Give the acts of one operation, in order."""
    return [each for each in ACTS if each.operation == operation]


def test_the_script_is_ordered_and_ends_before_the_present() -> None:
    """Acts follow each other in time; each has a name, and so a key, of its own."""
    assert sorted(ACTS, key=lambda each: each.at) == ACTS
    assert ACTS[-1].at < END
    assert len({each.key for each in ACTS}) == len(ACTS)
    assert all(acceptable_anonymous_key(each.key) for each in ACTS)


def test_the_script_is_pure() -> None:
    """Read again, the same data give the same acts."""
    assert digest(script(read(HAIDONG))) == digest(ACTS)


def test_only_the_founding_is_the_operators() -> None:
    """Everything else is done by people with accounts, or by citizens without one."""
    founding = Counter(each.operation for each in ACTS if each.login == OPERATOR)
    assert founding == {
        "foundCongress": 2, "adoptRulebook": 4, "adoptCalendar": 6, "grantRole": 2
    }  # fmt: skip
    assert {each.operation for each in ACTS if each.login is None} == {"giveOpinion"}


def test_nothing_of_the_data_is_left_out() -> None:
    """Every step of a suggestion or opinion has its act."""
    things = Counter(str(each.name).split()[0] for each in ACTS)
    for each in DATA["suggestion"]:
        steps = sum(
            len(step.get("deputies", "1")) + step.get("confirmed", False)
            for step in each["steps"] if step["act"] not in LATER
        )  # fmt: skip
        assert things[f"suggestion/{each['key']}"] == steps + ("from_opinion" in each), each["key"]
    for each in DATA["opinion"]:
        steps = sum(step["act"] not in LATER for step in each["steps"])
        assert things[f"opinion/{each['key']}"] == 1 + steps, each["key"]


def test_58_items_go_to_31_units() -> None:
    """The figures of the session that the README tells."""
    keys = {f"suggestion/{each['key']}" for each in SESSION}
    assigned = [each for each in of("assignSuggestion") if each.thing in keys]
    units = {handler["unit"] for each in assigned for handler in each.body["handlers"]}
    assert (len(assigned), len(units)) == (58, 31)


def test_numbers_come_out_as_in_the_data() -> None:
    """The house counts registrations; entered in order they get the numbers that the data tell."""
    numbers = {f"suggestion/{each['key']}": each.get("number", "") for each in DATA["suggestion"]}
    registered = [numbers[str(each.thing)] for each in of("registerSuggestion")]
    for cohort in ("三届七次", "三届闭会2025", "乐都三届五次"):
        of_cohort = [each for each in registered if each.startswith(cohort)]
        assert sorted(of_cohort) == of_cohort


async def get(standing: House, path: str, login: str | None = None) -> dict[str, Any]:
    """Read something of the city's congress through the gateway."""
    now = int(time.time())
    token = await standing.accounts.create_token(login, "test", now, now + 60) if login else ""
    answer = await InProcess({"gateway": standing.app}).ask(
        "gateway", "GET", f"/api/v1/630200{path}", token=token or ""
    )
    assert answer.status == 200, answer.body.decode()
    told: dict[str, Any] = json.loads(answer.body)
    return told


async def heads(standing: House) -> Mapping[str, int]:
    """Give where every ledger stands once all has settled."""
    await standing.settled()
    found = await standing.ports.journal.heads()
    return {ledger: head.sequence for ledger, head in found.items()}


async def test_the_board_counts_them(haidong: House) -> None:
    """58 items and 31 units stand on the board of the session."""
    board = await get(haidong, "/board/summary?session=3-7", "staff")
    assert (board["items"], board["units"]) == (58, 31)
    assert sum(board["stages"].values()) == 58
    figures = await get(haidong, "/figures?session=3-7", "staff")
    assert (figures["items"], figures["units"]) == (58, 31)


async def test_three_items_of_january_are_late(haidong: House) -> None:
    """It is 20 May 2025, and three items assigned in January are past their day."""
    assert haidong.clock.now() >= END
    board = await get(haidong, "/board/summary?session=3-2025", "staff")
    assert board["colours"]["red"] == 3


async def test_every_view_is_whole(haidong: House) -> None:
    """No ledger stopped a view or a reaction on the way."""
    assert (await haidong.ready())["ready"]
    assert (await haidong.ready())["blocked"] == []


async def test_the_sign_ins_are_told(haidong: House) -> None:
    """The lines name eight people, the password, and three codes under which something stands."""
    lines = loading.sign_ins(HAIDONG, haidong.folder.path)
    assert [line.split()[1] for line in lines[:8]] == [
        "deputy-ma", "staff", "staff-training", "station", "leader", "auditor", "unit-housing",
        "ledu-staff",
    ]  # fmt: skip
    assert DATA["password"] in lines[8]
    notes = Notes.read(haidong.folder.path)
    assert notes is not None
    assert len(lines[9:]) == len(notes.codes) == 3


@pytest.fixture
def folder(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded folder that a test may change."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


async def loaded(path: Path, cut: int | None = None) -> Mapping[str, int]:
    """Load into a folder, interrupted after `cut` acts; give where the ledgers stand."""
    opened = Folder.open(path, "haidong")
    try:
        async with house(opened) as standing:
            await _until(standing, cut)
            return await heads(standing)
    finally:
        opened.close()


async def _until(standing: House, cut: int | None) -> None:
    def moved(done: int, _total: int, _text: str) -> None:
        if cut is not None and done >= cut:
            loop.call_later(0.03, task.cancel)

    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(loading.load(standing, HAIDONG, moved))
    done, _ = await asyncio.wait([task])
    if cut is None or not task.cancelled():
        done.pop().result()


async def test_loading_again_changes_nothing(folder: Path) -> None:
    """Entered whole, an example is not entered again."""
    notes = (folder / FILE).read_bytes()
    assert await loaded(folder) == await loaded(folder)
    assert (folder / FILE).read_bytes() == notes


async def test_an_interrupted_load_goes_on(folder: Path, tmp_path: Path) -> None:
    """Interrupted again and again, at last it has entered as much as one without interruption.

    Notes that are behind what was entered do no harm: what is sent again meets its key.
    """
    again = tmp_path / "again"
    await loaded(again, 1)
    await loaded(again, 300)
    notes = (again / FILE).read_bytes()
    await loaded(again, 800)
    (again / FILE).write_bytes(notes)
    await loaded(again, 1200)
    assert await loaded(again) == await loaded(folder)


def test_another_script_does_not_go_on(tmp_path: Path) -> None:
    """What was begun with other data is not mixed with these."""
    Notes("another").keep(tmp_path)
    with pytest.raises(AnotherScript):
        Notes.open(tmp_path, digest(ACTS))
