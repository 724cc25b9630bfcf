"""The vault on MongoDB where several processes and lost answers meet."""

from pathlib import Path

import pytest

from events.drivers.motor import Driver
from events.vault.port import OwnerErased, VaultBusy
from tests.distributed.databases import DRIVERS, Databases
from tests.distributed.planting import before, lost
from tests.events.test_vault_contract import ANNA, HERE, PLAIN, Opener, kept, mongo, names


@pytest.fixture(params=DRIVERS)
def opened(request: pytest.FixtureRequest, databases: Databases) -> Opener:
    """Give the adapter with either driver."""
    return mongo(databases, request.param)


async def stored(databases: Databases, folder: Path, part: str, collection: str) -> int:
    """Count what lies in a collection, whatever it is."""
    driver: Driver = "pymongo"
    database = await databases.open(folder, part, driver)
    try:
        return await database.collection(collection).count({})
    finally:
        await database.close()


@pytest.mark.parametrize("collection", ["owners", "records"])
async def test_a_lost_answer_is_asked_for_again(
    opened: Opener, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collection: str
) -> None:
    """Where the connection breaks after the write, key and record are there exactly once."""
    happened = lost(monkeypatch, "insert_many", collection)
    async with opened(tmp_path) as vault:
        sealed = await kept(vault, ANNA, "a", "b")
        assert happened == [collection]
        assert len(await vault.open(HERE, names(sealed))) == 2
    assert await stored(databases, tmp_path, "keys", "owners") == 1
    assert await stored(databases, tmp_path, "vault", "records") == 2


async def test_no_answer_is_busy(opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that never answers is a busy vault; what it has written all the same is kept once."""
    happened = lost(monkeypatch, "insert_many", "records", times=3)
    async with opened(tmp_path) as vault:
        sealed = await vault.seal(HERE, ANNA, [(b"a", PLAIN)])
        with pytest.raises(VaultBusy):
            await vault.keep(sealed)
        assert len(happened) == 3
        await vault.keep(sealed)
        assert await vault.erase(HERE, ANNA) == 1


async def test_erased_between_key_and_record(
    opened: Opener, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who keeps while another erases is told so, and leaves no ciphertext behind."""
    async with opened(tmp_path) as vault, opened(tmp_path) as other:
        sealed = await vault.seal(HERE, ANNA, [(b"a", PLAIN)])
        before(monkeypatch, "insert_many", "records", lambda: other.erase(HERE, ANNA))
        with pytest.raises(OwnerErased):
            await vault.keep(sealed)
    assert await stored(databases, tmp_path, "vault", "records") == 0


async def test_discarded_between_key_and_record(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that a sweeper takes away between it and its record is put again."""
    async with opened(tmp_path) as vault, opened(tmp_path) as other:
        old = [(HERE, one) for one in names(await kept(vault, ANNA, "old"))]
        before(monkeypatch, "insert_many", "records", lambda: other.discard(old))
        sealed = await kept(vault, ANNA, "new")
        assert len(await other.open(HERE, names(sealed))) == 1


async def test_kept_while_its_key_is_discarded(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweeper that saw no other record drops no key that somebody has used since."""
    async with opened(tmp_path) as vault, opened(tmp_path) as other:
        old = [(HERE, one) for one in names(await kept(vault, ANNA, "old"))]
        sealed = await vault.seal(HERE, ANNA, [(b"new", PLAIN)])
        before(monkeypatch, "delete_many", "owners", lambda: vault.keep(sealed))
        await other.discard(old)
        assert list(await other.open(HERE, [old[0][1], *names(sealed)])) == names(sealed)
