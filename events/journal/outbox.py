"""What the distributed journal knows of each ledger beside its commits: hints, marks, leases.

A ledger has its document before its first commit, so none is ever forgotten. The `sequence` in it
is a hint, told after a commit and not with it: the truth is the commits above it.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from events.drivers.motor import Database, UpdateMany, UpdateOne
from events.drivers.terms import Document, Index, Unreachable
from events.journal.port import Head, JournalAway

MOST_ASKED = 500
BEYOND_NAMES = "~"  # sorts after every letter, digit and stroke of a ledger's name


@contextmanager
def reached() -> Iterator[None]:
    """Say in the port's terms that the server is out of reach."""
    try:
        yield
    except Unreachable as error:
        raise JournalAway(str(error)) from error


class MongoOutbox:
    """Ledgers to be relayed; the relay's port. Leases go by the machines' clocks."""

    def __init__(self, database: Database) -> None:
        self._ledgers, self._commits = database.collection("ledgers"), database.collection("commits")

    async def open(self) -> None:
        """See to the indexes; raises WrongIndexes."""
        await self._ledgers.indexes([Index("waiting", (("waiting", 1),))])

    async def register(self, ledger: str) -> None:
        """Note that a ledger is about to be; nothing happens when it is."""
        fresh = {"sequence": 0, "hash": "", "mark": 0, "waiting": False, "owner": "", "until": 0.0}
        await self._ledgers.put({"_id": ledger, **fresh})

    async def hint(self, heads: Mapping[str, Head]) -> None:
        """Tell how far ledgers have grown; one that is known to be further stays there."""
        updates = [
            UpdateOne(
                {"_id": ledger, "sequence": {"$lt": head.sequence}},
                {"$set": {"sequence": head.sequence, "hash": head.hash, "waiting": True}},
            )
            for ledger, head in heads.items()
        ]
        await self._ledgers.bulk(updates)

    async def heads(self, prefix: str) -> dict[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`, exactly."""
        return {name: head for name, (_, head, _) in (await self._standing(prefix)).items()}

    async def hinted(self, prefix: str = "") -> dict[str, Head]:
        """Give the heads by the hints, which are asked for more cheaply."""
        with reached():
            told = await self._ledgers.find(_named(prefix), fields={"sequence": 1, "hash": 1})
        return {each["_id"]: Head(each["sequence"], each["hash"]) for each in told if each["sequence"]}

    async def waiting(self) -> Mapping[str, int]:
        """Give the marks of ledgers hinted to hold entries above them; a hint may be missed."""
        with reached():
            hinted = await self._ledgers.find({"waiting": True}, fields={"mark": 1, "sequence": 1})
        return {each["_id"]: each["mark"] for each in hinted if each["sequence"] > each["mark"]}

    async def behind(self) -> Mapping[str, int]:
        """Give the marks of all ledgers that hold entries above them, and mend lost hints."""
        standing = await self._standing("")
        lost = {name: head for name, (told, head, _) in standing.items() if head.sequence > told}
        if lost:
            with reached():
                await self.hint(lost)
        return {name: mark for name, (_, head, mark) in standing.items() if head.sequence > mark}

    async def lease(self, ledger: str, owner: str, seconds: float) -> int | None:
        """Take or renew a ledger; its mark, or None while another holds it."""
        now = time.time()
        free = {"_id": ledger, "$or": [{"owner": owner}, {"until": {"$lt": now}}]}
        with reached():
            change = {"$set": {"owner": owner, "until": now + seconds}}
            held = await self._ledgers.find_one_and_update(free, change)
        return int(held["mark"]) if held else None

    async def relayed(self, ledger: str, owner: str, mark: int) -> bool:
        """Move the mark, never backwards; False when another has taken the ledger."""
        with reached():
            moved = await self._ledgers.update_one({"_id": ledger, "owner": owner}, {"$max": {"mark": mark}})
            if moved.matched:
                done = {"_id": ledger, "sequence": {"$lte": mark}}
                await self._ledgers.update_one(done, {"$set": {"waiting": False}})
        return bool(moved.matched)

    async def release(self, owner: str) -> None:
        """Let go of every ledger that `owner` holds."""
        with reached():
            await self._ledgers.bulk([UpdateMany({"owner": owner}, {"$set": {"owner": "", "until": 0.0}})])

    async def _standing(self, prefix: str) -> dict[str, tuple[int, Head, int]]:
        """Find (hinted sequence, head, mark) of the ledgers that have entries."""
        with reached():
            known = await self._ledgers.find(_named(prefix), sort=[("_id", 1)])
            heads = {each["_id"]: Head(each["sequence"], each["hash"]) for each in known}
            for start in range(0, len(known), MOST_ASKED):
                for commit in await self._above(known[start : start + MOST_ASKED]):
                    if commit["first"] == heads[commit["ledger"]].sequence + 1:  # or it is being taken over
                        heads[commit["ledger"]] = Head(commit["last"], commit["hash"])
        return {
            each["_id"]: (each["sequence"], heads[each["_id"]], each["mark"])
            for each in known
            if heads[each["_id"]].sequence
        }

    async def _above(self, known: list[Document]) -> list[Document]:
        above = [{"ledger": each["_id"], "first": {"$gt": each["sequence"]}} for each in known]
        fields = {"ledger": 1, "first": 1, "last": 1, "hash": 1}
        return await self._commits.find({"$or": above}, fields=fields, sort=[("first", 1)])


def _named(prefix: str) -> Document:
    return {"_id": {"$gte": prefix, "$lt": prefix + BEYOND_NAMES}}
