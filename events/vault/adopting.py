"""What the distributed vault is besides the port: a congress's share of it, given and taken over."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from events.drivers.motor import Collection
from events.drivers.settling import settled
from events.drivers.terms import Document, DuplicateKey, Unreachable
from events.vault.cipher import Keyring
from events.vault.keys import Keys
from events.vault.moving import Kept, Owner
from events.vault.port import KeyTaken, VaultBusy

CHUNK = 200
Answer = TypeVar("Answer")


class Adopting:
    """The port `MovingVault` on the keys and records of a vault."""

    _keys: Keys
    _records: Collection
    _keyring: Keyring
    _secrets: dict[str, bytes]

    async def owners(self, congress: str) -> Sequence[Owner]:
        """Give every owner of a congress; see the port."""
        rows = await done(lambda: self._keys.of(congress))
        return [
            Owner(owner, wrapped and self._keyring.unwrap(congress, owner, wrapped), erased)
            for owner, wrapped, erased in rows
        ]

    async def records(self, congress: str, after: str, limit: int) -> Sequence[Kept]:
        """Give records of a congress by id."""
        where = {"congress": congress, "record": {"$gt": after}}
        rows = await done(lambda: self._records.find(where, sort=[("record", 1)], limit=limit))
        return [
            Kept(row["record"], row["owner"], row["media_type"], row["kept"], bytes(row["ciphertext"]))
            for row in rows
        ]

    async def adopt(self, congress: str, owners: Sequence[Owner], records: Iterable[Kept]) -> None:
        """Keep keys, then records, in steps that may be taken again; see the port.

        Keys are looked at again after the records, as in `MongoVault.keep`.
        """
        ours = await self._ours(congress, owners)
        fresh = [
            (one.owner, one.key and self._keyring.wrap(congress, one.owner, one.key), one.erased)
            for one in owners
        ]
        await done(lambda: self._keys.put(congress, [each for each in fresh if each[0] not in ours]))
        ours = await self._ours(congress, owners)
        for chunk in _chunks(each for each in records if ours.get(each.owner)):
            await done(partial(self._put, congress, chunk))
        living = {(congress, owner): wrapped for owner, wrapped, _ in fresh if wrapped and ours[owner]}
        await done(lambda: self._keys.secured(living))
        await self._ours(congress, owners)

    async def _ours(self, congress: str, owners: Sequence[Owner]) -> Mapping[str, bytes | None]:
        """Give the keys that stand here; raises KeyTaken where one of `owners` has another."""
        ours = {one.owner: one.key for one in await self.owners(congress)}
        for one in owners:
            if (here := ours.get(one.owner)) and here != one.key:
                raise KeyTaken(one.owner)
        return ours

    async def _put(self, congress: str, chunk: Sequence[Kept]) -> None:
        rows: list[Document] = [
            {"_id": f"{congress}/{each.record}", "congress": congress, **each._asdict()} for each in chunk
        ]
        with suppress(DuplicateKey):  # kept before
            await self._records.insert_many(rows, ordered=False)

    async def adopt_secret(self, congress: str, secret: bytes) -> None:
        """Take a congress's secret over."""
        wrapped = self._keyring.wrap(congress, "secret", secret)
        await done(lambda: self._keys.replace_secret(congress, wrapped))
        self._secrets[congress] = secret


async def done(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do what may be done twice until its answer comes.

    Raises:
        VaultBusy: when none comes.

    """
    try:
        return await settled(work)
    except Unreachable as error:
        raise VaultBusy(str(error)) from error


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
