"""Lists and documents over HTTP: queries read strictly, pages without holes, waits for views."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from services.chassis.web import desk
from services.suggestions.api import BRIEF
from tests.cast import CLERK, COSIGNER, LEAD, UNIT_CLERK
from tests.services.chassis.front import LIST, WORDS, Front, front
from tests.services.chassis.test_web import demand
from tests.specification import Who
from tests.world import CONGRESS

pytestmark = pytest.mark.timeout(30)
UP, DOWN = (False,), (True,)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Front]:
    """The suggestions service, asked directly."""
    async with front(tmp_path) as opened:
        yield opened


def forged(*parts: Any) -> str:  # noqa: ANN401 - any JSON
    """Give a cursor that says this."""
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


WRONG = {
    "unknown": "colour=red", "twice": "stage=a&stage=b", "unknown-twice": "x=1&x=1",
    "not-a-filter": "title=x", "by": "by=stage", "capitals": "Stage=drafted",
    "zero": "limit=0", "above": "limit=101", "words": "limit=abc", "minus": "limit=-1",
    "plus": "limit=%2B5", "blank": "limit=", "fraction": "limit=1.5", "hexadecimal": "limit=0x10",
    "thousands": "limit=1000001", "other-digits": "limit=%EF%BC%95", "padded": "limit=0000501",
    "padded-far": "limit=000099" + "9" * 40, "long": "limit=" + "9" * 300,
    "order": "order=title", "order-twice": "order=--updated", "order-only-sign": "order=-",
    "cursor": "cursor=x", "cursor-empty": "cursor=", "cursor-no-base64": "cursor=%21%21",
    "cursor-other-order": "cursor=" + forged("due", *UP, "2025-01-01", "a"),
    "cursor-shape": "cursor=" + forged("updated"),
    "cursor-fraction": "cursor=" + forged("updated", *DOWN, 1.5, "a"),
    "cursor-surrogate": "cursor=" + forged("updated", *DOWN, "\ud800", "a"),
    "cursor-no-id": "cursor=" + forged("updated", *DOWN, "2025", 7),
    "cursor-nested": "cursor=" + urlsafe_b64encode(b"[" * 250).decode().rstrip("="),
    "null": "stage=%00", "line": "stage=a%0Ab", "bidi": "stage=%E2%80%AE", "long-value": "stage=" + "x" * 401,
}  # fmt: skip


@pytest.mark.parametrize("query", WRONG.values(), ids=WRONG)
async def test_no_sound_query(door: Front, query: str) -> None:
    """A parameter unknown, doubled or wrong: 422, for the list and for its tally."""
    demand(await door.listed(query), 422, "wrong-query")
    if not query.startswith(("by=", "cursor")):
        demand(await door.get(f"{LIST}/tally?by=stage&{query}", CLERK), 422, "wrong-query")


@pytest.mark.parametrize("query", ["", "by=", "by=title", "by=updated", "by=stage&by=stage"])
async def test_no_sound_tally(door: Front, query: str) -> None:
    """A tally counts by one of the filters: 422 otherwise."""
    demand(await door.get(f"{LIST}/tally?{query}", CLERK), 422, "wrong-query")


async def test_no_query_for_one(door: Front) -> None:
    """One document takes no parameters at all: 422."""
    path = await door.drafted()
    demand(await door.get(f"{path}?fields=title"), 422, "wrong-query")


@pytest.mark.parametrize(
    "query",
    [
        "stage=%27%3B+DROP+TABLE+made", "session=3-7", "category=%E6%95%99%E8%82%B2", "people=x",
        "due_from=2025-01-01&due_before=2026-01-01", "updated_from=x", "order=number", "order=",
        "order=-due", "limit=1", "limit=100", "limit=007", "units=housing",
        "cursor=" + forged("updated", *DOWN, "2025", "suggestion/x"),
    ],
)  # fmt: skip
async def test_sound_queries(door: Front, query: str) -> None:
    """What has the right shape is answered, if only with an empty page."""
    answer = await door.listed(query)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "cursor": None})


async def walked(door: Front, query: str, limit: int) -> list[str]:
    """Follow the cursors to the end; give the ids in order."""
    found, cursor = list[str](), ""
    for _ in range(20):
        page = (await door.listed(f"{query}&limit={limit}{cursor}")).json()
        assert len(page["items"]) <= limit
        found += [each["id"] for each in page["items"]]
        if page["cursor"] is None:
            return found
        cursor = f"&cursor={quote(page['cursor'])}"
    pytest.fail("the cursors never end")


@pytest.mark.parametrize("order", ["-updated", "updated", "number", "-number", "due", ""])
async def test_pages_without_holes(door: Front, order: str) -> None:
    """Walking by cursor gives everything once, in whatever order and size of pages."""
    await door.drafted()  # a draft that the office may not list
    paths = await door.submitted(9)
    ids = sorted(f"suggestion/{each.rpartition('/')[2]}" for each in paths)
    for limit in (1, 2, 3, 4, 9, 100):
        walk = await walked(door, f"order={order}", limit)
        assert sorted(walk) == ids
        assert walk == await walked(door, f"order={order}", 50)


async def test_a_cursor_belongs_to_its_order(door: Front) -> None:
    """A cursor of another order: 422."""
    await door.submitted(3)
    cursor = (await door.listed("order=updated&limit=1")).json()["cursor"]
    assert (await door.listed(f"order=updated&cursor={cursor}")).status_code == 200
    for order in ("-updated", "number"):
        demand(await door.listed(f"order={order}&cursor={cursor}"), 422, "wrong-query")


async def test_a_tally(door: Front) -> None:
    """A tally counts what the same reader would list, by one field."""
    path = await door.drafted()
    paths = await door.submitted(3)
    await door.post(f"{paths[0]}/admission", b'{"category":"x"}', CLERK, if_match='"3"')
    position = (await door.get(LIST, CLERK)).headers["mandate-position"]
    assert path not in paths
    rows = await tallied(door, "by=stage")
    assert rows in ({"submitted": 3}, {"submitted": 2, "admitted": 1})
    assert await tallied(door, "by=people&stage=submitted") == {LEAD.holds: rows["submitted"]}
    assert await tallied(door, "by=stage", LEAD) == {**rows, "drafted": 1}
    assert await tallied(door, "by=stage", UNIT_CLERK) == {}
    assert position.startswith(f"suggestions/{CONGRESS}/")


async def tallied(door: Front, query: str, who: Any = CLERK) -> dict[str, int]:  # noqa: ANN401
    """Give the counts of a tally."""
    answer = await door.get(f"{LIST}/tally?{query}", who)
    assert answer.status_code == 200, answer.text
    return {row["value"]: row["count"] for row in answer.json()["rows"]}


async def test_items_are_brief(door: Front) -> None:
    """An item of a list has the brief fields, its words opened; a document has its story."""
    (path,) = await door.submitted(1)
    (item,) = (await door.listed()).json()["items"]
    assert set(item) <= {"id", "names", *BRIEF}
    assert item["title"]["text"] == "关于改善供热的建议"
    document = (await door.get(path)).json()
    assert document["text"]["text"] == "情况、问题、建议。"
    assert len(document["story"]) == 2
    assert document["names"] == item["names"]


async def test_read_your_writes(door: Front) -> None:
    """With Mandate-At-Least an answer has seen that position, and says what it stands on."""
    for number in range(1, 6):
        answer = await door.post(LIST, WORDS)
        position = answer.headers["mandate-position"]
        assert position == f"suggestions/{CONGRESS}/{number}"
        listed = await door.get(f"{LIST}", mandate_at_least=position)
        assert len(listed.json()["items"]) == number
        assert listed.headers["mandate-position"] == position
        path = f"{LIST}/{answer.json()['id'].partition('/')[2]}"
        one = await door.get(path, mandate_at_least=position)
        assert one.headers["etag"] == answer.headers["etag"] == f'"{number}"'


async def test_a_view_that_does_not_catch_up(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A position that the view does not reach: 503 with Retry-After."""
    monkeypatch.setattr(desk, "WAIT_SECONDS", 0.02)
    path, ahead = await door.drafted(), f"suggestions/{CONGRESS}/99"
    for each in (LIST, path, f"{LIST}/tally?by=stage"):
        answer = await door.get(each, mandate_at_least=ahead)
        demand(answer, 503, "view-behind")
        assert answer.headers["retry-after"] == "1"


async def test_positions_of_others_do_not_concern_a_view(door: Front) -> None:
    """A view waits for the ledgers that it folds, not for others."""
    answer = await door.get(LIST, mandate_at_least=f"training/{CONGRESS}/99")
    assert answer.status_code == 200


async def test_nothing_is_kept_by_others(door: Front) -> None:
    """Answers may not be stored; each reader gets his own."""
    path = await door.drafted()
    for who, status in ((LEAD, 200), (COSIGNER, 404), (CLERK, 404)):
        assert (await door.get(path, who, mandate_at_least=f"suggestions/{CONGRESS}/1")).status_code == status
    assert (await door.get(path)).headers["cache-control"] == "no-store"


async def test_the_ledger_is_published(door: Front) -> None:
    """Entries are given as stored; numbers that are none: 422."""
    await door.submitted(2)
    ledger = f"/{CONGRESS}/ledgers/suggestions"
    body = (await door.get(f"{ledger}?after=1&limit=2")).json()
    stored = await door.at_work.ports.journal.fetch(f"suggestions/{CONGRESS}", 1, 2)
    assert [each.encode() for each in body["entries"]] == stored
    assert (await door.get(f"{ledger}/head")).json()["head"] == body["head"] == 4
    for query in ("after=-1", "after=x", "limit=", "after=1&after=1", "limit=" + "9" * 11, "x=1"):
        demand(await door.get(f"{ledger}?{query}"), 422, "wrong-query")
    demand(await door.get(f"{ledger}/head?after=1"), 422, "wrong-query")


async def test_a_damaged_entry_is_told(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no text any more are not passed on as something else."""

    async def damaged(*_: object) -> list[bytes]:
        return [b'{"data":"\xff"}']

    monkeypatch.setattr(door.at_work.ports.journal, "fetch", damaged)
    demand(await door.get(f"/{CONGRESS}/ledgers/suggestions"), 500, "entry-damaged")


async def test_readers_notice_no_rebuild(door: Front) -> None:
    """While views and references are folded again, reading and commanding go on."""
    (path,) = await door.submitted(1)
    working = True

    async def rebuilt() -> None:
        for name in ("cases", "suggestions-knows-mandate", "cases", "suggestions-knows-congress"):
            assert (await door.at_work.rebuild(name, lambda *_: None)).switched

    async def read() -> None:
        while working:
            assert (await door.get(path)).status_code == 200
            assert (await door.listed()).status_code == 200
            await asyncio.sleep(0)

    async def command() -> None:
        while working:
            answer = await door.post(LIST, WORDS)
            assert answer.status_code == 201
            position = answer.headers["mandate-position"]
            assert (await door.get(LIST, mandate_at_least=position)).status_code == 200

    others = asyncio.gather(read(), command())
    try:
        await rebuilt()
    finally:
        working = False
        await others


async def test_who_holds_nothing_lists_nothing(door: Front) -> None:
    """A deputy or unit that holds nothing lists nothing."""
    await door.submitted(1)
    for role in ("deputy", "unit"):
        answer = await door.get(LIST, Who(role, "x"))
        assert (answer.status_code, answer.json()["items"]) == (200, [])
