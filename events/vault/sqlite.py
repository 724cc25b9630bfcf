"""The vault on SQLite: `keys.db` (wrapped keys and secrets) and `vault.db` (ciphertexts).

One connection writes both files, keys first: SQLite syncs the main file's commit before the
attached one's, so a record is never durable without its key.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from events.catalogue.envelope import instant
from events.drivers import apsw, scrubbing
from events.vault import carrying, cipher, statements
from events.vault.chance import Chance, of_the_system
from events.vault.port import KeyTaken, Opened, OwnerErased, Sealed, VaultBusy, WrongMasterKey

Clock = Callable[[], dt.datetime]
Owner = tuple[str, str]
Keeping = tuple[Sealed, ...]
Item = Keeping | apsw.Work


class SqliteVault(carrying.Carrying):
    """The port on the files `records` and `keys`. To be made and used on one running loop.

    `master` is the master key, 32 bytes; `now` the clock by which records are kept and a
    sweeper asks, called on the writer's thread.

    Raises:
        NewerSchema, UnsoundLibrary: see the driver.
        WrongMasterKey: when the keys were wrapped under another one.
        ValueError: when the master key is not 32 bytes long.

    """

    def __init__(
        self, records: Path, keys: Path, master: bytes, now: Clock, chance: Chance = of_the_system
    ) -> None:
        self._files, self._now = (records, keys), now
        self._keyring = cipher.Keyring(master, chance)
        self._secrets: dict[str, bytes] = {}
        if any(map(scrubbing.cut_off, self._files)):  # perhaps between an erasure and its scrubbing
            _scrub(records, keys)
        connection = _writing(records, keys)
        self._prove(connection)
        self._reader = apsw.connect(keys, read_only=True)
        self._reader.execute("ATTACH ? AS vault", (str(records),))
        self._writer: apsw.Writer[Item, Any] = apsw.Writer(connection, self._group)

    async def seal(self, congress: str, owner: str, texts: Sequence[tuple[bytes, str]]) -> Sequence[Sealed]:
        """Encrypt texts under the owner's key, in memory only; see the port."""
        key = self._keyring.held(congress, owner) or self._key(congress, owner)
        return [self._keyring.sealed(key, congress, owner, *text) for text in texts]

    async def keep(self, records: Sequence[Sealed]) -> None:
        """Make keys, then records durable, in one commit with all who keep now."""
        if not records:
            return
        try:
            await self._write(tuple(records))
        except (KeyTaken, OwnerErased):
            for record in records:
                self._keyring.forget(record.congress, record.owner)
            raise

    async def open(self, congress: str, records: Sequence[str]) -> Mapping[str, Opened]:
        """Open many records by one question; see the port."""
        found, wanted = {}, (congress, json.dumps(list(records)))
        for record, media_type, ciphertext, owner, wrapped in self._reader.execute(statements.OPEN, wanted):
            key = self._keyring.unwrapped(congress, owner, wrapped)
            found[record] = cipher.opened(key, congress, record, media_type, ciphertext)
        return found

    async def erase(self, congress: str, owner: str) -> int:
        """Leave a tombstone for the key, delete the ciphertexts, write both files anew."""
        row = (congress, owner, instant(self._now()))
        count: int = await self._write(lambda keys: statements.bury(keys, row))
        self._keyring.forget(congress, owner)
        await asyncio.to_thread(_scrub, *self._files)
        return count

    async def restrict(self, congress: str, owner: str, *, on: bool) -> None:
        """Mark the owner's key as not to be used, or take the mark off."""
        row = (instant(self._now()) if on else None, congress, owner)
        await self._write(lambda keys: statements.restrict(keys, row))

    async def secret(self, congress: str) -> bytes:
        """Give the congress's secret, made and made durable at first need."""
        if congress not in self._secrets:
            fresh = self._keyring.fresh_secret(congress)
            stored = await self._write(lambda keys: statements.secret(keys, congress, fresh))
            self._secrets[congress] = self._keyring.secret(congress, stored)
        return self._secrets[congress]

    async def orphans(self, before: str, after: str = "") -> Sequence[tuple[str, str]]:
        """Give (congress, record) of what was kept in a span of time; see the port."""
        rows: list[Any] = self._reader.execute(statements.KEPT_BETWEEN, (after, before)).fetchall()
        return rows

    async def discard(self, records: Sequence[tuple[str, str]]) -> None:
        """Remove records, and the keys that then own nothing; write both files anew."""
        if not records:
            return
        named = json.dumps(list(records))
        for congress, owner in await self._write(lambda connection: statements.discard(connection, named)):
            self._keyring.forget(congress, owner)
        await asyncio.to_thread(_scrub, *self._files)

    async def _write(self, item: Item) -> Any:  # noqa: ANN401 - whatever the item gives
        try:
            return await self._writer.write(item)
        except (apsw.QueueFull, apsw.Broken) as error:
            raise VaultBusy(str(error)) from error

    @property
    def broken(self) -> BaseException | None:
        """Give what broke the store; the house must stop then."""
        return self._writer.broken

    async def close(self) -> None:
        """Write what waits and let go; again is harmless."""
        await self._writer.close()
        self._reader.close()

    def _key(self, congress: str, owner: str) -> cipher.OwnerKey:
        found: Any = self._reader.execute(statements.GET_KEY, (congress, owner)).fetchall()
        if not found:
            return self._keyring.made(congress, owner)
        ((wrapped,),) = found
        if wrapped is None:
            raise OwnerErased(owner)
        return self._keyring.unwrapped(congress, owner, wrapped)

    def _prove(self, connection: apsw.Connection) -> None:
        try:
            fresh = self._keyring.fresh_secret(cipher.HOUSE)
            self._keyring.prove(statements.secret(connection, cipher.HOUSE, fresh))
        except WrongMasterKey:
            connection.close()
            raise

    def _group(self, connection: apsw.Connection, items: Sequence[Item]) -> Sequence[Any]:
        """Do all keeping in one step, then the rest one by one; answers in the order asked."""
        keeping = [item for item in items if isinstance(item, tuple)]
        kept = iter(_keep(connection, keeping, instant(self._now())))
        done = iter(apsw.each(connection, [item for item in items if not isinstance(item, tuple)]))
        return [next(kept) if isinstance(item, tuple) else next(done) for item in items]


def _writing(records: Path, keys: Path) -> apsw.Connection:
    with closing(apsw.connect(records, secure_delete=True)) as beside:
        apsw.migrate(beside, statements.RECORDS)
    connection = apsw.connect(keys, secure_delete=True)
    apsw.migrate(connection, statements.KEYS)
    connection.execute("ATTACH ? AS vault", (str(records),))
    connection.pragma("synchronous", "full", schema="vault")
    connection.pragma("secure_delete", "on", schema="vault")
    return connection


def _scrub(records: Path, keys: Path) -> None:
    # A connection of its own: the writer's belongs to its thread.
    with closing(_writing(records, keys)) as connection:
        scrubbing.scrub(connection)


def _keep(
    connection: apsw.Connection, keeping: Sequence[Keeping], kept_at: str
) -> Sequence[Exception | None]:
    keys = {(one.congress, one.owner): one.wrapped_key for item in keeping for one in item}
    apsw.insert(connection, statements.PUT_KEYS, [(*owner, key) for owner, key in keys.items()])
    standing = _keys(connection, keys)
    answers = [cipher.objection(item, standing) for item in keeping]
    kept = [item for item, no in zip(keeping, answers, strict=True) if no is None]
    rows = [
        (one.congress, one.reference.record, one.owner, one.media_type, kept_at,
         one.nonce_and_ciphertext)
        for item in kept for one in item
    ]  # fmt: skip
    apsw.insert(connection, statements.PUT_RECORDS, rows)
    return answers


def _keys(connection: apsw.Connection, owners: Iterable[Owner]) -> dict[Owner, bytes | None]:
    named = json.dumps(list(owners))
    rows: list[Any] = connection.execute(statements.GET_KEYS, (named,)).fetchall()
    return {(congress, owner): wrapped for congress, owner, wrapped in rows}
