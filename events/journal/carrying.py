"""What the embedded journal is besides the port: marks, key rows, ledgers taken over whole."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeGuard

from events.catalogue.envelope import Entry
from events.drivers.apsw import Broken, Connection, QueueFull, Work, Writer, each, insert
from events.journal import rows
from events.journal.group import Append, Tip
from events.journal.moving import KeyRow, LedgerClosed, LedgerPresent, Why, admitted, misplaced
from events.journal.port import Head, JournalBroken, JournalFull, KeyReused, Receipt

LEDGER = re.compile(r"[a-z]+/[0-9]{6,9}")
PUT_KEYS = "INSERT OR IGNORE INTO once"
Item = Append | Work


def marks(connection: Connection) -> dict[str, Why]:
    """Read what marks which ledger."""
    found: list[Any] = connection.execute("SELECT ledger, why FROM mark").fetchall()
    return dict(found)


class Carrying:
    """The port `MovingJournal` on a journal that writes through `_group` and publishes `_grown`.

    The loop looks at `_tips`, `_marks` and `_grown` only while the writer's thread is idle.
    """

    _reader: Connection
    _writer: Writer[Item, Any]
    _tips: dict[str, Tip]
    _marks: dict[str, Why]
    _grown: set[str]

    def _group(self, connection: Connection, appends: Sequence[Append]) -> Sequence[Any]:
        raise NotImplementedError

    async def mark(self, ledgers: Sequence[str], why: Why | None) -> None:
        """Mark ledgers, or open them; see the port."""
        if not all(LEDGER.fullmatch(ledger) for ledger in ledgers):
            raise ValueError("a ledger is named service/congress")
        await self._write(partial(self._mark, ledgers, why))

    async def marks(self) -> Mapping[str, Why]:
        """Give every marked ledger."""
        return marks(self._reader)

    async def key_rows(self, ledger: str) -> Sequence[KeyRow]:
        """Give every key that was used in a ledger."""
        found = self._reader.execute(
            "SELECT scope, key, fingerprint, first, count FROM once JOIN ledger ON number = ledger"
            " WHERE name = ? ORDER BY scope, key",
            (ledger,),
        )
        return [KeyRow(*row) for row in found]

    async def adopt(self, ledger: str, entries: Iterable[bytes], keys: Iterable[KeyRow], head: Head) -> None:
        """Write a ledger as it is, in one commit; see the port."""
        if not LEDGER.fullmatch(ledger):
            raise ValueError("a ledger is named service/congress")
        await self._write(partial(self._adopt, ledger, entries, list(keys), head))

    async def _write(self, item: Item) -> Any:  # noqa: ANN401 - whatever the item gives
        try:
            return await self._writer.write(item)
        except QueueFull:
            raise JournalFull from None
        except Broken as broken:
            raise JournalBroken(str(broken)) from broken

    def _gathered(self, connection: Connection, items: Sequence[Item]) -> Sequence[Any]:
        """Write the appends together, then do the rest one by one; answers in the order asked."""
        appends = [item for item in items if self._is_free(item)]
        rest = [
            partial(self._refuse, item) if isinstance(item, Append) else item
            for item in items
            if not self._is_free(item)
        ]
        free = [self._is_free(item) for item in items]
        written = iter(self._group(connection, appends) if appends else ())
        done = iter(each(connection, rest))
        return [next(written) if is_free else next(done) for is_free in free]

    def _is_free(self, item: Item) -> TypeGuard[Append]:
        return isinstance(item, Append) and item.ledger not in self._marks

    def _refuse(self, append: Append, connection: Connection) -> Receipt | KeyReused:
        tip = self._tips.get(append.ledger) or Tip(0)
        for used in rows.keys(connection, self._tips, [append]).values():
            if append.once and used.belongs_to(append.once):
                return rows.receipt(connection, tip.number, append.ledger, used)
            return KeyReused()
        raise LedgerClosed(append.ledger, self._marks[append.ledger], Head(tip.sequence, tip.hash))

    def _mark(self, ledgers: Sequence[str], why: Why | None, connection: Connection) -> None:
        connection.executemany("DELETE FROM mark WHERE ledger = ?", [(ledger,) for ledger in ledgers])
        if why is not None:
            insert(connection, "INSERT INTO mark", [(ledger, why) for ledger in ledgers])
        self._marks = marks(connection)

    def _adopt(
        self,
        ledger: str,
        entries: Iterable[bytes],
        keys: Sequence[KeyRow],
        head: Head,
        connection: Connection,
    ) -> None:
        if (stray := misplaced(keys, head)) is not None:
            raise ValueError(f"a key of {ledger} names entry {stray.first}, which is not there")
        if (tip := self._tips.get(ledger)) is not None:
            if ledger in self._marks and (tip.sequence, tip.hash) == (head.sequence, head.hash):
                insert(connection, PUT_KEYS, [(tip.number, *key) for key in keys])
                return
            raise LedgerPresent(f"there is a ledger {ledger} with {tip.sequence} entries")
        number = 1 + max((tip.number for tip in self._tips.values()), default=0)
        tip = Tip(number, head.sequence, head.hash)

        def keep(found: Sequence[tuple[str, bytes]]) -> None:
            first = Entry(found[0][1]).sequence
            placed = [(number << 32 | n, subject, raw) for n, (subject, raw) in enumerate(found, first)]
            insert(connection, "INSERT INTO entry", placed)
            tip.recorded = Entry(found[-1][1]).recordedtime

        insert(connection, "INSERT INTO ledger", [(number, ledger)])
        reacted = admitted(ledger, entries, head, keep)
        insert(connection, PUT_KEYS, [(number, *key) for key in keys])
        insert(connection, PUT_KEYS, [(number, *key) for key in reacted])
        self._tips[ledger] = tip
        self._grown = {*self._grown, ledger}
