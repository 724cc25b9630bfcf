"""The distributed notes: a document per origin, changed by compare-and-set, and one per full tile.

The edge of a tree stands in the origin's document, so tiles are written once they are full and
never again; they are durable before the checkpoint that needs them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from events.drivers.motor import Database, ReplaceOne
from events.drivers.settling import settled, upsert
from events.drivers.terms import Document, Filter, Unreachable
from events.notary import rows
from events.notary.port import NotesAway, Seen, Signed, Standing, nothing
from events.proof.tiles import Address, Tiles

SCHEMA = 1


@contextmanager
def reached() -> Iterator[None]:
    """Say in the port's terms that the server is out of reach."""
    try:
        yield
    except Unreachable as error:
        raise NotesAway(str(error)) from error


class MongoNotes:
    """The port on a database of its own, shared by all processes. To be opened with `open`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings, self._tiles = database.collection("standings"), database.collection("tiles")

    @classmethod
    async def open(cls, database: Database) -> "MongoNotes":
        """Open the notes of a database, which it closes later.

        Raises:
            NewerSchema: see the driver.
            NotesAway: when the server is out of reach.

        """
        with reached():
            await database.schema("notes", SCHEMA)
        return cls(database)

    async def get(self, origin: str) -> Standing | None:
        """Give what is kept of an origin; None when there is nothing."""
        with reached():
            found = await self._standings.find_one({"_id": origin})
        return rows.standing(found) if found else None

    async def all(self) -> Sequence[Standing]:
        """Give what is kept of every origin, by its name."""
        with reached():
            return [rows.standing(each) for each in await self._standings.find({}, sort=[("_id", 1)])]

    async def tiles(self, origin: str, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        """Give full tiles of an origin; those that are not kept are absent."""
        if not addresses:
            return {}
        names = {_name(origin, each): each for each in addresses}
        with reached():
            found = await self._tiles.find({"_id": {"$in": list(names)}})
        return {names[each["_id"]]: bytes(each["hashes"]) for each in found}

    async def put(self, signed: Signed, tiles: Tiles, after: int) -> bool:
        """Keep the tiles that filled, then the checkpoint; see the port."""
        told = {"size": signed.size, "signed": rows.document(signed)}
        with reached():
            if tiles:
                named = [(_name(signed.origin, address), hashes) for address, hashes in tiles.items()]
                writes = [
                    ReplaceOne({"_id": name}, {"hashes": hashes}, upsert=True) for name, hashes in named
                ]
                await settled(lambda: self._tiles.bulk(writes))
            if not after:
                await self._standings.put(_fresh(signed.origin))
            return await self._set({"_id": signed.origin, "size": after, "refused": None}, told, signed)

    async def _set(self, where: Filter, told: Document, signed: Signed) -> bool:
        """Change the origin's document; an answer that did not come is read back, never assumed."""
        try:
            return (await self._standings.update_one(where, {"$set": told})).matched > 0
        except Unreachable:
            stands = await self.get(signed.origin)
            return stands is not None and stands.signed == signed

    async def cosign(self, origin: str, note: str, size: int, seen: Sequence[Seen]) -> None:
        """Keep what witnesses have cosigned; see the port."""
        told = {"cosigned": note, "cosigned_size": size, "seen": rows.told(list(seen))}
        with reached():
            where = {"_id": origin, "cosigned_size": {"$lte": size}}
            await settled(lambda: self._standings.update_one(where, {"$set": told}))

    async def refuse(self, origin: str, why: str | None) -> None:
        """Say why an origin is signed no more; see the port."""
        with reached():
            await self._standings.put(_fresh(origin))
            await settled(lambda: upsert(self._standings, origin, {"$set": {"refused": why}}))

    async def close(self) -> None:
        """Let go of the store."""
        await self._database.close()


def _fresh(origin: str) -> Document:
    signed = rows.document(nothing(origin).signed)
    return {"_id": origin, "size": 0, "signed": signed, "cosigned": "", "cosigned_size": 0, "seen": [],
            "refused": None}  # fmt: skip


def _name(origin: str, address: Address) -> str:
    return f"{origin} {address[0]} {address[1]}"
