"""What the distributed journal is besides the port: marks, key rows, ledgers taken over whole.

A mark stands in the place of the ledger's next commit. Places are unique, so once it stands
nobody writes another: who tries loses that place, looks, and finds the mark. Keys that stand for
no commit here lie beside the commits, in places below zero.

A ledger that arrives is marked in its first place, which readers do not pass, and behind its
last; all else is written between. One change then makes its first commit of the first mark:
at no instant is there a place for others, and what was begun and not ended is cleared away.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from events.drivers.motor import Collection, UpdateMany
from events.drivers.terms import Document, DuplicateKey
from events.journal import documents
from events.journal.documents import MARK
from events.journal.moving import KeyRow, LedgerPresent, Why, admitted, misplaced
from events.journal.outbox import MongoOutbox, reached
from events.journal.port import Head

LEDGER = re.compile(r"[a-z]+/[0-9]{6,9}")
AT_ONCE = 200
KEYS = {"scope": 1, "key": 1, "fingerprint": 1, "first": 1, "subjects": 1, "told": 1}


class Adopting:
    """The port `MovingJournal` on the commits of a journal and on what it knows of its ledgers."""

    outbox: MongoOutbox
    _commits: Collection

    def _news_of(self, heads: Mapping[str, Head]) -> None:
        raise NotImplementedError

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give entries in order; see the port."""
        raise NotImplementedError

    async def mark(self, ledgers: Sequence[str], why: Why | None) -> None:
        """Mark ledgers, or open them; see the port."""
        if not all(LEDGER.fullmatch(ledger) for ledger in ledgers):
            raise ValueError("a ledger is named service/congress")
        with reached():
            for ledger in ledgers:
                if why is None:
                    await self._taken(ledger, "")
                    await self._commits.delete_many({"ledger": ledger, "scope": MARK})
                else:
                    await self._mark(ledger, why)

    async def _mark(self, ledger: str, why: Why) -> None:
        marks, placed = {"ledger": ledger, "scope": MARK}, {"ledger": ledger, "first": {"$gt": 0}}
        while await self._commits.find_one(marks, fields={"why": 1}) is None:
            newest = await self._commits.find(placed, sort=[("first", -1)], limit=1)
            if await self._commits.put(documents.mark(ledger, why, documents.end(newest))):
                return  # else a commit was faster, or another who marks
        await self._commits.bulk([UpdateMany(marks, {"$set": {"why": why}})])

    async def marks(self) -> Mapping[str, Why]:
        """Give every marked ledger."""
        named = {"_id": {"$gte": f"{MARK} ", "$lt": f"{MARK}!"}, "scope": MARK}
        with reached():
            found = await self._commits.find(named, fields={"ledger": 1, "why": 1})
        return {each["ledger"]: each["why"] for each in found}

    async def key_rows(self, ledger: str) -> Sequence[KeyRow]:
        """Give every key that was used in a ledger."""
        with reached():
            found = await self._commits.find({"ledger": ledger}, fields=KEYS)
        rows = [documents.key_row(each) for each in found if each["scope"] not in {None, MARK}]
        return sorted(rows, key=lambda row: (row.scope, row.key))

    async def adopt(self, ledger: str, entries: Iterable[bytes], keys: Iterable[KeyRow], head: Head) -> None:
        """Write a ledger as it is, in steps that may be taken again; see the port."""
        if not LEDGER.fullmatch(ledger):
            raise ValueError("a ledger is named service/congress")
        given = list(keys)
        if (stray := misplaced(given, head)) is not None:
            raise ValueError(f"a key of {ledger} names entry {stray.first}, which is not there")
        if any(row.scope in {"", MARK} for row in given):
            raise ValueError(f"a key of {ledger} is in nobody's scope")
        with reached():
            standing, why = (await self.outbox.heads(ledger)).get(ledger), (await self.marks()).get(ledger)
            if standing is None:
                rows: list[tuple[str, bytes]] = []
                given += admitted(ledger, entries, head, rows.extend)
                await self._write(ledger, [raw for _, raw in rows], given, head, why)
            elif why is None or standing != head:
                raise LedgerPresent(f"there is a ledger {ledger} with {standing.sequence} entries")
            else:
                await self._keys(
                    ledger, await self.fetch(ledger, 0, head.sequence), given, secrets.token_hex(16)
                )
            await self.outbox.hint({ledger: head})
        self._news_of({ledger: head})

    async def _write(
        self, ledger: str, entries: Sequence[bytes], keys: Sequence[KeyRow], head: Head, why: Why | None
    ) -> None:
        by = secrets.token_hex(16)
        commits = list(documents.adopted(ledger, entries, keys, by))
        await self.outbox.register(ledger)
        if why is None:
            await self._mark(ledger, "arriving")
        if not await self._taken(ledger, by):
            raise LedgerPresent(f"{ledger} was begun here meanwhile")
        try:
            await self._put([documents.mark(ledger, why or "arriving", head, by), *commits[1:]])
            await self._keys(ledger, entries, keys, by, *commits[:1])
            await self._begin(ledger, commits[0])
        except LedgerPresent:
            await self._commits.delete_many({"ledger": ledger, "by": by, "first": {"$ne": 1}})
            raise
        if why is None:
            await self.mark([ledger], None)

    async def _begin(self, ledger: str, commit: Document) -> None:
        """Make the first commit of the first mark, if it is still held."""
        held = {"ledger": ledger, "first": 1, "scope": MARK, "by": commit["by"]}
        change = {name: value for name, value in commit.items() if name != "_id"}
        if not (await self._commits.update_one(held, {"$set": change, "$unset": {"why": ""}})).matched:
            raise LedgerPresent(f"{ledger} is taken over by another")

    async def _taken(self, ledger: str, by: str) -> bool:
        """Take the first place of a ledger that is none yet; clear what others have begun behind it."""
        place = {"ledger": ledger, "first": 1, "scope": MARK}
        mine = (await self._commits.update_one(place, {"$set": {"by": by}})).matched > 0
        if mine:
            await self._commits.delete_many({"ledger": ledger, "first": {"$ne": 1}})
        return mine

    async def _keys(
        self, ledger: str, entries: Sequence[bytes], keys: Sequence[KeyRow], by: str, *more: Document
    ) -> None:
        """Put the keys that are not there, nor in `more` commits; of two alike the first."""
        stand = {row[:2] for row in await self.key_rows(ledger)}
        stand |= {(each["scope"], each["key"]) for each in more}
        missing = {row[:2]: row for row in reversed(keys) if row[:2] not in stand}
        lowest = await self._commits.find(
            {"ledger": ledger}, fields={"first": 1}, sort=[("first", 1)], limit=1
        )
        places = count(min(lowest[0]["first"], 0) - 1, -1)
        rows = zip(missing.values(), places, strict=False)
        await self._put([documents.key_document(ledger, row, entries, place, by) for row, place in rows])

    async def _put(self, found: Sequence[Document]) -> None:
        """Insert documents, in portions."""
        try:
            for start in range(0, len(found), AT_ONCE):
                await self._commits.insert_many(found[start : start + AT_ONCE], ordered=False)
        except DuplicateKey:
            raise LedgerPresent(f"{found[0]['ledger']} is written by others") from None
