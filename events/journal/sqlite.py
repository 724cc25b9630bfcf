"""The embedded journal: one SQLite file, one writer thread, group commit."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from events.catalogue.envelope import instant
from events.drivers.apsw import Connection, Writer, Writing, connect, insert, migrate
from events.journal import rows
from events.journal.carrying import LEDGER, Carrying, Item, marks
from events.journal.group import Append, Group, Moved, Used, Versions
from events.journal.port import (
    Conflict,
    Head,
    KeyReused,
    Once,
    Proposed,
    Receipt,
)

Answer = Receipt | Conflict | KeyReused
CHUNK = 500
KEPT_VERSIONS = 20_000


class SqliteJournal(Carrying):
    """The port on the file `path`; `now` is the house's clock, `limit` bounds the queue.

    Reads run on the event loop: SQLite answers from memory in microseconds, which is less
    than it costs to ask a thread. To be made on a running loop.

    Raises:
        NewerSchema, UnsoundLibrary: see the driver.
        JournalBroken: when the last entry of a ledger does not hold.

    """

    def __init__(
        self, path: Path, now: Callable[[], dt.datetime], *, full: bool = True, limit: int = 10_000
    ) -> None:
        connection = connect(path, full=full)
        migrate(connection, rows.MIGRATIONS)
        self._now = now
        self._tips, self._marks = rows.tips(connection), marks(connection)
        self._heads = {name: Head(tip.sequence, tip.hash) for name, tip in self._tips.items()}
        self._grown: set[str] = set()
        self._latest, self._written = Versions(), Versions()
        self._commits, self._news = 0, asyncio.Event()
        self._reader = connect(path, read_only=True)
        self._writer: Writer[Item, Any]
        self._writer = Writer(
            connection, self._gathered, ahead=self._ahead, committed=self._publish, limit=limit
        )

    async def append(
        self,
        ledger: str,
        entries: Sequence[Proposed],
        expected: Mapping[str, int],
        once: Once | None = None,
    ) -> Answer:
        """Write `entries` in one commit; see the port."""
        names = once.scope + once.key if once else ""
        for subject in expected:
            names += subject
        for entry in entries:
            names += entry.subject
        # Not printable is also what SQLite would cut (NUL) or refuse (surrogates).
        known = ledger in self._heads or LEDGER.fullmatch(ledger)
        if not (entries and known and names.isprintable()):
            raise ValueError("an append needs entries and well-formed names")
        answer: Answer = await self._write(Append(ledger, entries, expected, once))
        return answer

    @property
    def broken(self) -> BaseException | None:
        """Give what broke the store; the house must stop then."""
        return self._writer.broken

    async def recall(self, ledger: str, once: Once) -> Receipt | KeyReused | None:
        """Give the receipt of the first time, if this key was used in this ledger."""
        tip = self._tips.get(ledger)
        used = rows.used(self._reader, tip.number, once) if tip else None
        if tip is None or used is None:
            return None
        return rows.receipt(self._reader, tip.number, ledger, used) if used.belongs_to(once) else KeyReused()

    async def read(self, ledger: str, subject: str, after: int = 0) -> Sequence[bytes]:
        """Give the entries of one stream with a sequence above `after`, in order."""
        tip = self._tips.get(ledger)
        if tip is None or self._latest.get((ledger, subject), after + 1) <= after:
            return []
        found = rows.stream(self._reader, tip.number, subject, after)
        if not (found or after or len(self._latest) > KEPT_VERSIONS):
            self._latest[ledger, subject] = 0
        return found

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger with a sequence above `after`, in order."""
        tip, found = self._tips.get(ledger), list[bytes]()
        while tip and len(found) < limit:
            start = after + len(found)
            chunk = rows.raws(self._reader, tip.number, start, start + min(CHUNK, limit))
            found += chunk
            if len(chunk) < CHUNK:
                break
            await asyncio.sleep(0)  # others have their turn between chunks
        return found[:limit]

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`."""
        return {name: head for name, head in self._heads.items() if name.startswith(prefix)}

    hinted = heads  # nobody else writes

    async def changed(self, seen: int) -> int:
        """Wait until the journal has committed since `seen`; give the new count of commits."""
        while self._commits <= seen:
            await self._news.wait()
        return self._commits

    async def mentions(self, records: Sequence[str]) -> set[str]:
        """Give those vault records that some entry names, whatever it calls them.

        One pass over all entries for any number of records: the sweeper asks once a day,
        while a table of mentions would cost every append a row at a random place.
        """
        wanted, found = {record.encode() for record in records}, set[bytes]()
        for ledger, head in list(self._heads.items()):
            for after in range(0, head.sequence, CHUNK):
                for raw in await self.fetch(ledger, after, CHUNK):
                    found |= wanted.intersection(raw.split(b'"'))
        return {record.decode() for record in found}

    async def close(self) -> None:
        """Finish what waits, then let go of the store."""
        await self._writer.close()
        self._reader.close()

    def _ahead(self, items: Sequence[Item]) -> Writing[Answer] | None:
        """Decide appends on the loop, which waits for them anyway; marks are for the thread to obey."""
        if self._marks or not all(type(item) is Append for item in items):
            return None
        return self._decided(self._reader, cast("Sequence[Append]", items))

    def _group(self, connection: Connection, appends: Sequence[Append]) -> Sequence[Answer | Exception]:
        return self._decided(connection, appends)(connection)

    def _decided(self, asked: Connection, appends: Sequence[Append]) -> Writing[Answer]:
        """Decide a group by what the store holds; give what writes it and answers."""
        versions = self._versions(asked, appends)
        keys = rows.keys(asked, self._tips, appends)
        group = Group(self._tips, versions, keys, instant(self._now()))
        verdicts = [group.decide(append) for append in appends]

        def write(connection: Connection) -> Sequence[Answer | Exception]:
            insert(connection, "INSERT INTO ledger", group.ledger_rows)
            insert(connection, "INSERT INTO entry", group.entry_rows)
            insert(connection, "INSERT INTO once", group.key_rows)
            self._tips |= group.moved
            self._grown, self._written = set(group.moved), group.versions
            return [
                verdict if type(verdict) is Receipt else self._told(connection, append.ledger, verdict)
                for append, verdict in zip(appends, verdicts, strict=True)
            ]

        return write

    def _versions(self, asked: Connection, appends: Sequence[Append]) -> Versions:
        """Give where the streams expected stand; only those not read or written lately are asked for."""
        wanted = [(append.ledger, subject) for append in appends for subject in append.expected]
        known = {each: version for each in wanted if (version := self._latest.get(each)) is not None}
        return known | rows.versions(asked, self._tips, [each for each in wanted if each not in known])

    def _told(
        self, connection: Connection, ledger: str, verdict: Answer | Used | Moved | Exception
    ) -> Answer | Exception:
        """Answer what is read from the rows, once those of the group stand."""
        if isinstance(verdict, Used):
            return rows.receipt(connection, self._tips[ledger].number, ledger, verdict)
        if isinstance(verdict, Moved):
            tip = self._tips.get(ledger)
            streams = verdict.streams.items()
            return Conflict({s: rows.stream(connection, tip.number, s, v) if tip else [] for s, v in streams})
        return verdict

    def _publish(self) -> None:
        if len(self._latest) > KEPT_VERSIONS:
            self._latest.clear()
        self._latest |= self._written
        self._written = {}
        if self._grown:
            tips = {name: self._tips[name] for name in self._grown}
            self._heads |= {name: Head(tip.sequence, tip.hash) for name, tip in tips.items()}
            self._grown = set()
            self._commits += 1
            self._news.set()
            self._news = asyncio.Event()
