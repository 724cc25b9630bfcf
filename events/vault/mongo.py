"""The vault on MongoDB: a database of ciphertexts, and one of wrapped keys and secrets.

A key is durable before its records and looked at again after them: who erases meanwhile
finds the records, or is found. What files, backups and the log of a server still hold of
what was erased ends with them: so the keys lie apart, where those are kept for a short time.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from events.catalogue.envelope import instant
from events.drivers.motor import Database
from events.drivers.terms import Document, DuplicateKey, Index
from events.vault import cipher
from events.vault.adopting import Adopting, done
from events.vault.chance import Chance, of_the_system
from events.vault.keys import Keys
from events.vault.port import KeyTaken, Opened, OwnerErased, Sealed

Clock = Callable[[], dt.datetime]

SCHEMA = 1
INDEXES = (Index("owner", [("congress", 1), ("owner", 1)]), Index("kept", [("kept", 1)]))


class MongoVault(Adopting):
    """The port on two databases of its own. To be made with `unlock`."""

    def __init__(self, records: Database, keys: Database, keyring: cipher.Keyring, now: Clock) -> None:
        self._database, self._keys, self._keyring, self._now = records, Keys(keys), keyring, now
        self._records, self._secrets = records.collection("records"), dict[str, bytes]()

    @classmethod
    async def unlock(
        cls, records: Database, keys: Database, master: bytes, now: Clock, chance: Chance = of_the_system
    ) -> "MongoVault":
        """Look whether schemas, indexes and the master key fit; if not, close both databases.

        `master`, `now` and `chance` are those of the embedded vault.

        Raises:
            NewerSchema, WrongIndexes: see `terms`.
            WrongMasterKey: when the keys were wrapped under another one.
            ValueError: when the master key is not 32 bytes long.
            VaultBusy: when a server did not answer.

        """
        try:
            vault = cls(records, keys, cipher.Keyring(master, chance), now)
            await done(vault._begin)
        except BaseException:
            await records.close()
            await keys.close()
            raise
        return vault

    async def _begin(self) -> None:
        await self._database.schema("records", SCHEMA)
        await self._records.indexes(INDEXES)
        await self._keys.begin(self._keyring)

    async def seal(self, congress: str, owner: str, texts: Sequence[tuple[bytes, str]]) -> Sequence[Sealed]:
        """Encrypt texts under the owner's key, in memory only; see the port."""
        key = self._keyring.held(congress, owner) or await self._key(congress, owner)
        return [self._keyring.sealed(key, congress, owner, *text) for text in texts]

    async def _key(self, congress: str, owner: str) -> cipher.OwnerKey:
        found = await done(lambda: self._keys.standing([(congress, owner)]))
        if not found:  # another task may have made one meanwhile
            return self._keyring.held(congress, owner) or self._keyring.made(congress, owner)
        wrapped = found[congress, owner]
        if wrapped is None:
            raise OwnerErased(owner)
        return self._keyring.unwrapped(congress, owner, wrapped)

    async def keep(self, records: Sequence[Sealed]) -> None:
        """Make keys, then records durable; see the port."""
        rows = [_row(record, instant(self._now())) for record in records]
        try:
            if records:
                await done(lambda: self._keep(records, rows))
        except (KeyTaken, OwnerErased):
            for record in records:
                self._keyring.forget(record.congress, record.owner)
            raise

    async def _keep(self, records: Sequence[Sealed], rows: Sequence[Document]) -> None:
        await self._secure(records)
        with suppress(DuplicateKey):  # kept before: their ids are random
            await self._records.insert_many(rows, ordered=False)
        try:
            await self._secure(records)
        except (KeyTaken, OwnerErased):
            await self._records.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})
            raise

    async def _secure(self, records: Sequence[Sealed]) -> None:
        keys = {(one.congress, one.owner): one.wrapped_key for one in records}
        if no := cipher.objection(records, await self._keys.secured(keys)):
            raise no

    async def open(self, congress: str, records: Sequence[str]) -> Mapping[str, Opened]:
        """Open many records by two questions; see the port."""
        named = {"_id": {"$in": [_name(congress, record) for record in records]}}
        rows = await done(lambda: self._records.find(named))
        owners = {(congress, row["owner"]) for row in rows}
        keys = await done(lambda: self._keys.readable(owners)) if owners else {}
        found = {}
        for row in rows:
            if wrapped := keys.get((congress, row["owner"])):
                key = self._keyring.unwrapped(congress, row["owner"], wrapped)
                sealed = (congress, row["record"], row["media_type"], row["ciphertext"])
                found[row["record"]] = cipher.opened(key, *sealed)
        return found

    async def erase(self, congress: str, owner: str) -> int:
        """Leave a tombstone for the key, then delete the ciphertexts; see the port."""
        now, whose = instant(self._now()), {"congress": congress, "owner": owner}
        await done(lambda: self._keys.bury((congress, owner), now))
        self._keyring.forget(congress, owner)
        return await done(lambda: self._records.delete_many(whose))

    async def restrict(self, congress: str, owner: str, *, on: bool) -> None:
        """Mark the owner's key as not to be used, or take the mark off; see the port."""
        since = instant(self._now()) if on else None
        await done(lambda: self._keys.restrict((congress, owner), since))

    async def secret(self, congress: str) -> bytes:
        """Give the congress's secret, made and made durable at first need."""
        if congress not in self._secrets:
            fresh = self._keyring.fresh_secret(congress)
            stored = await done(lambda: self._keys.secret(congress, fresh))
            self._secrets[congress] = self._keyring.secret(congress, stored)
        return self._secrets[congress]

    async def orphans(self, before: str, after: str = "") -> Sequence[tuple[str, str]]:
        """Give (congress, record) of what was kept in a span of time; see the port."""
        span, fields = {"kept": {"$gte": after, "$lt": before}}, {"congress": 1, "record": 1}
        rows = await done(lambda: self._records.find(span, fields=fields))
        return [(row["congress"], row["record"]) for row in rows]

    async def discard(self, records: Sequence[tuple[str, str]]) -> None:
        """Remove keys that own nothing else, then the records."""
        named = {"$in": [_name(*record) for record in records]}
        rows = await done(lambda: self._records.find({"_id": named}, fields={"congress": 1, "owner": 1}))
        for owner in {(row["congress"], row["owner"]) for row in rows}:
            await done(partial(self._discard_key, owner, named))
            self._keyring.forget(*owner)
        await done(lambda: self._records.delete_many({"_id": named}))

    async def _discard_key(self, owner: tuple[str, str], named: Document) -> None:
        mark = await self._keys.mark(owner)
        others = {"congress": owner[0], "owner": owner[1], "_id": {"$not": named}}
        if await self._records.find_one(others, fields={"_id": 1}) is None:
            await self._keys.drop(owner, mark)

    async def close(self) -> None:
        """Let go of the servers; again is harmless."""
        await self._database.close()
        await self._keys.close()


def _name(congress: str, record: str) -> str:
    return f"{congress}/{record}"


def _row(sealed: Sealed, kept: str) -> Document:
    record = sealed.reference.record
    return {
        "_id": _name(sealed.congress, record), "congress": sealed.congress, "record": record,
        "owner": sealed.owner, "media_type": sealed.media_type, "kept": kept,
        "ciphertext": sealed.nonce_and_ciphertext,
    }  # fmt: skip
