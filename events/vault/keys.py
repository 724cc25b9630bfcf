"""Wrapped keys and secrets in a MongoDB database of their own.

No commit spans keys and records, so marks keep the promise that a record has its key: a key
that seems to own nothing is marked, the records are looked at after that, and it goes only
if the mark still stands; whoever keeps a record looks at the key after that and takes the
mark off.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from events.drivers.motor import Database
from events.drivers.settling import upsert
from events.drivers.terms import Document, DuplicateKey
from events.vault.cipher import HOUSE, Keyring

SCHEMA = 2
AFTER_STROKE = "0"  # the character after the stroke in a name
Owner = tuple[str, str]


class Keys:
    """The keys of owners, (congress, owner), and the secrets of congresses, as they are stored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owners, self._secrets = database.collection("owners"), database.collection("secrets")

    async def begin(self, keyring: Keyring) -> None:
        """Look whether schema and master key fit.

        Raises:
            NewerSchema: see `terms`.
            WrongMasterKey: when the keys were wrapped under another one.

        """
        await self._database.schema("keys", SCHEMA)
        keyring.prove(await self.secret(HOUSE, keyring.fresh_secret(HOUSE)))

    async def secret(self, congress: str, fresh: bytes) -> bytes:
        """Give a congress's wrapped secret, `fresh` if it has none."""
        await upsert(self._secrets, f"secret/{congress}", {"$setOnInsert": {"wrapped": fresh}})
        ((found),) = await self._secrets.find({"_id": f"secret/{congress}"})
        return bytes(found["wrapped"])

    async def replace_secret(self, congress: str, wrapped: bytes) -> None:
        """Put another secret in place of a congress's."""
        await upsert(self._secrets, f"secret/{congress}", {"$set": {"wrapped": wrapped}})

    async def of(self, congress: str) -> list[tuple[str, bytes | None, str | None]]:
        """Give (owner, wrapped key, instant of erasure) of every owner of a congress, by name."""
        within = {"_id": {"$gte": f"{congress}/", "$lt": f"{congress}{AFTER_STROKE}"}}
        rows = await self._owners.find(within, sort=[("_id", 1)])
        return [
            (row["_id"].removeprefix(f"{congress}/"), row.get("wrapped"), row.get("erased")) for row in rows
        ]

    async def put(self, congress: str, owners: Sequence[tuple[str, bytes | None, str | None]]) -> None:
        """Put owners that are not there, with their key or the instant of their erasure."""
        rows: list[Document] = [
            {"_id": _name((congress, owner)), **({"wrapped": wrapped} if wrapped else {"erased": erased})}
            for owner, wrapped, erased in owners
        ]
        if rows:
            with suppress(DuplicateKey):  # put by an earlier try
                await self._owners.insert_many(rows, ordered=False)

    async def standing(self, owners: Iterable[Owner]) -> Mapping[Owner, bytes | None]:
        """Give the wrapped key of each owner who has one; None of who was erased."""
        names = {_name(owner): owner for owner in owners}
        return {names[name]: row.get("wrapped") for name, row in (await self._rows(names)).items()}

    async def readable(self, owners: Iterable[Owner]) -> Mapping[Owner, bytes]:
        """Give the wrapped key of each owner who has one and is not restricted."""
        names = {_name(owner): owner for owner in owners}
        rows = (await self._rows(names)).items()
        return {
            names[name]: row["wrapped"] for name, row in rows if "wrapped" in row and "restricted" not in row
        }

    async def restrict(self, owner: Owner, since: str | None) -> None:
        """Note since when an owner's key is not to be used; None: it is again."""
        change: Document = {"$set": {"restricted": since}} if since else {"$unset": {"restricted": ""}}
        await self._owners.update_one({"_id": _name(owner), "wrapped": {"$exists": True}}, change)

    async def secured(self, wanted: Mapping[Owner, bytes]) -> Mapping[Owner, bytes | None]:
        """Put keys where there are none, take marks off; give what stands then."""
        names = {_name(owner): wrapped for owner, wrapped in wanted.items()}
        while True:
            rows = await self._rows(names)
            absent: list[Document] = [
                {"_id": name, "wrapped": wrapped} for name, wrapped in names.items() if name not in rows
            ]
            marked = [name for name, row in rows.items() if "idle" in row]
            if not absent and not marked:
                return {owner: rows[_name(owner)].get("wrapped") for owner in wanted}
            for name in marked:
                await self._owners.update_one({"_id": name}, {"$unset": {"idle": ""}})
            if absent:
                with suppress(DuplicateKey):  # whose key it is will be seen
                    await self._owners.insert_many(absent, ordered=False)

    async def bury(self, owner: Owner, now: str) -> None:
        """Leave a tombstone for an owner's key, of the first instant he was erased."""
        gone = {"$unset": {"wrapped": "", "idle": "", "restricted": ""}, "$min": {"erased": now}}
        await upsert(self._owners, _name(owner), gone)

    async def mark(self, owner: Owner) -> str:
        """Mark a key as owning nothing; give the mark."""
        mark = secrets.token_hex(8)
        living = {"_id": _name(owner), "wrapped": {"$exists": True}}
        await self._owners.update_one(living, {"$set": {"idle": mark}})
        return mark

    async def drop(self, owner: Owner, mark: str) -> None:
        """Remove a key if its mark still stands."""
        await self._owners.delete_many({"_id": _name(owner), "idle": mark})

    async def close(self) -> None:
        """Let go of the server; again is harmless."""
        await self._database.close()

    async def _rows(self, names: Iterable[str]) -> dict[str, Document]:
        rows = await self._owners.find({"_id": {"$in": [*names]}})
        return {row["_id"]: row for row in rows}


def _name(owner: Owner) -> str:
    return "/".join(owner)
