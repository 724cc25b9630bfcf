"""The embedded notes: one SQLite file, written by one thread."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from events.drivers.apsw import Broken, Connection, QueueFull, Work, Writer, connect, each, insert, migrate
from events.notary import rows
from events.notary.port import NotesAway, Seen, Signed, Standing, nothing
from events.proof.tiles import Address, Tiles

MIGRATIONS = (
    """
    CREATE TABLE standing (
        origin TEXT PRIMARY KEY, size INTEGER NOT NULL, signed TEXT NOT NULL,
        cosigned TEXT NOT NULL DEFAULT '', cosigned_size INTEGER NOT NULL DEFAULT 0,
        seen TEXT NOT NULL DEFAULT '[]', refused TEXT) STRICT, WITHOUT ROWID;
    CREATE TABLE tile (
        origin TEXT NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
        PRIMARY KEY (origin, level, number)) STRICT;
    """,
)
READ = "SELECT signed, cosigned, cosigned_size, seen, refused FROM standing"
TILES = """
    SELECT level, number, hashes FROM tile
    WHERE origin = ? AND (level, number) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))"""
PUT = """
    INSERT INTO standing (origin, size, signed) VALUES (:origin, :size, :signed)
    ON CONFLICT DO UPDATE SET size = :size, signed = :signed WHERE size = :after AND refused IS NULL
    RETURNING size"""
FIRST = "SELECT count(*) FROM standing WHERE origin = ?"
REFUSE = """
    INSERT INTO standing (origin, size, signed, refused) VALUES (?, 0, ?, ?)
    ON CONFLICT DO UPDATE SET refused = excluded.refused"""
COSIGN = """
    UPDATE standing SET cosigned = :note, cosigned_size = :size, seen = :seen
    WHERE origin = :origin AND cosigned_size <= :size"""


class SqliteNotes:
    """The port on the file `path`. To be made on a running loop.

    Raises:
        NewerSchema, UnsoundLibrary: see the driver.

    """

    def __init__(self, path: Path) -> None:
        connection = connect(path)
        migrate(connection, MIGRATIONS)
        self._reader = connect(path, read_only=True)
        self._writer: Writer[Work, Any] = Writer(connection, each)

    async def get(self, origin: str) -> Standing | None:
        """Give what is kept of an origin; None when there is nothing."""
        found = self._reader.execute(f"{READ} WHERE origin = ?", (origin,)).fetchone()
        return _standing(found) if found else None

    async def all(self) -> Sequence[Standing]:
        """Give what is kept of every origin, by its name."""
        return [_standing(row) for row in self._reader.execute(f"{READ} ORDER BY origin")]

    async def tiles(self, origin: str, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        """Give full tiles of an origin; those that are not kept are absent."""
        found: list[Any] = self._reader.execute(TILES, (origin, json.dumps(addresses))).fetchall()
        return {(level, number): hashes for level, number, hashes in found}

    async def put(self, signed: Signed, tiles: Tiles, after: int) -> bool:
        """Keep a checkpoint and the tiles that filled; see the port."""
        return bool(await self._write(lambda connection: _put(connection, signed, tiles, after)))

    async def cosign(self, origin: str, note: str, size: int, seen: Sequence[Seen]) -> None:
        """Keep what witnesses have cosigned; see the port."""
        told = json.dumps(rows.told(list(seen)))
        bound = {"origin": origin, "note": note, "size": size, "seen": told}
        await self._write(lambda connection: connection.execute(COSIGN, bound).fetchall())

    async def refuse(self, origin: str, why: str | None) -> None:
        """Say why an origin is signed no more; see the port."""
        fresh = json.dumps(rows.document(nothing(origin).signed))
        bound = (origin, fresh, why)
        await self._write(lambda connection: connection.execute(REFUSE, bound).fetchall())

    @property
    def broken(self) -> BaseException | None:
        """Give what broke the store; nothing may be signed then."""
        return self._writer.broken

    async def close(self) -> None:
        """Write what waits and let go; again is harmless."""
        await self._writer.close()
        self._reader.close()

    async def _write(self, work: Work) -> Any:  # noqa: ANN401 - whatever the work gives
        try:
            return await self._writer.write(work)
        except (QueueFull, Broken) as error:
            raise NotesAway(str(error)) from error


def _put(connection: Connection, signed: Signed, tiles: Tiles, after: int) -> bool:
    (stands,) = connection.execute(FIRST, (signed.origin,)).fetchall()[0]
    if not stands and after:
        return False
    bound = {
        "origin": signed.origin, "size": signed.size, "after": after,
        "signed": json.dumps(rows.document(signed)),
    }  # fmt: skip
    if not connection.execute(PUT, bound).fetchall():
        return False
    kept = [(signed.origin, *address, hashes) for address, hashes in tiles.items()]
    insert(connection, "INSERT OR REPLACE INTO tile", kept)
    return True


def _standing(row: Any) -> Standing:  # noqa: ANN401 - a row
    signed, cosigned, size, seen, refused = row
    return rows.standing({
        "signed": json.loads(signed), "cosigned": cosigned, "cosigned_size": size,
        "seen": json.loads(seen), "refused": refused,
    })  # fmt: skip
