"""What every journal promises, whatever it is kept in."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from events.catalogue.envelope import MOST_BYTES, Entry
from events.journal.port import Conflict, Journal, JournalFull, KeyReused, Once, Proposed, Receipt
from events.proof.chain import Link, leaf, walk
from tests.events.world import JOURNALS, LEDGER, mongo, now, proposed, sqlite, written


@pytest.fixture(params=JOURNALS)
def opened(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - any adapter
    """Give every adapter in turn; it opens the journal of a folder, the same one for the same folder."""
    if request.param == "sqlite":
        return sqlite
    return partial(mongo, request.getfixturevalue("databases"), request.param)


@pytest.fixture
async def journal(opened: Any, tmp_path: Path) -> AsyncIterator[Journal]:  # noqa: ANN401
    """Give an empty journal of every adapter in turn."""
    async with opened(tmp_path) as journal:
        yield journal


async def test_sequence_is_gapless(journal: Journal) -> None:
    """A ledger is 1, 2, 3 … with no gap, chained, and the receipt names the place."""
    receipts = [await written(journal, f"suggestion/{number}") for number in range(1, 6)]
    assert [(each.first, each.last) for each in receipts] == [(n, n) for n in range(1, 6)]
    entries = await journal.fetch(LEDGER, 0, 100)
    receipt = receipts[-1]
    assert receipt.position == f"{LEDGER}/5"
    assert walk(LEDGER, entries) == Link(5, receipt.hash)
    assert receipt.hash == leaf(entries[-1]).hex()
    assert receipt.recorded == Entry(entries[-1]).recordedtime


async def test_fifty_writers(journal: Journal) -> None:
    """Fifty tasks at once lose nothing, double nothing and leave no gap."""
    receipts = await asyncio.gather(*(written(journal, f"suggestion/{n % 50}-{n}") for n in range(500)))
    assert sorted(receipt.first for receipt in receipts) == list(range(1, 501))
    assert isinstance(walk(LEDGER, await journal.fetch(LEDGER, 0, 1_000)), Link)
    assert (await journal.heads())[LEDGER].sequence == 500
    assert await journal.hinted() == await journal.heads()


async def test_racing_creates(journal: Journal) -> None:
    """Of many who create one thing at version 0 exactly one wins; the others see his entry."""
    answers = await asyncio.gather(
        *(
            journal.append(LEDGER, [proposed("mandate/3", f'{{"n":{n}}}')], {"mandate/3": 0})
            for n in range(20)
        )
    )
    won = [answer for answer in answers if isinstance(answer, Receipt)]
    assert len(won) == 1
    stored = await journal.read(LEDGER, "mandate/3")
    assert [leaf(entry).hex() for entry in stored] == [won[0].hash]
    for answer in answers:
        assert answer is won[0] or answer == Conflict({"mandate/3": stored})


async def test_conflict_tells_what_came_between(journal: Journal) -> None:
    """A conflict carries the moved streams only, with the entries above the version expected."""
    await written(journal, "suggestion/a")
    await written(journal, "suggestion/a", 1)
    await written(journal, "suggestion/b")
    answer = await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 1, "suggestion/b": 3})
    assert answer == Conflict({"suggestion/a": await journal.read(LEDGER, "suggestion/a", 1)})
    assert len(await journal.fetch(LEDGER, 0, 10)) == 3


async def test_expected_beyond_the_end(journal: Journal) -> None:
    """A version that the stream never had is a conflict, in a ledger that is not there too."""
    answer = await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 7})
    assert answer == Conflict({"suggestion/a": []})
    assert await journal.heads() == {}


async def test_several_streams(journal: Journal) -> None:
    """One commit may write several streams of a ledger; each gets its new version."""
    receipt = await journal.append(
        LEDGER,
        [proposed("suggestion/a"), proposed("numbering/3-7"), proposed("suggestion/a")],
        {"suggestion/a": 0, "numbering/3-7": 0},
    )
    assert isinstance(receipt, Receipt)
    assert receipt.versions == {"suggestion/a": 3, "numbering/3-7": 2}
    assert (receipt.first, receipt.last) == (1, 3)
    times = {Entry(entry).recordedtime for entry in await journal.fetch(LEDGER, 0, 9)}
    assert times == {receipt.recorded}


async def test_ledgers_are_strangers(journal: Journal) -> None:
    """Sequences, streams and keys of one ledger say nothing of another."""
    once = Once("s", "k", b"f")
    for ledger in (LEDGER, "suggestions/630202"):
        receipt = await journal.append(ledger, [proposed("suggestion/a")], {"suggestion/a": 0}, once)
        assert isinstance(receipt, Receipt)
        assert (receipt.first, receipt.repeated) == (1, False)
    assert len(await journal.read(LEDGER, "suggestion/a")) == 1


async def test_key_repeated(journal: Journal) -> None:
    """The same key with the same request gets the first answer, and nothing is written."""
    first = await written(journal, "suggestion/a", key="k")
    assert await written(journal, "suggestion/a", key="k") == first._replace(repeated=True)
    assert len(await journal.fetch(LEDGER, 0, 10)) == 1


async def test_key_reused(journal: Journal) -> None:
    """The same key with another request is refused, by append and by recall."""
    await written(journal, "suggestion/a", key="k")
    other = Once("deputy/1f0c submit", "k", b"other")
    answer = await journal.append(LEDGER, [proposed("suggestion/b")], {"suggestion/b": 0}, other)
    assert answer == KeyReused()
    assert await journal.recall(LEDGER, other) == KeyReused()


async def test_key_without_fingerprint(journal: Journal) -> None:
    """A reaction's key has no fingerprint: the first decision stands, whatever comes later."""
    once = Once("reaction/opened", "liaison/630200/4")
    first = await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 0}, once)
    again = await journal.append(LEDGER, [proposed("suggestion/b")], {"suggestion/b": 0}, once)
    assert isinstance(first, Receipt)
    assert again == first._replace(repeated=True)


async def test_key_comes_before_version(journal: Journal) -> None:
    """A retry hears its first answer although the stream has moved since."""
    first = await written(journal, "suggestion/a", key="k")
    await written(journal, "suggestion/a", 1)
    assert await written(journal, "suggestion/a", 0, key="k") == first._replace(repeated=True)


async def test_refusal_leaves_no_key(journal: Journal) -> None:
    """A conflict does not use up the key."""
    await written(journal, "suggestion/a")
    once = Once("s", "k", b"f")
    lost = await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 0}, once)
    assert isinstance(lost, Conflict)
    assert await journal.recall(LEDGER, once) is None
    won = await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 1}, once)
    assert isinstance(won, Receipt)
    assert not won.repeated


async def test_repeat_while_the_first_runs(journal: Journal) -> None:
    """Two requests with one key at the same moment are one: same receipt, one entry."""
    first, again = await asyncio.gather(
        written(journal, "suggestion/a", key="k"), written(journal, "suggestion/a", key="k")
    )
    assert again == first._replace(repeated=True)
    assert len(await journal.fetch(LEDGER, 0, 10)) == 1


async def test_reopened(opened: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """After a restart keys give equal receipts, versions hold and the chain goes on."""
    once = Once("deputy/1f0c submit", "k", b"same")
    async with opened(tmp_path) as journal:
        first = await written(journal, "suggestion/a", key="k")
        heads = await journal.heads()
    async with opened(tmp_path) as journal:
        assert await journal.heads() == heads
        assert await journal.recall(LEDGER, once) == first._replace(repeated=True)
        assert isinstance(
            await journal.append(LEDGER, [proposed("suggestion/a")], {"suggestion/a": 0}), Conflict
        )
        second = await written(journal, "suggestion/a", 1)
        assert walk(LEDGER, await journal.fetch(LEDGER, 0, 10)) == Link(2, second.hash)


async def test_oversize(journal: Journal) -> None:
    """An entry of 65,535 bytes is taken; one byte more refuses its whole commit."""
    subject = "suggestion/a"
    await written(journal, subject)
    (small,) = await journal.fetch(LEDGER, 0, 1)
    link = len(',"prevhash":""') + 64  # which entry 1 has not
    room = MOST_BYTES - len(small) - link - len('"x":""')
    large, over = (proposed(subject, f'{{"x":"{"y" * size}"}}') for size in (room, room + 1))
    with pytest.raises(ValueError, match="65536"):
        await journal.append(LEDGER, [over], {subject: 1})
    with pytest.raises(ValueError, match="655"):
        await journal.append(LEDGER, [large, over], {subject: 1}, Once("s", "k", b"f"))
    assert isinstance(await journal.append(LEDGER, [large], {subject: 1}), Receipt)
    assert [len(entry) for entry in await journal.fetch(LEDGER, 1, 9)] == [MOST_BYTES]


@pytest.mark.parametrize("name", ["suggestion/\0", "suggestion/\ud800", "suggestion/\n"])
async def test_names_are_well_formed(journal: Journal, name: str) -> None:
    """Names and keys are printable, a ledger is service and congress, an append has entries."""
    entry = Proposed(name, proposed("suggestion/a").decided)
    for ledger, entries, once in (
        (LEDGER, [entry], None),
        (LEDGER, [proposed("suggestion/a")], Once("s", name)),
        (LEDGER, [], None),
        ("suggestions/../63", [proposed("suggestion/a")], None),
    ):
        with pytest.raises(ValueError, match="well-formed"):
            await journal.append(ledger, entries, {}, once)
    assert await journal.heads() == {}


async def test_recorded_time_never_goes_back(opened: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """`recordedtime` is never earlier than the entry before, also when the clock is set back."""
    times = [now() + dt.timedelta(seconds=step) for step in (0, 5, -3600, 9)]
    late = iter(times)
    async with opened(tmp_path, lambda: next(late)) as journal:
        recorded = [(await written(journal, f"suggestion/{n}")).recorded for n in range(4)]
    assert recorded[0] < recorded[1] == recorded[2] < recorded[3]
    async with opened(tmp_path, lambda: times[0]) as journal:
        assert (await written(journal, "suggestion/9")).recorded == recorded[3]


async def test_read_after(journal: Journal) -> None:
    """A stream is read in order, from after a version on; an unknown one is empty."""
    for version in range(3):
        await written(journal, "suggestion/a", version)
    await written(journal, "suggestion/b")
    entries = await journal.read(LEDGER, "suggestion/a", 1)
    assert [Entry(entry).sequence for entry in entries] == [2, 3]
    assert list(await journal.read(LEDGER, "suggestion/x")) == []
    assert list(await journal.read("suggestions/630299", "suggestion/a")) == []


async def test_fetch_limits(journal: Journal) -> None:
    """Fetch gives at most `limit` entries above `after`, however many that are."""
    many = [proposed(f"suggestion/{n}") for n in range(1_203)]
    await journal.append(LEDGER, many, {})
    for after, limit, first, count in (
        (0, 3, 1, 3),
        (2, 1_100, 3, 1_100),
        (1_000, 999, 1_001, 203),
    ):
        entries = await journal.fetch(LEDGER, after, limit)
        assert [Entry(e).sequence for e in entries] == list(range(first, first + count))
    assert list(await journal.fetch(LEDGER, 1_203, 5)) == []
    assert list(await journal.fetch(LEDGER, 0, 0)) == []


async def test_changed_wakes(journal: Journal) -> None:
    """Whoever waits for a change wakes after the next commit, and finds it published."""
    seen = await journal.changed(-1)
    waiting = asyncio.ensure_future(journal.changed(seen))
    await asyncio.sleep(0)
    assert not waiting.done()
    await written(journal, "suggestion/a")
    assert await waiting > seen
    assert (await journal.heads("suggestions/"))[LEDGER].sequence == 1
    assert await journal.heads("liaison/") == {}


async def test_mentions(journal: Journal) -> None:
    """A vault record that any entry names is spared; one that merely resembles it is not."""
    await journal.append(LEDGER, [proposed("suggestion/a", '{"text":{"record":"r1"}}')], {})
    await journal.append(LEDGER, [proposed("suggestion/b", '{"cites":["r22"]}')], {})
    assert await journal.mentions(["r1", "r2", "r22", "r3"]) == {"r1", "r22"}


async def test_full(opened: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """More waiting appends than the bound are refused at once; those taken are written."""
    async with opened(tmp_path, now, 3) as journal:
        appends = (written(journal, f"suggestion/{n}") for n in range(5))
        answers = await asyncio.gather(*appends, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Receipt] * 3 + [JournalFull] * 2
        assert (await journal.heads())[LEDGER].sequence == 3


async def test_no_reading_past_the_border(journal: Journal) -> None:
    """However far `after` is, a ledger's reader never comes into another ledger."""
    await journal.append(LEDGER, [proposed("suggestion/a")], {})
    await journal.append("suggestions/630202", [proposed("suggestion/a")], {})
    for after in (2**32 - 1, 2**32, 2**33, 9_999_999_999):
        assert list(await journal.fetch(LEDGER, after, 1_000)) == []
        assert list(await journal.read(LEDGER, "suggestion/a", after)) == []
