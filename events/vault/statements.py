"""The SQL of the embedded vault: `keys.db` is the main database, `vault.db` stands beside it."""

import json
from collections.abc import Sequence
from typing import Any

from events.drivers import apsw

KEYS = (
    """
    CREATE TABLE owner (
        congress TEXT NOT NULL, owner TEXT NOT NULL, wrapped BLOB, erased TEXT,
        PRIMARY KEY (congress, owner), CHECK ((wrapped IS NULL) = (erased IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE secret (congress TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """,
    "ALTER TABLE owner ADD COLUMN restricted TEXT",
)
RECORDS = (
    """
    CREATE TABLE record (
        congress TEXT NOT NULL, record TEXT NOT NULL, owner TEXT NOT NULL,
        media_type TEXT NOT NULL, kept TEXT NOT NULL, ciphertext BLOB NOT NULL,
        PRIMARY KEY (congress, record)
    ) STRICT;
    CREATE INDEX record_owner ON record (congress, owner);
    CREATE INDEX record_kept ON record (kept);
    """,
)

PUT_KEYS = "INSERT OR IGNORE INTO owner (congress, owner, wrapped)"
PUT_RECORDS = "INSERT OR IGNORE INTO vault.record"
PUT_SECRET = "INSERT OR IGNORE INTO secret VALUES (?, ?)"  # noqa: S105 - a statement
GET_SECRET = "SELECT wrapped FROM secret WHERE congress = ?"  # noqa: S105 - a statement
GET_KEY = "SELECT wrapped FROM owner WHERE congress = ? AND owner = ?"
GET_KEYS = """
    SELECT congress, owner, wrapped FROM owner
    WHERE (congress, owner) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))"""
OPEN = """
    SELECT record, media_type, ciphertext, owner, wrapped
    FROM vault.record JOIN owner USING (congress, owner)
    WHERE congress = ? AND record IN (SELECT value FROM json_each(?))
        AND wrapped IS NOT NULL AND restricted IS NULL"""
KEPT_BETWEEN = "SELECT congress, record FROM vault.record WHERE kept >= ? AND kept < ?"

BURY = """
    INSERT INTO owner (congress, owner, erased) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET wrapped = NULL, restricted = NULL, erased = coalesce(erased, excluded.erased)"""
RESTRICT = "UPDATE owner SET restricted = ? WHERE congress = ? AND owner = ? AND erased IS NULL"
DELETE_OF_OWNER = "DELETE FROM vault.record WHERE congress = ? AND owner = ?"
DELETE_NAMED = """
    DELETE FROM vault.record
    WHERE (congress, record) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
    RETURNING congress, owner"""
DELETE_IDLE_KEYS = """
    DELETE FROM owner
    WHERE (congress, owner) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
        AND erased IS NULL
        AND NOT EXISTS (SELECT 1 FROM vault.record AS record
            WHERE record.congress = owner.congress AND record.owner = owner.owner)"""


def secret(connection: apsw.Connection, congress: str, fresh: bytes) -> bytes:
    """Give the wrapped secret of a congress, `fresh` if it has none."""
    connection.execute(PUT_SECRET, (congress, fresh))
    return bytes(connection.execute(GET_SECRET, (congress,)).get)


def bury(connection: apsw.Connection, row: tuple[str, str, str]) -> int:
    """Leave a tombstone for (congress, owner, instant); give the number of ciphertexts that went."""
    connection.execute(BURY, row)
    connection.execute(DELETE_OF_OWNER, row[:2])
    return connection.changes()


def restrict(connection: apsw.Connection, row: tuple[str | None, str, str]) -> None:
    """Note since when (None: no more) the key of an owner, (congress, owner), is not to be used."""
    connection.execute(RESTRICT, row)


def discard(connection: apsw.Connection, named: str) -> Sequence[tuple[str, str]]:
    """Remove the records named in JSON, and keys that then own nothing; give the owners."""
    owners: list[Any] = connection.execute(DELETE_NAMED, (named,)).fetchall()
    connection.execute(DELETE_IDLE_KEYS, (json.dumps(owners),))
    return owners
