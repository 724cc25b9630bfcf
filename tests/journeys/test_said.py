"""What pages say to whom, read as they are sent."""

import re
from html import unescape

from gateway import main
from gateway.rendering import Words
from tests.journeys.visiting import CITY, Visit

WORDS = Words(main.STATIC.parent / "words")
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CASE = re.compile(rf'href="(/{CITY}/suggestions/[a-z0-9-]+)"')
LEFT = re.compile(r"还有 \d+ (?:个工作日|天)|逾期 \d+ 天|今天到期")


async def page(visit: Visit, role: str, path: str) -> str:
    """Give a page of the city as somebody is shown it."""
    answer = await visit.ask(visit.who(CITY, role), "GET", path)
    assert answer.status == 200
    return unescape(answer.body.decode())


async def dates(visit: Visit, path: str, role: str = "staff") -> dict[str, str]:
    """Give what a table says of each case's date, by the case's address."""
    rows = ROW.findall(await page(visit, role, path))
    told = [(CASE.search(row), LEFT.search(row)) for row in rows]
    return {case[1]: left[0] for case, left in told if case and left}


async def test_a_date_reads_the_same_everywhere(visit: Visit) -> None:
    """还有几个工作日：看板、列表和建议页说的一样"""
    board = await dates(visit, f"/{CITY}/board?stage=in_handling")
    assert await dates(visit, f"/{CITY}/suggestions?stage=in_handling") == board
    assert {left.rpartition(" ")[2] for left in board.values()} >= {"个工作日", "天"}
    own = await dates(visit, f"/{CITY}/suggestions?stage=in_handling", "unit")
    for role, listed in (("staff", [*board.items()][:5]), ("unit", [*own.items()])):
        for address, left in listed:
            assert board[address] == left
            assert set(LEFT.findall(await page(visit, role, address))) == {left}


async def test_an_auditors_home_is_no_queue(visit: Visit) -> None:
    """监督审计人员的首页说账本，不说等待办理的事"""
    home = await page(visit, "auditor", f"/{CITY}/home")
    for key in ("home.title_auditor", "home.lede_auditor"):
        assert WORDS.say("zh", key) in home
    assert WORDS.say("zh", "home.title") not in home
    assert WORDS.say("zh", "home.title") in await page(visit, "staff", f"/{CITY}/home")


async def test_a_return_is_decided_in_sight_of_its_reason(visit: Visit) -> None:
    """退办的决定旁边，写着单位的理由；没有决定权的，页面不另列"""
    staff = visit.who(CITY, "staff")
    listed = await visit.get(staff, "/suggestions?stage=return_requested")
    case = listed["items"][0]["id"].partition("/")[2]
    story = (await visit.get(staff, f"/suggestions/{case}"))["story"]
    reason = [each["facts"]["reason"]["text"] for each in story if "return-requested" in each["what"]][-1]
    shown = await page(visit, "staff", f"/{CITY}/suggestions/{case}")
    assert shown.index(reason) < shown.index('id="approveReturn"')
    assert reason not in await page(visit, "auditor", f"/{CITY}/suggestions/{case}")
