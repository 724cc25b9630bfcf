"""What all notes promise, whatever they are kept in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from events.notary.port import Notes, Seen, nothing
from tests.distributed.databases import DRIVERS
from tests.events.notes import ORIGIN, a_checkpoint, mongo, sqlite

Opener = Callable[[Path], AbstractAsyncContextManager[Notes]]
TILE = b"t" * 8_192


@pytest.fixture(params=("sqlite", *DRIVERS))
def opened(request: pytest.FixtureRequest) -> Opener:
    """Give every adapter in turn, to be opened by the test."""
    if request.param == "sqlite":
        return sqlite
    return partial(mongo, request.getfixturevalue("databases"), request.param)


@pytest.fixture
async def notes(opened: Opener, tmp_path: Path) -> AsyncIterator[Notes]:
    """Give empty notes of every adapter in turn."""
    async with opened(tmp_path) as notes:
        yield notes


async def test_nothing_is_kept_at_first(notes: Notes) -> None:
    """No origin, no tile."""
    assert await notes.get(ORIGIN) is None
    assert await notes.all() == []
    assert await notes.tiles(ORIGIN, [(0, 0)]) == {}
    assert await notes.tiles(ORIGIN, []) == {}


async def test_what_was_put_is_there_after_a_restart(opened: Opener, tmp_path: Path) -> None:
    """A checkpoint with all that belongs to it, and its tiles under their addresses only."""
    async with opened(tmp_path) as notes:
        assert await notes.put(a_checkpoint(300), {(0, 0): TILE}, 0)
    async with opened(tmp_path) as notes:
        found = await notes.get(ORIGIN)
        assert found
        assert (found.signed, found.cosigned, found.seen, found.refused) == (a_checkpoint(300), "", (), None)
        assert await notes.tiles(ORIGIN, [(0, 0), (0, 1), (1, 0)]) == {(0, 0): TILE}
        assert await notes.tiles(f"{ORIGIN}2", [(0, 0)]) == {}


async def test_only_what_goes_on_from_the_last_is_kept(notes: Notes) -> None:
    """The size is compared and set: an older signer changes nothing, nor one who never saw the first."""
    assert not await notes.put(a_checkpoint(5), {}, 4)
    assert await notes.put(a_checkpoint(5), {}, 0)
    assert not await notes.put(a_checkpoint(7, "other"), {}, 0)
    assert await notes.put(a_checkpoint(7), {}, 5)
    assert not await notes.put(a_checkpoint(6), {}, 5)
    found = await notes.get(ORIGIN)
    assert found
    assert found.signed == a_checkpoint(7)


async def test_of_many_at_once_one_is_kept(notes: Notes) -> None:
    """Twenty go on from the same checkpoint."""
    await notes.put(a_checkpoint(1), {}, 0)
    answers = await asyncio.gather(*(notes.put(a_checkpoint(2, str(each)), {}, 1) for each in range(20)))
    assert answers.count(True) == 1
    found = await notes.get(ORIGIN)
    assert found
    assert found.signed.note == f"{answers.index(True)} 2"


async def test_of_many_first_ones_one_is_kept(notes: Notes) -> None:
    """Twenty sign an origin for the first time."""
    answers = await asyncio.gather(*(notes.put(a_checkpoint(3, str(each)), {}, 0) for each in range(20)))
    assert answers.count(True) == 1


async def test_cosignatures_never_go_back(notes: Notes) -> None:
    """What witnesses saw of an older checkpoint does not replace what they saw since."""
    seen = [Seen("w", "w+1+k", 5, 1_700_000_000)]
    await notes.put(a_checkpoint(5), {}, 0)
    await notes.cosign(ORIGIN, "seen 5", 5, seen)
    await notes.cosign(ORIGIN, "seen 4", 4, [])
    found = await notes.get(ORIGIN)
    assert found
    assert (found.cosigned, found.cosigned_size, found.seen) == ("seen 5", 5, tuple(seen))
    await notes.put(a_checkpoint(9), {}, 5)
    found = await notes.get(ORIGIN)
    assert found
    assert (found.cosigned_size, found.signed.size) == (5, 9)


async def test_a_refused_origin_takes_nothing_until_an_operator_has_looked(
    opened: Opener, tmp_path: Path
) -> None:
    """Also after a restart, and also when it was never signed."""
    async with opened(tmp_path) as notes:
        await notes.put(a_checkpoint(5), {}, 0)
        await notes.refuse(ORIGIN, "entry 3")
        await notes.refuse("house/liaison/630200", "entry 1")
    async with opened(tmp_path) as notes:
        assert not await notes.put(a_checkpoint(6), {}, 5)
        assert [(each.signed.origin, each.refused) for each in await notes.all()] == [
            ("house/liaison/630200", "entry 1"), (ORIGIN, "entry 3"),
        ]  # fmt: skip
        fresh = await notes.get("house/liaison/630200")
        assert fresh
        assert fresh.signed == nothing("house/liaison/630200").signed
        await notes.refuse(ORIGIN, None)
        assert await notes.put(a_checkpoint(6), {}, 5)


async def test_the_same_tree_is_kept_under_other_keys(notes: Notes) -> None:
    """Of the same size, by who saw that size; what witnesses saw of it stays."""
    seen = [Seen("w", "w+1+k", 5, 1_700_000_000)]
    await notes.put(a_checkpoint(5), {(0, 0): TILE}, 0)
    await notes.cosign(ORIGIN, "seen 5", 5, seen)
    assert not await notes.put(a_checkpoint(4, "anew"), {}, 4)
    assert await notes.put(a_checkpoint(5, "anew"), {}, 5)
    found = await notes.get(ORIGIN)
    assert found
    assert (found.signed, found.cosigned, found.seen) == (a_checkpoint(5, "anew"), "seen 5", tuple(seen))
    assert await notes.tiles(ORIGIN, [(0, 0)]) == {(0, 0): TILE}
