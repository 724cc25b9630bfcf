"""The distributed journal: one MongoDB document per commit, group commit, any number of processes.

Gapless by compare-and-set: a commit takes the number after the last visible one, or is decided
again. Keys and places are unique by index; nothing is assumed that was not read.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence

from events.drivers.grouping import Broken, Grouping, QueueFull, Task
from events.drivers.motor import Database
from events.drivers.terms import DatabaseError
from events.journal import documents
from events.journal.adopting import LEDGER, Adopting
from events.journal.committing import Answer, Committing
from events.journal.group import Append
from events.journal.outbox import MongoOutbox, reached
from events.journal.port import (
    EntryTooLarge,
    Head,
    JournalBroken,
    JournalFull,
    KeyReused,
    Once,
    Proposed,
    Receipt,
    Stored,
)
from events.journal.reading import span, stored, stream

CHUNK = 500
NONE = Head(0, "")
MEND_SECONDS = 60.0
"""How old hints may be that nobody told because he died."""
SCHEMA = 1


class MongoJournal(Adopting):
    """The port on a database of its own; `now` is the house's clock, `limit` bounds the queue.

    `outbox` is the relay's side of it. To be opened with `open` on a running loop.
    """

    def __init__(self, database: Database, now: Callable[[], dt.datetime], *, limit: int = 10_000) -> None:
        self._database, self._commits = database, database.collection("commits")
        self.outbox = MongoOutbox(database)
        self._committing = Committing(self._commits, self.outbox, now)
        self._loop = asyncio.get_running_loop()
        self._counted, self._news = 0, asyncio.Event()
        self._hints: dict[str, Head] = {}
        self._own: dict[str, Head] = {}
        self._mended = -MEND_SECONDS
        self._hinting: asyncio.Task[None] | None = None
        self._writer = Grouping[Append, Answer](self._plan, self._publish, limit)

    @classmethod
    async def open(
        cls, database: Database, now: Callable[[], dt.datetime], *, limit: int = 10_000
    ) -> "MongoJournal":
        """Open the journal of a database, which it closes later.

        Raises:
            NewerSchema, WrongIndexes: see the driver.
            JournalAway: when the server is out of reach.

        """
        with reached():
            await database.schema("journal", SCHEMA)
            await database.collection("commits").indexes(documents.INDEXES)
            await MongoOutbox(database).open()
        return cls(database, now, limit=limit)

    async def append(
        self,
        ledger: str,
        entries: Sequence[Proposed],
        expected: Mapping[str, int],
        once: Once | None = None,
    ) -> Answer:
        """Write `entries` in one commit; see the port."""
        names = [*expected, *[entry.subject for entry in entries]]
        if once:
            names += (once.scope, once.key)
        if not (entries and LEDGER.fullmatch(ledger) and "".join(names).isprintable()):
            raise ValueError("an append needs entries and well-formed names")
        append = Append(ledger, entries, expected, once)
        if not documents.fits(append):
            raise EntryTooLarge(f"a commit may have {documents.MOST_BYTES} bytes")
        try:
            return await self._writer.write(append)
        except QueueFull:
            raise JournalFull from None
        except Broken as broken:
            raise JournalBroken(str(broken)) from broken

    @property
    def broken(self) -> BaseException | None:
        """Give what broke the writer; the house must stop then."""
        return self._writer.broken

    async def recall(self, ledger: str, once: Once) -> Receipt | KeyReused | None:
        """Give the receipt of the first time, if this key was used in this ledger."""
        place = {"ledger": ledger, "scope": once.scope, "key": once.key}
        with reached():
            found = await self._commits.find_one(place, fields={"entries": 0})
        if found is None:
            return None
        return (
            documents.receipt(found, repeated=True) if documents.used(found).belongs_to(once) else KeyReused()
        )

    async def read(self, ledger: str, subject: str, after: int = 0) -> Sequence[bytes]:
        """Give the entries of one stream with a sequence above `after`, in order."""
        with reached():
            return await stream(self._commits, ledger, subject, after)

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger with a sequence above `after`, in order."""
        found = list[bytes]()
        while (size := min(CHUNK, limit - len(found))) > 0:
            with reached():
                chunk = await span(self._commits, ledger, after + len(found), size)
            found += chunk
            if len(chunk) < size:
                break
        return found[:limit]

    async def stored(self, ledger: str, after: int, limit: int) -> Sequence[Stored]:
        """Give entries of at most `limit` commits with what is kept beside them, for who audits them."""
        with reached():
            return await stored(self._commits, ledger, after, limit)

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`."""
        return await self.outbox.heads(prefix)

    async def hinted(self, prefix: str = "") -> Mapping[str, Head]:
        """Give what was told by all, and what was committed here, told or not."""
        if (now := time.monotonic()) >= self._mended + MEND_SECONDS:
            await self.outbox.behind()  # exact, so it mends what was lost
            self._mended = now
        found = await self.outbox.hinted(prefix)
        for name, head in self._own.items():
            if name.startswith(prefix) and head.sequence > found.get(name, NONE).sequence:
                found[name] = head
        return found

    async def changed(self, seen: int) -> int:
        """Wait until this process has committed since `seen`; give the new count of commits."""
        while self._counted <= seen:
            await self._news.wait()
        return self._counted

    async def mentions(self, records: Sequence[str]) -> set[str]:
        """Give those vault records that some entry names; one pass over all, see `SqliteJournal`."""
        wanted, found = {record.encode() for record in records}, set[bytes]()
        for ledger, head in (await self.heads()).items():
            for after in range(0, head.sequence, CHUNK):
                for raw in await self.fetch(ledger, after, CHUNK):
                    found |= wanted.intersection(raw.split(b'"'))
        return {record.decode() for record in found}

    async def close(self) -> None:
        """Finish what waits, then let go of the store."""
        await self._writer.close()
        if self._hinting:
            await self._hinting
        await self._database.close()

    def _plan(self, appends: Sequence[Append]) -> Task[Answer]:
        """Wait in the writer's thread for what is done on the loop: a group at a time."""
        write = self._committing.write
        return lambda: asyncio.run_coroutine_threadsafe(write(appends), self._loop).result()

    def _publish(self) -> None:
        self._news_of(self._committing.grown)

    def _news_of(self, heads: Mapping[str, Head]) -> None:
        if heads:
            self._hints |= heads
            self._own |= heads
            self._counted += 1
            self._news.set()
            self._news = asyncio.Event()
            if self._hinting is None or self._hinting.done():
                self._hinting = asyncio.create_task(self._hint())

    async def _hint(self) -> None:
        """Tell the relay which ledgers have grown, all that grew meanwhile at once."""
        while self._hints:
            hints, self._hints = self._hints, {}
            try:
                await self.outbox.hint(hints)
            except DatabaseError:  # told again with the next; the relay looks for itself once a minute
                self._hints = {**hints, **self._hints}
                return
