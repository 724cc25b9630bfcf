"""What every vault promises to those who carry a congress between houses."""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from events.drivers.motor import Driver
from events.vault.mongo import MongoVault
from events.vault.moving import Kept, MovingVault, Owner
from events.vault.port import KeyTaken, OwnerErased, Vault
from events.vault.sqlite import SqliteVault
from tests.distributed.databases import DRIVERS, Databases
from tests.distributed.planting import before

HERE, ELSEWHERE = "630200", "630222"
ANNA, BAO = "person/anna", "opinion/bao"
NOON = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)


class Carrier(Vault, MovingVault, Protocol):
    """A vault with both of its ports."""


Opening = Callable[[Path, bytes], AbstractAsyncContextManager[Carrier]]


@asynccontextmanager
async def sqlite(folder: Path, master: bytes) -> AsyncIterator[Carrier]:
    """Open the SQLite vault of a folder, close it afterwards."""
    folder.mkdir(exist_ok=True)
    vault = SqliteVault(folder / "vault.db", folder / "keys.db", master, lambda: NOON)
    try:
        yield vault
    finally:
        await vault.close()


@asynccontextmanager
async def mongo(databases: Databases, driver: Driver, folder: Path, master: bytes) -> AsyncIterator[Carrier]:
    """Open the MongoDB vault that belongs to a folder, close it afterwards."""
    folder.mkdir(exist_ok=True)
    records, keys = [await databases.open(folder, name, driver) for name in ("vault", "keys")]
    vault = await MongoVault.unlock(records, keys, master, lambda: NOON)
    try:
        yield vault
    finally:
        await vault.close()


@pytest.fixture(params=("sqlite", *DRIVERS))
def opened(request: pytest.FixtureRequest) -> Opening:
    """Give every adapter in turn; each opens the vault that lives in a folder."""
    if request.param == "sqlite":
        return sqlite
    return partial(mongo, request.getfixturevalue("databases"), request.param)


@pytest.fixture
async def vaults(opened: Opening, tmp_path: Path) -> AsyncIterator[tuple[Carrier, Carrier]]:
    """Give the vault of this house and of another one, under another master key."""
    async with opened(tmp_path / "a", b"a" * 32) as here, opened(tmp_path / "b", b"b" * 32) as there:
        yield here, there


async def kept(vault: Vault, owner: str, *texts: str, congress: str = HERE) -> Sequence[str]:
    """Keep texts of an owner; give their records."""
    sealed = await vault.seal(congress, owner, [(text.encode(), "text/plain") for text in texts])
    await vault.keep(sealed)
    return [each.reference.record for each in sealed]


async def everything(vault: Carrier, page: int = 500) -> list[Kept]:
    """Give all records of the congress, by pages."""
    found, after = list[Kept](), ""
    while some := await vault.records(HERE, after, page):
        assert len(some) <= page
        found += some
        after = some[-1].record
    return found


async def test_words_open_in_the_other_house(vaults: tuple[Carrier, Carrier]) -> None:
    """Same plaintext, media type and commitment key, under another master key; taken over twice is once."""
    here, there = vaults
    records = [*await kept(here, ANNA, "安娜", "139"), *await kept(here, BAO, "路灯坏了")]
    await kept(here, "person/far", "elsewhere", congress=ELSEWHERE)
    assert [each.record for each in await everything(here, 2)] == sorted(records)
    for _ in range(2):
        await there.adopt(HERE, await here.owners(HERE), iter(await everything(here)))
    assert await there.open(HERE, records) == await here.open(HERE, records)
    assert (await there.owners(HERE), await everything(there)) == (
        await here.owners(HERE),
        await everything(here),
    )
    assert await there.owners(ELSEWHERE) == []
    (more,) = await kept(there, ANNA, "new")
    assert (await there.open(HERE, [more]))[more].plaintext == b"new"


async def test_who_was_erased_stays_erased(vaults: tuple[Carrier, Carrier]) -> None:
    """Neither an erasure there nor one here is undone by taking over."""
    here, there = vaults
    (first,), (second,) = await kept(here, ANNA, "安娜"), await kept(here, BAO, "路灯坏了")
    owners, records = await here.owners(HERE), await everything(here)
    await here.erase(HERE, ANNA)
    assert [one.owner for one in await here.owners(HERE) if one.erased] == [ANNA]
    await there.adopt(HERE, await here.owners(HERE), iter(records))
    assert list(await there.open(HERE, [first, second])) == [second]
    await there.erase(HERE, BAO)
    await there.adopt(HERE, [one for one in owners if one.owner == BAO], iter(records))
    assert (await there.open(HERE, [first, second]), await everything(there)) == ({}, [])
    for owner in (ANNA, BAO):
        with pytest.raises(OwnerErased):
            await there.seal(HERE, owner, [(b"x", "text/plain")])


async def test_another_key_is_not_replaced(vaults: tuple[Carrier, Carrier]) -> None:
    """An owner who has a key here keeps it, and nothing is taken over."""
    here, there = vaults
    await kept(here, BAO, "路灯坏了")
    (first,), (own,) = await kept(here, ANNA, "安娜"), await kept(there, ANNA, "另一个安娜")
    with pytest.raises(KeyTaken):
        await there.adopt(HERE, await here.owners(HERE), iter(await everything(here)))
    assert [one.owner for one in await there.owners(HERE)] == [ANNA]
    assert list(await there.open(HERE, [first, own])) == [own]


async def test_the_secret_goes_along(vaults: tuple[Carrier, Carrier]) -> None:
    """Receipt codes hang on it: it replaces one that was made here for nobody."""
    here, there = vaults
    assert await here.secret(HERE) != await there.secret(HERE)
    await there.adopt_secret(HERE, await here.secret(HERE))
    assert await there.secret(HERE) == await here.secret(HERE)
    assert await there.secret(ELSEWHERE) != await here.secret(ELSEWHERE)


async def test_many_owners(vaults: tuple[Carrier, Carrier]) -> None:
    """Any number goes over, in chunks that nobody sees."""
    _, there = vaults
    owners = [Owner(f"person/{n:04}", bytes([n % 256]) * 32, None) for n in range(1_001)]
    await there.adopt(HERE, owners, iter(()))
    assert await there.owners(HERE) == owners


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_key_that_is_swept_meanwhile_is_put_again(
    monkeypatch: pytest.MonkeyPatch, databases: Databases, driver: Driver, tmp_path: Path
) -> None:
    """Another process that finds a key without records takes none of the words that just come."""
    folder, far = tmp_path / "here", tmp_path / "far"
    async with (
        mongo(databases, driver, far, b"f" * 32) as source,
        mongo(databases, driver, folder, b"h" * 32) as here,
        mongo(databases, driver, folder, b"h" * 32) as other,
    ):
        (orphan,), (words,) = await kept(source, ANNA, "orphan"), await kept(source, ANNA, "安娜")
        owners, records = await source.owners(HERE), {each.record: each for each in await everything(source)}
        await here.adopt(HERE, owners, [records[orphan]])

        async def swept() -> None:
            await other.discard([(HERE, orphan)])

        before(monkeypatch, "insert_many", "records", swept)
        await here.adopt(HERE, owners, [records[words]])
        assert list(await other.open(HERE, [orphan, words])) == [words]
