"""The tables of the embedded journal, and how they are read on a connection.

A *place* is ledger number << 32 | sequence: a ledger lies together, and the index of
streams, which ends in the place, is in the order of their versions.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from events.catalogue.envelope import Entry
from events.drivers.apsw import Connection, Value
from events.journal.group import Append, Keys, Tip, Used
from events.journal.port import JournalBroken, Receipt
from events.proof.chain import START, Fault, Link, leaf, walk

MIGRATIONS = (
    """
    CREATE TABLE ledger (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE entry (
        place INTEGER PRIMARY KEY, subject TEXT NOT NULL, raw BLOB NOT NULL) STRICT;
    CREATE INDEX stream ON entry (subject);
    CREATE TABLE once (
        ledger INTEGER NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB,
        first INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (ledger, scope, key)) STRICT, WITHOUT ROWID;
    """,
)
SEQUENCES = (1 << 32) - 1

# Many are looked up in one step, in and out as JSON: see `insert` for what a step may cost.
FIND_KEYS = """
    SELECT json_group_array(json_array(wanted.key, hex(fingerprint), first, count))
    FROM json_each(?) AS wanted CROSS JOIN once ON once.ledger = wanted.value ->> 0
    AND once.scope = wanted.value ->> 1 AND once.key = wanted.value ->> 2"""
FIND_VERSIONS = """
    SELECT json_group_array(json_array(position, place)) FROM (
        SELECT wanted.key AS position, (
            SELECT place FROM entry WHERE subject = wanted.value ->> 1
            AND place > wanted.value ->> 0 AND place <= (wanted.value ->> 0) + 4294967295
            ORDER BY place DESC LIMIT 1) AS place
        FROM json_each(?) AS wanted) WHERE place IS NOT NULL"""


def tips(connection: Connection) -> dict[str, Tip]:
    """Find where every ledger ends, and look whether its last entry holds.

    Raises:
        JournalBroken: when one does not.

    """
    ledgers = _rows(connection, "SELECT number, name FROM ledger")
    return {name: _tip(connection, number, name) for number, name in ledgers}


def _tip(connection: Connection, number: int, ledger: str) -> Tip:
    low = number << 32
    last = _rows(
        connection,
        "SELECT place, raw FROM entry WHERE place > ? AND place <= ? ORDER BY place DESC LIMIT 2",
        low,
        low + SEQUENCES,
    )
    before = [Link(place - low, leaf(raw).hex()) for place, raw in last[1:]]
    head = walk(ledger, [raw for _, raw in last[:1]], *before or [START])
    if isinstance(head, Fault) or [head.sequence] != [place - low for place, _ in last[:1]]:
        raise JournalBroken(f"{ledger}: {head}")
    return Tip(number, head.sequence, head.hash, Entry(last[0][1]).recordedtime)


def keys(connection: Connection, tips: Mapping[str, Tip], appends: Iterable[Append]) -> Keys:
    """Find those keys of `appends` that were used."""
    wanted = [
        (append.ledger, append.once.scope, append.once.key)
        for append in appends
        if append.once and append.ledger in tips
    ]
    asked = [(tips[ledger].number, scope, key) for ledger, scope, key in wanted]
    return {
        wanted[position]: Used(bytes.fromhex(fingerprint) or None, first, count)
        for position, fingerprint, first, count in _ask(connection, FIND_KEYS, asked)
    }


def versions(
    connection: Connection, tips: Mapping[str, Tip], wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Find the versions of those (ledger, subject) that have any."""
    asked = [(tips[ledger].number << 32, subject) for ledger, subject in wanted]
    return {wanted[position]: place & SEQUENCES for position, place in _ask(connection, FIND_VERSIONS, asked)}


def _ask(connection: Connection, question: str, asked: Sequence[object]) -> Sequence[Sequence[Any]]:
    if not asked:
        return ()
    ((found,),) = _rows(connection, question, to_json(asked).decode())
    answers: Sequence[Sequence[Any]] = from_json(found)
    return answers


def _rows(connection: Connection, question: str, *bindings: Value) -> list[Any]:
    return connection.execute(question, bindings).fetchall()


def stream(connection: Connection, number: int, subject: str, after: int) -> list[bytes]:
    """Read the entries of one stream of a ledger with a sequence above `after`."""
    low = number << 32
    rows = _rows(
        connection,
        "SELECT raw FROM entry WHERE subject = ? AND place > ? AND place <= ? ORDER BY place",
        subject,
        low + min(after, SEQUENCES),
        low + SEQUENCES,
    )
    return [raw for (raw,) in rows]


def span(connection: Connection, number: int, after: int, last: int) -> list[tuple[str, bytes]]:
    """Read (subject, entry) of a ledger from after `after` up to `last`, in order."""
    low = number << 32
    return _rows(
        connection,
        "SELECT subject, raw FROM entry WHERE place > ? AND place <= ? ORDER BY place",
        low + min(after, SEQUENCES),
        low + min(last, SEQUENCES),
    )


def receipt(connection: Connection, number: int, ledger: str, used: Used) -> Receipt:
    """Write the receipt of an earlier commit once more."""
    last = used.first + used.size - 1
    rows = span(connection, number, used.first - 1, last)
    return Receipt(
        ledger,
        used.first,
        last,
        leaf(rows[-1][1]).hex(),
        Entry(rows[-1][1]).recordedtime,
        {subject: used.first + n for n, (subject, _) in enumerate(rows)},
        repeated=True,
    )
