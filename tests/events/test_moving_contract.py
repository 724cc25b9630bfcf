"""What every journal promises to those who carry ledgers between houses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest

from events.catalogue.envelope import decided
from events.journal.moving import KeyRow, LedgerClosed, LedgerFaulty, LedgerPresent, MovingJournal
from events.journal.port import Head, Journal, KeyReused, Once, Proposed, Receipt
from tests.events.world import JOURNALS, LEDGER, mongo, now, proposed, sqlite, written

OTHER = "suggestions/630202"


class Carrier(Journal, MovingJournal, Protocol):
    """A journal with both of its ports."""


Opening = Callable[[Path], AbstractAsyncContextManager[Carrier]]


@pytest.fixture(params=JOURNALS)
def opened(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - one adapter takes no database
    """Give every adapter in turn, to be opened by the test."""
    if request.param == "sqlite":
        return sqlite
    return partial(mongo, request.getfixturevalue("databases"), request.param)


@pytest.fixture
async def journal(opened: Opening, tmp_path: Path) -> AsyncIterator[Carrier]:
    """Give an empty journal of every adapter in turn."""
    async with opened(tmp_path / "here") as journal:
        yield journal


@pytest.fixture
async def elsewhere(opened: Opening, tmp_path: Path) -> AsyncIterator[Carrier]:
    """Give another one, in which a ledger has lived."""
    async with opened(tmp_path / "there") as journal:
        for number in range(3):
            await written(journal, f"suggestion/{number}", key=f"key-{number}")
        await journal.append(LEDGER, [proposed("suggestion/0"), proposed("numbering/3-7")], {})
        yield journal


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    """Make the folders in which they live."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()


async def carried(journal: Carrier, ledger: str = LEDGER) -> tuple[Sequence[bytes], Sequence[KeyRow], Head]:
    """Give what of a ledger goes to another house."""
    return (
        await journal.fetch(ledger, 0, 10_000),
        await journal.key_rows(ledger),
        (await journal.heads())[ledger],
    )


def reacting(subject: str, cause: str) -> Proposed:
    """Propose an entry as a reaction writes it."""
    return Proposed(subject, decided(
        type="suggestion.drafted.v1", subject=subject, time=now(), congress="630200",
        actor="reaction/draft", correlationid="c", causationid=cause, dataschema="/schemas/x", data=b"{}",
    ))  # fmt: skip


async def test_a_ledger_is_taken_over_as_it_is(journal: Carrier, elsewhere: Carrier) -> None:
    """Same bytes, same head, same streams; keys answer with the receipts of the first time."""
    entries, keys, head = await carried(elsewhere)
    seen = await journal.changed(-1)
    await journal.adopt(LEDGER, iter(entries), keys, head)
    assert await carried(journal) == (entries, keys, head)
    assert await journal.changed(seen) > seen
    assert await journal.read(LEDGER, "suggestion/0") == await elsewhere.read(LEDGER, "suggestion/0")
    for number in range(3):
        once = Once("deputy/1f0c submit", f"key-{number}", b"same")
        assert await journal.recall(LEDGER, once) == await elsewhere.recall(LEDGER, once)
    assert await written(journal, "suggestion/1", key="key-1") == await written(
        elsewhere, "suggestion/1", key="key-1"
    )
    assert (await written(journal, "suggestion/1", 2)).first == 6
    assert (await written(journal, "suggestion/0", 4)).first == 7


async def test_what_was_taken_over_stands(opened: Opening, elsewhere: Carrier, tmp_path: Path) -> None:
    """Opened again, the journal has it still, and the marks too."""
    entries, keys, head = await carried(elsewhere)
    async with opened(tmp_path / "here") as journal:
        await journal.mark([LEDGER, OTHER], "arriving")
        await journal.adopt(LEDGER, iter(entries), keys, head)
        await journal.mark([LEDGER], "copied")
    async with opened(tmp_path / "here") as journal:
        assert await carried(journal) == (entries, keys, head)
        assert await journal.marks() == {LEDGER: "copied", OTHER: "arriving"}
        with pytest.raises(LedgerClosed) as closed:
            await written(journal, "suggestion/9")
        assert (closed.value.ledger, closed.value.why, closed.value.head) == (LEDGER, "copied", head)


@pytest.mark.parametrize("changed", range(5))
async def test_a_changed_entry_is_found(journal: Carrier, elsewhere: Carrier, changed: int) -> None:
    """The chain breaks behind a changed entry, or at the head; nothing is written."""
    entries, keys, head = await carried(elsewhere)
    forged = [raw.replace(b"1f0c", b"2f0c") if n == changed else raw for n, raw in enumerate(entries)]
    assert forged != entries
    with pytest.raises(LedgerFaulty) as faulty:
        await journal.adopt(LEDGER, iter(forged), keys, head)
    assert faulty.value.fault.sequence == min(changed + 2, 5)
    assert (await journal.heads(), await journal.key_rows(LEDGER)) == ({}, [])
    assert await journal.fetch(LEDGER, 0, 10) == []
    await journal.adopt(LEDGER, iter(entries), keys, head)


async def test_what_is_not_whole_is_refused_where_it_ends(journal: Carrier, elsewhere: Carrier) -> None:
    """A missing, doubled, foreign, oversized or unreadable entry, more or fewer than told."""
    entries, keys, head = await carried(elsewhere)
    cases = [
        ([*entries[:2], *entries[3:]], 3), ([*entries[:2], *entries[1:]], 3), (entries[:4], 5),
        ([], 1), ([*entries, entries[0]], 6), ([*entries[:3], b"x" * 65_536, entries[4]], 4),
        ([b"no entry", *entries[1:]], 1), ([entries[0], b"", *entries[2:]], 2),
    ]  # fmt: skip
    for forged, place in cases:
        with pytest.raises(LedgerFaulty) as faulty:
            await journal.adopt(LEDGER, iter(forged), keys, head)
        assert faulty.value.fault.sequence == place
    with pytest.raises(LedgerFaulty):
        await journal.adopt(OTHER, iter(entries), keys, head)
    with pytest.raises(ValueError, match="names entry 5"):
        await journal.adopt(LEDGER, iter(entries), [KeyRow("s", "k", None, 5, 2)], head)
    assert await journal.heads() == {}


async def test_only_what_is_absent_is_taken_over(journal: Carrier, elsewhere: Carrier) -> None:
    """A ledger that lives here is left alone; a copy may be taken over again, and gets missing keys."""
    entries, keys, head = await carried(elsewhere)
    await journal.adopt(LEDGER, iter(entries), [], head)
    with pytest.raises(LedgerPresent):
        await journal.adopt(LEDGER, iter(entries), keys, head)
    await journal.mark([LEDGER], "copied")
    await journal.adopt(LEDGER, iter(entries), keys, head)
    assert await carried(journal) == (entries, keys, head)
    await written(elsewhere, "suggestion/7")
    with pytest.raises(LedgerPresent):
        await journal.adopt(LEDGER, *(await carried(elsewhere)))
    assert (await journal.heads())[LEDGER] == head


async def test_a_marked_ledger_takes_nothing_new(journal: Carrier) -> None:
    """Appends are refused with the head, others are not, and an old key has its old answer."""
    first = await written(journal, "suggestion/a", key="k")
    await journal.mark([LEDGER, "liaison/630200"], "moved")
    head = Head(first.last, first.hash)
    with pytest.raises(LedgerClosed) as closed:
        await written(journal, "suggestion/b")
    assert (closed.value.why, closed.value.head) == ("moved", head)
    with pytest.raises(LedgerClosed) as absent:
        await journal.append("liaison/630200", [proposed("station/a")], {})
    assert absent.value.head == Head(0, "")
    assert (await written(journal, "suggestion/a", key="k"))._replace(repeated=False) == first
    other = Once("deputy/1f0c submit", "k", b"other")
    assert await journal.append(LEDGER, [proposed("suggestion/a")], {}, other) == KeyReused()
    assert await journal.heads() == {LEDGER: head}
    await journal.mark([LEDGER], None)
    assert await journal.marks() == {"liaison/630200": "moved"}
    assert (await written(journal, "suggestion/b")).first == 2


async def test_marks_come_between_commits(journal: Carrier) -> None:
    """Of appends that meet a mark each is written or refused, and the head told is the last."""
    await written(journal, "suggestion/a")

    async def one(number: int) -> Receipt | LedgerClosed:
        try:
            return await written(journal, f"suggestion/{number}")
        except LedgerClosed as closed:
            return closed

    tasks = [asyncio.ensure_future(one(number)) for number in range(50)]
    await asyncio.sleep(0)
    await journal.mark([LEDGER], "moved")
    tasks += [asyncio.ensure_future(one(number)) for number in range(50, 60)]
    others = [journal.append(OTHER, [proposed(f"suggestion/{n}")], {}) for n in range(9)]
    answers, _ = await asyncio.gather(asyncio.gather(*tasks), asyncio.gather(*others))
    refused = [each for each in answers if isinstance(each, LedgerClosed)]
    head = (await journal.heads())[LEDGER]
    ours = [each for each in answers if isinstance(each, Receipt)]
    assert len(ours) + len(refused) == 60
    assert len(refused) >= 10
    assert {each.head for each in refused} == {head}
    assert head.sequence == len(ours) + 1
    assert (await journal.heads())[OTHER].sequence == 9


async def test_a_reaction_meets_its_key_in_the_entries(journal: Carrier, elsewhere: Carrier) -> None:
    """A ledger taken over without its keys refuses what its reactions have done already."""
    await elsewhere.append(LEDGER, [reacting("suggestion/new", "liaison/630200/4")], {"suggestion/new": 0})
    await elsewhere.append(LEDGER, [reacting("suggestion/0", "liaison/630200/5")], {})
    entries, _, head = await carried(elsewhere)
    await journal.adopt(LEDGER, iter(entries), [], head)
    for cause, target, place in (
        ("liaison/630200/4", "suggestion", 6),
        ("liaison/630200/4", "suggestion/new", 6),
        ("liaison/630200/5", "suggestion/0", 7),
    ):
        once = Once("reaction/draft", f"{cause} {target}")
        answer = await journal.append(LEDGER, [reacting("suggestion/again", cause)], {}, once)
        assert isinstance(answer, Receipt)
        assert (answer.first, answer.last, answer.repeated) == (place, place, True)
    assert await journal.recall(LEDGER, Once("reaction/draft", "liaison/630200/5 suggestion")) is None
    assert await journal.recall(LEDGER, Once("reaction/other", "liaison/630200/4 suggestion")) is None
    assert (await journal.heads())[LEDGER] == head


@pytest.mark.parametrize("count", [500, 501, 1_001])
async def test_a_large_ledger(journal: Carrier, elsewhere: Carrier, count: int) -> None:
    """Any number of entries goes over, in chunks that nobody sees."""
    more = [proposed(f"suggestion/{n}") for n in range(count - 5)]
    await elsewhere.append(LEDGER, more, {})
    entries, keys, head = await carried(elsewhere)
    assert len(entries) == count
    await journal.adopt(LEDGER, iter(entries), keys, head)
    assert await carried(journal) == (entries, keys, head)


async def test_names_are_well_formed(journal: Carrier) -> None:
    """What cannot be a ledger is neither marked nor taken over."""
    with pytest.raises(ValueError, match="named"):
        await journal.mark(["nowhere"], "moved")
    with pytest.raises(ValueError, match="named"):
        await journal.adopt("nowhere", iter(()), [], Head(0, ""))
