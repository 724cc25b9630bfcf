"""What every shelf finds and counts, and in which order."""

import base64
import json
from typing import Any

import pytest

from services.chassis.shelf.port import BadCursor, Query, Shelf
from tests.services.chassis.shelves import BOARD, CASES, HERE, SERVICE, found, put


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcde"),
        ({"equal": {"state": "new"}}, "ab"),
        ({"equal": {"due": None}}, "ce"),
        ({"equal": {"open": True}}, "ac"),
        ({"equal": {"number": 1}}, "e"),
        ({"equal": {"open": 1}}, ""),
        ({"equal": {"units": None}}, "ce"),
        ({"equal": {"units": "u2"}}, ""),
        ({"equal": {"lead.unit": "u1"}}, "c"),
        ({"equal": {"lead.unit": None}}, "abde"),
        ({"at_least": {"due": "2025-03-09"}}, "bd"),
        ({"below": {"due": "2025-03-09"}}, "a"),
        ({"at_least": {"due": "2025-03-01"}, "below": {"due": "2025-04"}}, "ab"),
        ({"at_least": {"number": 1}}, "abe"),
        ({"below": {"number": 8}}, "ace"),
        ({"below": {"number": "x"}}, ""),
        ({"at_least": {"state": 0}}, ""),
        ({"at_least": {"open": ""}}, ""),
        ({"prefix": {"state": "新"}}, "de"),
        ({"prefix": {"state": "新案"}}, "d"),
        ({"prefix": {"state": ""}}, "abcde"),
        ({"prefix": {"due": "2025-0"}}, "ab"),
        ({"contains": {"units": ["u2"]}}, "ad"),
        ({"contains": {"units": ["u1", "u9"]}}, "a"),
        ({"contains": {"units": []}}, ""),
        ({"contains": {"state": ["done", "新"]}}, "ce"),
        ({"contains": {"units": ["u2"]}, "equal": {"state": "new"}}, "a"),
        ({"descending": True}, "edcba"),
        ({"order": "due"}, "abdce"),
        ({"order": "due", "descending": True}, "dbaec"),
        ({"order": "number"}, "ceabd"),
        ({"order": "number", "descending": True}, "baecd"),
        ({"order": "state"}, "cabed"),
        ({"order": "open", "descending": True}, "cabed"),
        ({"order": "state", "equal": {"open": True}}, "ca"),
    ],
    ids=str,
)
async def test_filters_and_orders(shelf: Shelf, query: dict[str, Any], expected: str) -> None:
    """Filters compare like with like; an absent field is None and comes last either way."""
    await put(shelf, CASES)
    assert await found(shelf, **query) == list(expected)
    paged, cursor = "", None
    while True:
        page = await shelf.find(HERE, BOARD, SERVICE, Query(**query, limit=2, cursor=cursor))
        paged += "".join(name for name, _ in page.documents)
        if (cursor := page.cursor) is None:
            break
    assert paged == expected


@pytest.mark.parametrize(("descending", "expected"), [(False, "dabce"), (True, "cbade")])
async def test_kinds_in_order(shelf: Shelf, expected: str, *, descending: bool) -> None:
    """Numbers stand below texts below booleans, None last either way, over pages too."""
    values = {"a": 2, "b": "x", "c": True, "d": -1, "e": None}
    await put(shelf, {name: {"number": value} for name, value in values.items()})
    paged, cursor = "", None
    while True:
        query = Query(order="number", descending=descending, limit=1, cursor=cursor)
        page = await shelf.find(HERE, BOARD, SERVICE, query)
        paged += page.documents[0][0]
        if (cursor := page.cursor) is None:
            break
    assert paged == expected


@pytest.mark.parametrize(
    ("by", "query", "expected"),
    [
        ("state", {}, {"new": 2, "done": 1, "新": 1, "新案": 1}),
        ("due", {"equal": {"state": "new"}}, {"2025-03-01": 1, "2025-03-09": 1}),
        ("open", {}, {"true": 2, "false": 1, None: 2}),
        ("number", {"at_least": {"number": 7}, "limit": 1}, {"7": 1, "10": 1}),
        ("units", {}, {"u1": 1, "u2": 2, None: 2}),
        ("units", {"contains": {"units": ["u1"]}}, {"u1": 1, "u2": 1}),
        ("lead.unit", {}, {"u1": 1, None: 4}),
    ],
)
async def test_tally(shelf: Shelf, by: str, query: dict[str, Any], expected: object) -> None:
    """A tally counts what matches by the text of the value, each value of a list."""
    await put(shelf, CASES)
    assert await shelf.tally(HERE, BOARD, SERVICE, Query(**query), by) == expected


async def test_pages_hold_while_documents_move(shelf: Shelf) -> None:
    """Between two pages a document may go or come: no other is lost or seen twice."""
    await put(shelf, {f"{n:03}": {"number": n // 7} for n in range(0, 100, 2)})
    first = await shelf.find(HERE, BOARD, SERVICE, Query(order="number", limit=10))
    await put(shelf, {"018": None, "020": None, "001": {"number": 0}, "021": {"number": 3}}, 2)
    rest = Query(order="number", limit=99, cursor=first.cursor)
    page = await shelf.find(HERE, BOARD, SERVICE, rest)
    assert [name for name, _ in page.documents][:3] == ["021", "022", "024"]
    assert len(page.documents) == 40


def forged(value: object, name: object) -> str:
    """Write a cursor for the order by due date by hand."""
    shape = json.dumps(["due", False, value, name])
    return base64.urlsafe_b64encode(shape.encode()).decode().rstrip("=")


async def test_bad_cursors(shelf: Shelf) -> None:
    """A cursor of another order, or of nobody's making, is refused and breaks nothing."""
    await put(shelf, CASES)
    page = await shelf.find(HERE, BOARD, SERVICE, Query(order="due", limit=1))
    own = str(page.cursor)
    assert await found(shelf, order="due", cursor=own) == ["b", "d", "c", "e"]
    with pytest.raises(BadCursor):
        await found(shelf, order="due", descending=True, cursor=own)
    with pytest.raises(BadCursor):
        await found(shelf, cursor=own)
    bad = [*(own[:end] for end in range(len(own))), own + "é", "=", "x" * 5_000, "[" * 9_999]
    values: tuple[Any, ...] = (1.5, 2**70, [], {}, float("nan"), "\ud800")
    bad += [forged(value, "a") for value in values]
    bad += [forged("x", name) for name in (None, 3, "\udfff")]
    bad += [base64.b64encode(other).decode() for other in (b"{}", b"[]", b"7", b'["due"]')]
    for cursor in bad:
        with pytest.raises(BadCursor):
            await found(shelf, order="due", cursor=cursor)
