"""What the embedded vault is besides the port: a congress's share of it, given and taken over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from events.drivers import apsw
from events.vault.cipher import Keyring
from events.vault.moving import Kept, Owner
from events.vault.port import KeyTaken

CHUNK = 500
OWNERS = "SELECT owner, wrapped, erased FROM owner WHERE congress = ? ORDER BY owner"
RECORDS = """
    SELECT record, owner, media_type, kept, ciphertext FROM vault.record
    WHERE congress = ? AND record > ? ORDER BY record LIMIT ?"""
PUT_OWNERS = "INSERT OR IGNORE INTO owner (congress, owner, wrapped, erased)"
PUT_RECORDS = "INSERT OR IGNORE INTO vault.record (congress, record, owner, media_type, kept, ciphertext)"
PUT_SECRET = "INSERT OR REPLACE INTO secret VALUES (?, ?)"  # noqa: S105 - a statement


class Carrying:
    """The port `MovingVault` on a vault that writes through `_write`."""

    _reader: apsw.Connection
    _keyring: Keyring
    _secrets: dict[str, bytes]
    _write: Callable[[Any], Any]

    async def owners(self, congress: str) -> Sequence[Owner]:
        """Give every owner of a congress; see the port."""
        return self._owners(congress, self._reader)

    async def records(self, congress: str, after: str, limit: int) -> Sequence[Kept]:
        """Give records of a congress by id."""
        return [Kept(*row) for row in self._reader.execute(RECORDS, (congress, after, limit))]

    async def adopt(self, congress: str, owners: Sequence[Owner], records: Iterable[Kept]) -> None:
        """Keep owners and records in one commit; see the port."""
        await self._write(partial(self._adopt, congress, owners, records))

    async def adopt_secret(self, congress: str, secret: bytes) -> None:
        """Take a congress's secret over."""
        row = (congress, self._keyring.wrap(congress, "secret", secret))
        await self._write(partial(_replace, row))
        self._secrets[congress] = secret

    def _owners(self, congress: str, connection: apsw.Connection) -> Sequence[Owner]:
        found: list[Any] = connection.execute(OWNERS, (congress,)).fetchall()
        return [
            Owner(owner, wrapped and self._keyring.unwrap(congress, owner, wrapped), erased)
            for owner, wrapped, erased in found
        ]

    def _adopt(
        self, congress: str, owners: Sequence[Owner], records: Iterable[Kept], connection: apsw.Connection
    ) -> None:
        for some in _chunks(owners):
            rows = [
                (
                    congress,
                    one.owner,
                    one.key and self._keyring.wrap(congress, one.owner, one.key),
                    one.erased,
                )
                for one in some
            ]
            apsw.insert(connection, PUT_OWNERS, rows)
        ours = {one.owner: one for one in self._owners(congress, connection)}
        for one in owners:
            if (here := ours[one.owner].key) and here != one.key:
                raise KeyTaken(one.owner)
        for kept in _chunks(each for each in records if each.owner in ours and ours[each.owner].key):
            apsw.insert(connection, PUT_RECORDS, [(congress, *each) for each in kept])


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _replace(row: tuple[str, bytes], connection: apsw.Connection) -> None:
    connection.execute(PUT_SECRET, row)
