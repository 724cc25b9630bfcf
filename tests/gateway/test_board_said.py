from functools import partial
from typing import Any

import pytest

from gateway.pages.board import row
from gateway.pages.board_said import MOST_BARS, bars, headline, newest, unit_title
from gateway.pages.telling import Say
from gateway.rendering import Rendering

ROOM = Rendering()
ZH: Say = partial(ROOM.words.say, "zh")
EN: Say = partial(ROOM.words.say, "en")


def summary(red: int = 0, amber: int = 0, green: int = 0) -> dict[str, Any]:
    """A board with so many items of each colour."""
    return {"colours": {"red": red, "amber": amber, "green": green, "none": 30}}


def unit(name: str, open_: int = 0, late: int = 0) -> dict[str, Any]:
    """A unit with items to reply to, some of them late."""
    return {"unit": name, "name": name, "items": 9, "open": open_, "late": late}


@pytest.mark.parametrize(
    ("board", "late", "said"),
    [
        (summary(4, 1), {"城乡建设": 3, "教育": 1}, "城乡建设类超期最多：3 件（全部超期 4 件）"),
        (summary(2), {"城乡建设": 1, "教育": 1}, "2 件已超期，分属 2 个类别"),
        (summary(0, 5, 2), {}, "没有超期的建议，7 件等待答复"),
        (summary(), {}, "没有等待答复的建议"),
    ],
)
def test_the_headline_says_the_answer(board: dict[str, Any], late: dict[str, int], said: str) -> None:
    """城乡建设类超期最多：3 件"""
    assert headline(board, late, ZH) == said
    assert headline(board, late, EN)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([unit("甲", 5, 2), unit("乙", 3, 1)], "甲超期最多：2 件"),
        ([unit("甲", 5, 1), unit("乙", 3, 1)], "2 个单位各有 1 件超期"),
        ([unit("甲", 5, 2), unit("乙", 3, 2), unit("丙", 1, 1)], "3 个单位有超期"),
        ([unit("甲", 5), unit("乙", 3)], "没有单位超期；甲待答复最多：5 件"),
        ([unit("甲", 3), unit("乙", 3)], "没有单位超期；2 个单位待答复最多，各 3 件"),
        ([unit("甲")], "各单位都已答复"),
        ([], "各单位都已答复"),
    ],
)
def test_the_charts_title_says_the_answer(rows: list[dict[str, Any]], said: str) -> None:
    """The title of a chart says what it shows, also of ties and of nothing."""
    assert unit_title(rows, ZH) == said
    assert unit_title(rows, EN)


def test_the_bars_add_up_and_the_worst_stands_first() -> None:
    """Late and in time are the items a unit has yet to reply to; who owes nothing is left out."""
    assert bars([unit("甲", 5), unit("乙", 3, 1), unit("丙")]) == [("乙", 2, 1), ("甲", 5, 0)]
    assert len(bars([unit(str(at), 1) for at in range(31)])) == MOST_BARS


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"stage": "in_handling", "open_units": ["b"]}, "乙"),
        ({"stage": "assigned", "open_units": ["a", "b"]}, "甲、乙"),
        ({"stage": "replied", "open_units": []}, "—"), ({"stage": "closed", "open_units": []}, "—"),
    ],
)  # fmt: skip
def test_only_who_owes_a_reply_is_named(item: dict[str, Any], said: str) -> None:
    """待答复单位：答复了的、办结了的，不再列单位"""
    handlers = {"a": {"name": "甲"}, "b": {"name": "乙"}}
    told = row({"id": "suggestion/s1", "title": {"text": "供热"}, "handlers": handlers, **item}, ZH)
    assert told["units"] == said


def test_a_year_is_no_session() -> None:
    """闭会期间提出的建议按年份归集，不算一次会议"""
    assert newest(["3-2025", "3-7", "2-9", "3-10"]) == "3-10"
    assert newest(["3-2025"]) == ""
