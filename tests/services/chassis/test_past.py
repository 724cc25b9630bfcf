"""Looking back: what may be asked, what stays hidden, what it may cost."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.chassis.projecting import Fold
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web import past
from services.chassis.web.moments import Moment
from services.suggestions.service import SERVICE
from services.suggestions.views.cases import CASES
from tests.cast import CLERK, COSIGNER
from tests.services.chassis.following import settled
from tests.services.chassis.front import LIST, Front, front
from tests.services.chassis.test_web import demand
from tests.world import CONGRESS, IN_SESSION

pytestmark = pytest.mark.timeout(30)
LEDGER = f"suggestions/{CONGRESS}"
LATER = dt.timedelta(minutes=5)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Front]:
    """The suggestions service, asked directly."""
    async with front(tmp_path) as opened:
        yield opened


def move(door: Front, by: dt.timedelta = LATER) -> dt.datetime:
    """Let time go by; give the instant before."""
    clock: Any = door.at_work.ports.clock
    before: dt.datetime = clock.now()
    clock.set(before + by)
    return before


def folded(door: Front) -> int:
    """Count the moments that are kept."""
    return len(door.at_work.past.kept)


WRONG = {
    "word": "yesterday", "no-zone": "2025-02-20T01:00:00", "no-day": "2025-02-30", "empty": "",
    "two-days": "2025-02-19,2025-02-20", "service": f"nothing/{CONGRESS}/1", "minus": f"{LEDGER}/-1",
    "twice-unlike": f"{LEDGER}/1,{LEDGER}/2", "long": ",".join([f"{LEDGER}/1"] * 30),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_what_names_no_moment(door: Front, wrong: str) -> None:
    """422 with a code of its own, for lists, counts and documents."""
    for path in (LIST, f"{LIST}/tally"):
        query = {"as_of": wrong} | ({"by": "stage"} if path.endswith("tally") else {})
        answer = await door.client.get(
            path, params=query, headers={"authorization": f"Bearer {door.token(CLERK)}"}
        )
        demand(answer, 422, "as-of-unreadable")


async def test_times_that_cannot_be_shown(door: Front) -> None:
    """Before the first entry 410; what is yet to come or unwritten, or of another congress: 422."""
    await door.drafted()
    tomorrow = (IN_SESSION + dt.timedelta(days=1)).date().isoformat()
    demand(await door.get(f"{LIST}?as_of=2020-01-01", CLERK), 410, "as-of-before-record")
    demand(await door.get(f"{LIST}?as_of={LEDGER}/0", CLERK), 410, "as-of-before-record")
    demand(await door.get(f"{LIST}?as_of={tomorrow}", CLERK), 422, "as-of-future")
    demand(await door.get(f"{LIST}?as_of={LEDGER}/99", CLERK), 422, "as-of-unwritten")
    demand(await door.get(f"{LIST}?as_of=suggestions/630202/1", CLERK), 422, "position-elsewhere")
    demand(await door.get(LIST, CLERK, accept_datetime="yesterday"), 400, "header-unreadable")
    demand(
        await door.get(f"{LIST}?as_of=2025-05-20", CLERK, accept_datetime="yesterday"),
        400,
        "header-unreadable",
    )


async def test_strangers_are_told_nothing_of_the_past(door: Front) -> None:
    """Who is not let in is refused before any moment is read or folded."""
    demand(await door.get(f"{LIST}?as_of=yesterday", authorization=None), 401, "unauthenticated")
    demand(await door.get(f"{LIST}?as_of=2025-02-20&x=1", CLERK), 422, "wrong-query")
    assert not folded(door)


async def test_a_document_as_it_was(door: Front) -> None:
    """By position, by instant and by header the same: the words of then, the version of then, its time."""
    path = await door.drafted()
    await settled(door.at_work)
    first = (await door.get(path)).json()
    before = move(door)
    await door.post(f"{path}/words", b'{"title":"\xe6\x96\xb0","text":"\xe6\x96\xb0"}', if_match=None)
    await settled(door.at_work)
    move(door)
    assert (await door.get(path)).json()["title"] != first["title"]
    by_position = await door.get(f"{path}?as_of={LEDGER}/1")
    by_instant = await door.get(f"{path}?as_of={(before + dt.timedelta(seconds=9)):%Y-%m-%dT%H:%M:%SZ}")
    later = before + dt.timedelta(seconds=9)
    by_header = await door.get(path, accept_datetime=f"{later:%a, %d %b %Y %H:%M:%S} GMT")
    for answer in (by_position, by_instant, by_header):
        assert answer.json() == first
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["mandate-position"] == f"{LEDGER}/1"
        assert answer.headers["vary"] == "Accept-Datetime"
        again = await door.get(path + answer.headers["content-location"])
        assert again.content == answer.content
    assert by_header.headers["memento-datetime"] == f"{later:%a, %d %b %Y %H:%M:%S} GMT"


async def test_a_header_from_the_future_asks_for_the_newest(door: Front) -> None:
    """RFC 7089: what comes after the last state is answered with that one; a parameter is not."""
    path = await door.drafted()
    await settled(door.at_work)
    move(door)
    now, after = await door.get(path), "Fri, 01 Jan 2100 00:00:00 GMT"
    answer = await door.get(path, accept_datetime=after)
    assert (answer.json(), answer.headers["mandate-position"]) == (now.json(), f"{LEDGER}/1")
    assert answer.headers["memento-datetime"] != after
    demand(await door.get(f"{path}?as_of=2100-01-01"), 422, "as-of-future")


async def test_what_is_hidden_today_stays_hidden(door: Front) -> None:
    """The reader sees of the past only what he may see of the same document today, field by field."""
    path = await door.drafted()
    await settled(door.at_work)
    move(door)
    as_of = f"?as_of={LEDGER}/1"
    await door.post(f"{path}/invitations", b'{"mandate":"mandate/3-li"}')
    await settled(door.at_work)
    move(door)
    assert (await door.get(path, COSIGNER)).status_code == 200
    demand(await door.get(path + as_of, COSIGNER), 404, "not-found")  # he was not asked yet
    assert "text" in (await door.get(path + as_of)).json()
    shows = CASES.shows

    def narrower(document: Any, reader: Any) -> Any:  # noqa: ANN401 - a case
        told = shows(document, reader)
        asked = told is not None and bool(document.get("cosigners"))
        return {name: each for name, each in told.items() if name != "text"} if asked else told

    object.__setattr__(CASES, "shows", narrower)
    try:
        assert "text" not in (await door.get(path + as_of)).json()
        listed = (await door.get(f"{LIST}{as_of}")).json()["items"]
        assert len(listed) == 1
        object.__setattr__(CASES, "shows", lambda each, _reader: None if each["cosigners"] else each)
        demand(await door.get(path + as_of), 404, "not-found")
        assert (await door.get(f"{LIST}{as_of}")).json()["items"] == []
    finally:
        object.__setattr__(CASES, "shows", shows)


async def test_the_present_head_is_not_folded_again(door: Front) -> None:
    """Where nothing was written since, the live shelf answers, at the time that was asked for."""
    path = await door.drafted()
    await settled(door.at_work)
    move(door)
    assert (await door.get(f"{path}?as_of={LEDGER}/1")).status_code == 200
    assert not folded(door)
    await door.drafted()
    await settled(door.at_work)
    move(door)
    assert (await door.get(f"{path}?as_of={LEDGER}/1")).status_code == 200
    assert folded(door) == 1


async def test_one_fold_for_all_and_few_are_kept(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for the same moment shares its fold; only the last few moments are kept."""
    for _ in range(9):
        await door.drafted()
        await settled(door.at_work)
        move(door)
    made = list[SqliteShelf]()

    def scratch() -> SqliteShelf:
        made.append(SqliteShelf(None))
        return made[-1]

    monkeypatch.setattr(door.at_work.past, "_scratch", scratch)
    answers = await asyncio.gather(*(door.get(f"{LIST}?as_of={LEDGER}/3") for _ in range(20)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == len(made) == 1
    for number in range(1, 9):
        assert len((await door.get(f"{LIST}?as_of={LEDGER}/{number}")).json()["items"]) == number
    assert folded(door) == past.KEPT


async def test_a_long_fold_is_not_waited_for(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 after a while; the fold goes on, and too many at once are not begun."""
    for _ in range(10):
        await door.drafted()
        await settled(door.at_work)
        move(door)
    monkeypatch.setattr(past, "PATIENCE_SECONDS", 0.05)
    async with door.at_work.past.folding:
        for number in range(1, 10):
            answer = await door.get(f"{LIST}?as_of={LEDGER}/{number}")
            demand(answer, 503, "as-of-recalling")
            assert answer.headers["retry-after"] == "5"
        assert folded(door) == 2 * past.KEPT
    monkeypatch.setattr(past, "PATIENCE_SECONDS", 10)
    assert len((await door.get(f"{LIST}?as_of={LEDGER}/2")).json()["items"]) == 2


async def test_a_fold_that_fails_is_tried_again(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away answers 503 and leaves nothing behind."""
    for _ in range(2):
        await door.drafted()
        await settled(door.at_work)
        move(door)
    at_work = door.at_work.past
    moment = Moment(IN_SESSION + dt.timedelta(minutes=1), ((LEDGER, 1),))

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(at_work, "fold", away)
        with pytest.raises(ConnectionError):
            async with at_work.at(CONGRESS, moment):
                pass
    assert not folded(door)
    async with at_work.at(CONGRESS, moment) as desk:
        assert desk.today.isoformat() == "2025-02-20"
    assert SERVICE.views[0].name in desk.folds


async def test_an_entry_that_cannot_be_folded_is_told(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 with a code of its own while it stands in the way; nothing of it is kept."""
    for _ in range(2):
        await door.drafted()
        await settled(door.at_work)
        move(door)

    async def poisoned(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Fold, "gather", poisoned)
        demand(await door.get(f"{LIST}?as_of={LEDGER}/1"), 500, "as-of-unfolded")
    assert not folded(door)
    assert len((await door.get(f"{LIST}?as_of={LEDGER}/1")).json()["items"]) == 1
