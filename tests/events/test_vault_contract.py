"""What every vault promises, whatever it is kept in."""

import asyncio
import datetime as dt
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from events.catalogue.vocabulary import Reference
from events.drivers import apsw
from events.drivers.motor import Driver
from events.vault.mongo import MongoVault
from events.vault.port import KeyTaken, OwnerErased, Sealed, Vault, VaultCorrupt, WrongMasterKey
from events.vault.sqlite import SqliteVault
from tests.distributed.databases import DRIVERS, Databases

MASTER = bytes(range(32))
HERE, ELSEWHERE = "630200", "630222"
ANNA, BAO = "person/anna", "opinion/bao"
NOON = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
PLAIN = "text/plain; charset=utf-8"


class Opener(Protocol):
    """Opens the vault that lives in a folder: the same folder is the same vault."""

    def __call__(
        self, folder: Path, master: bytes = MASTER, now: dt.datetime = NOON
    ) -> AbstractAsyncContextManager[Vault]: ...


@asynccontextmanager
async def sqlite(folder: Path, master: bytes = MASTER, now: dt.datetime = NOON) -> AsyncIterator[Vault]:
    """Open the SQLite vault of a folder, close it afterwards."""
    vault = SqliteVault(folder / "vault.db", folder / "keys.db", master, lambda: now)
    try:
        yield vault
    finally:
        await vault.close()


def mongo(databases: Databases, driver: Driver) -> Opener:
    """Give what opens the MongoDB vault of a folder, and closes it afterwards."""

    @asynccontextmanager
    async def opened(folder: Path, master: bytes = MASTER, now: dt.datetime = NOON) -> AsyncIterator[Vault]:
        records, keys = [await databases.open(folder, part, driver) for part in ("vault", "keys")]
        vault = await MongoVault.unlock(records, keys, master, lambda: now)
        try:
            yield vault
        finally:
            await vault.close()

    return opened


@pytest.fixture(params=("sqlite", *DRIVERS))
def opened(request: pytest.FixtureRequest) -> Opener:
    """Give every adapter in turn, to be opened by the test."""
    if request.param == "sqlite":
        return sqlite
    return mongo(request.getfixturevalue("databases"), request.param)


@pytest.fixture
async def vault(opened: Opener, tmp_path: Path) -> AsyncIterator[Vault]:
    """Give an empty vault of every adapter in turn."""
    async with opened(tmp_path) as vault:
        yield vault


async def kept(vault: Vault, owner: str, *texts: str, congress: str = HERE) -> Sequence[Sealed]:
    """Seal and keep texts."""
    sealed = await vault.seal(congress, owner, [(text.encode(), PLAIN) for text in texts])
    await vault.keep(sealed)
    return sealed


def names(sealed: Sequence[Sealed]) -> list[str]:
    """Give the records' ids."""
    return [one.reference.record for one in sealed]


async def test_opened_is_what_was_sealed(vault: Vault) -> None:
    """Many records open in one call, byte for byte, each with its media type."""
    texts = [("路灯坏了".encode(), PLAIN), (bytes(range(256)) * 300, "image/png"), (b"", PLAIN)]
    sealed = await vault.seal(HERE, ANNA, texts)
    await vault.keep(sealed)
    found = await vault.open(HERE, [*names(sealed), "unknown"])
    assert [(found[one].plaintext, found[one].media_type) for one in names(sealed)] == texts
    assert len(found) == 3


async def test_reference_holds(vault: Vault) -> None:
    """Who holds a record and its key recomputes both digests of the reference."""
    (sealed,) = await kept(vault, ANNA, "路灯坏了")
    one = (await vault.open(HERE, names([sealed])))[sealed.reference.record]
    assert sealed.reference == Reference(
        record=sealed.reference.record,
        ciphertext=hashlib.sha256(sealed.nonce_and_ciphertext).hexdigest(),
        commitment=hmac.digest(one.commitment_key(), one.plaintext, "sha256").hex(),
    )


async def test_no_two_seals_are_alike(vault: Vault) -> None:
    """The same words sealed twice share neither id, nor ciphertext, nor commitment."""
    one, other = await vault.seal(HERE, ANNA, [(b"same", PLAIN)] * 2)
    assert not set(one.reference.model_dump().values()) & set(other.reference.model_dump().values())


async def test_sealing_leaves_nothing(vault: Vault, opened: Opener, tmp_path: Path) -> None:
    """What was sealed and not kept is not there, and hinders nobody."""
    (sealed,) = await vault.seal(HERE, ANNA, [(b"refused", PLAIN)])
    assert not await vault.open(HERE, names([sealed]))
    async with opened(tmp_path) as other:
        await kept(other, ANNA, "accepted")


async def test_kept_twice_is_once(vault: Vault) -> None:
    """Keeping again changes nothing."""
    sealed = await kept(vault, ANNA, "once")
    await vault.keep(sealed)
    await vault.keep([])
    assert list(await vault.open(HERE, names(sealed))) == names(sealed)
    assert await vault.erase(HERE, ANNA) == 1


async def test_first_seals_at_once(vault: Vault) -> None:
    """Commands that meet at an owner without a key seal under the same one; all open."""
    many = await asyncio.gather(*(kept(vault, ANNA, str(n)) for n in range(200)))
    found = await vault.open(HERE, [record for sealed in many for record in names(sealed)])
    assert sorted(int(one.plaintext) for one in found.values()) == list(range(200))


async def test_key_taken(vault: Vault, opened: Opener, tmp_path: Path) -> None:
    """Of two processes that make an owner's key one is first; the other seals again."""
    async with opened(tmp_path) as other:
        late = await other.seal(HERE, ANNA, [(b"late", PLAIN)])
        first = await kept(vault, ANNA, "first")
        with pytest.raises(KeyTaken):
            await other.keep(late)
        second = await kept(other, ANNA, "again")
        assert not await vault.open(HERE, names(late))
        assert len(await vault.open(HERE, names([*first, *second]))) == 2


async def test_congresses_are_apart(vault: Vault) -> None:
    """A record is found, and an owner erased, in one congress only."""
    here, there = await kept(vault, ANNA, "a"), await kept(vault, ANNA, "b", congress=ELSEWHERE)
    assert not await vault.open(ELSEWHERE, names(here))
    await vault.erase(HERE, ANNA)
    assert len(await vault.open(ELSEWHERE, names(there))) == 1


async def test_erased_for_ever(vault: Vault, opened: Opener, tmp_path: Path) -> None:
    """An erased owner's records do not open, and nothing is sealed for him; others live on."""
    gone, stays = await kept(vault, ANNA, "a", "b"), await kept(vault, BAO, "c")
    assert await vault.erase(HERE, ANNA) == 2
    assert await vault.erase(HERE, ANNA) == 0
    async with opened(tmp_path) as later:
        for one in (vault, later):
            assert list(await one.open(HERE, names([*gone, *stays]))) == names(stays)
            with pytest.raises(OwnerErased):
                await one.seal(HERE, ANNA, [(b"x", PLAIN)])
            with pytest.raises(OwnerErased):
                await one.keep(gone)


async def test_erased_meanwhile(vault: Vault) -> None:
    """What was sealed before an erasure cannot be kept after it, even for a new owner."""
    sealed = await vault.seal(HERE, ANNA, [(b"x", PLAIN)])
    assert await vault.erase(HERE, ANNA) == 0
    with pytest.raises(OwnerErased):
        await vault.keep(sealed)


async def test_reopened(opened: Opener, tmp_path: Path) -> None:
    """What was kept, and the congress's secret, outlive the process."""
    async with opened(tmp_path) as vault:
        sealed = await kept(vault, ANNA, "路灯坏了")
        secret = await vault.secret(HERE)
    async with opened(tmp_path) as vault:
        sealed = [*sealed, *await kept(vault, ANNA, "修好了")]
        found = await vault.open(HERE, names(sealed))
        assert [found[one].plaintext.decode() for one in names(sealed)] == ["路灯坏了", "修好了"]
        assert secret == await vault.secret(HERE)


async def test_secrets(vault: Vault) -> None:
    """A congress has one secret of 32 bytes, its own, whoever asks first."""
    asked = await asyncio.gather(*(vault.secret(HERE) for _ in range(20)))
    assert len(set(asked)) == 1
    assert len(asked[0]) == 32
    assert asked[0] != await vault.secret(ELSEWHERE)


async def test_wrong_master_key(opened: Opener, tmp_path: Path) -> None:
    """Another master key is refused at the door; a key of another length too."""
    async with opened(tmp_path) as vault:
        sealed = await kept(vault, ANNA, "a")
    with pytest.raises(WrongMasterKey, match="another master key"):
        async with opened(tmp_path, MASTER[::-1]):
            pass
    with pytest.raises(ValueError, match="31 bytes"):
        async with opened(tmp_path, MASTER[1:]):
            pass
    async with opened(tmp_path) as vault:
        assert await vault.open(HERE, names(sealed))


async def test_tampered_is_detected(vault: Vault) -> None:
    """A record with one bit turned, cut short, or of another media type is not opened."""
    (one,) = await vault.seal(HERE, ANNA, [(b"the words", PLAIN)])
    body = one.nonce_and_ciphertext
    turned = replace(one, nonce_and_ciphertext=body[:-1] + bytes([body[-1] ^ 1]))
    for forged in (
        turned,
        replace(one, nonce_and_ciphertext=body[:9]),
        replace(one, media_type=""),
    ):
        name = f"forged-{len(forged.nonce_and_ciphertext)}-{len(forged.media_type)}"
        reference = forged.reference.model_copy(update={"record": name})
        await vault.keep([replace(forged, reference=reference)])
        with pytest.raises(VaultCorrupt):
            await vault.open(HERE, [name])


async def test_sweeping(opened: Opener, tmp_path: Path) -> None:
    """A sweeper sees what was kept in a span of time; what it discards takes idle keys along."""
    async with opened(tmp_path, now=NOON) as vault:
        old, named = await kept(vault, ANNA, "old"), await kept(vault, BAO, "named")
    async with opened(tmp_path, now=NOON + dt.timedelta(days=2)) as vault:
        new = await kept(vault, BAO, "new")
        seen = await vault.orphans("2025-03-02T00:00:00.000000Z")
        assert sorted(seen) == sorted((HERE, one) for one in names([*old, *named]))
        later = await vault.orphans("2025-03-09", after="2025-03-02")
        assert later == [(HERE, one) for one in names(new)]
        await vault.discard([(HERE, one) for one in names(old)])
        assert sorted(await vault.open(HERE, names([*old, *named, *new]))) == sorted(names([*named, *new]))
        again = await kept(vault, ANNA, "again")
        assert again[0].wrapped_key != old[0].wrapped_key
        assert len(await vault.open(HERE, names(again))) == 1


async def test_kept_after_discard(vault: Vault) -> None:
    """A discarded key comes back with the record that was sealed under it before."""
    old = await kept(vault, ANNA, "old")
    waiting = await vault.seal(HERE, ANNA, [(b"waiting", PLAIN)])
    await vault.discard([(HERE, one) for one in names(old)])
    await vault.keep(waiting)
    assert len(await vault.open(HERE, names([*old, *waiting]))) == 1


def files(folder: Path) -> Iterator[bytes]:
    """Read every file of a folder."""
    return (file.read_bytes() for file in folder.iterdir())


async def test_nothing_left_in_the_files(tmp_path: Path) -> None:
    """After an erasure no file holds the wrapped key or a ciphertext; plaintexts never were."""
    async with sqlite(tmp_path) as vault:
        people = [f"person/{number}" for number in range(300)]
        sealed = {one: await kept(vault, one, f"words of {one} ", "x" * 3_000) for one in people}
        gone, stays = people[::3], people[1]
        assert any(sealed[gone[0]][0].wrapped_key in content for content in files(tmp_path))
        await asyncio.gather(*(vault.erase(HERE, one) for one in gone[:-1]))
        await vault.discard([(HERE, record) for record in names(sealed[gone[-1]])])
        contents = b"".join(files(tmp_path))
    assert sealed[stays][0].wrapped_key in contents
    assert sealed[stays][0].nonce_and_ciphertext in contents
    for one in gone:
        assert f"words of {one} ".encode() not in contents
        assert sealed[one][0].wrapped_key not in contents
        assert not any(record.nonce_and_ciphertext[-40:] in contents for record in sealed[one])


async def test_scrubbed_after_a_crash(tmp_path: Path) -> None:
    """An erasure that a crash cut off before its scrubbing is scrubbed at the next start."""
    async with sqlite(tmp_path) as vault:
        (sealed,) = await kept(vault, ANNA, "a")
        crashed = apsw.connect(tmp_path / "keys.db", secure_delete=True)
        crashed.execute("UPDATE owner SET wrapped = NULL, erased = 'now'")
        assert sealed.wrapped_key in b"".join(files(tmp_path))
        async with sqlite(tmp_path):
            assert sealed.wrapped_key not in b"".join(files(tmp_path))
        crashed.close()
