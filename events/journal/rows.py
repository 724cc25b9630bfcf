"""The tables of the embedded journal, and how they are read on a connection.

A *place* is ledger number << 32 | sequence: a ledger lies together, and the index of
streams, which ends in the place, is in the order of their versions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from pydantic_core import from_json

from events.catalogue.envelope import Entry
from events.drivers.apsw import Connection, Value, values
from events.journal.group import Append, Keys, Tip, Used, Versions
from events.journal.port import JournalBroken, Once, Receipt, Stored
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
    "CREATE TABLE mark (ledger TEXT PRIMARY KEY, why TEXT NOT NULL) STRICT, WITHOUT ROWID;",
)
SEQUENCES = (1 << 32) - 1

# Many are looked up in one step, their answers as JSON: see `values` for what a step may cost.
FIND_KEYS = """
    WITH wanted (position, ledger, scope, key) AS (VALUES {})
    SELECT json_group_array(json_array(position, hex(fingerprint), first, count))
    FROM wanted CROSS JOIN once USING (ledger, scope, key)"""
FIND_KEY = "SELECT fingerprint, first, count FROM once WHERE ledger = ? AND scope = ? AND key = ?"
FIND_VERSIONS = """
    WITH wanted (position, low, name) AS (VALUES {})
    SELECT json_group_array(json_array(position, place)) FROM (
        SELECT position, (
            SELECT place FROM entry WHERE subject = name
            AND place > low AND place <= low + 4294967295 ORDER BY place DESC LIMIT 1) AS place
        FROM wanted) WHERE place IS NOT NULL"""


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
    wanted = [(append.ledger, append.once) for append in appends if append.once and append.ledger in tips]
    asked = [(n, tips[ledger].number, once.scope, once.key) for n, (ledger, once) in enumerate(wanted)]
    used = Keys()
    for n, fingerprint, first, size in _found(connection, FIND_KEYS, asked):
        _, number, scope, key = asked[n]
        used[wanted[n][0], scope, key] = Used(
            number, scope, key, bytes.fromhex(fingerprint) or None, first, size
        )
    return used


def used(connection: Connection, number: int, once: Once) -> Used | None:
    """Find one key of a ledger, if it was used."""
    for row in _rows(connection, FIND_KEY, number, once.scope, once.key):
        return Used(number, once.scope, once.key, *row)
    return None


def versions(connection: Connection, tips: Mapping[str, Tip], streams: Iterable[tuple[str, str]]) -> Versions:
    """Find the versions of streams, (ledger, subject), those that have any."""
    wanted = [(ledger, subject) for ledger, subject in streams if ledger in tips]
    asked = [(n, tips[ledger].number << 32, subject) for n, (ledger, subject) in enumerate(wanted)]
    return {wanted[n]: place & SEQUENCES for n, place in _found(connection, FIND_VERSIONS, asked)}


def _found(connection: Connection, question: str, asked: Sequence[Sequence[Value]]) -> Iterator[Any]:
    return chain.from_iterable(from_json(answer) for (answer,) in values(connection, question, asked))


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


def raws(connection: Connection, number: int, after: int, last: int) -> list[bytes]:
    """Read the entries of a ledger from after `after` up to `last`, in order."""
    low = number << 32
    found = _rows(
        connection,
        "SELECT raw FROM entry WHERE place > ? AND place <= ? ORDER BY place",
        low + min(after, SEQUENCES),
        low + min(last, SEQUENCES),
    )
    return [raw for (raw,) in found]


def ends(connection: Connection) -> dict[str, tuple[int, int]]:
    """Give number and last sequence of every ledger, whatever its entries say."""
    ledgers = _rows(connection, "SELECT number, name FROM ledger")
    last = "SELECT ifnull(max(place), 0) FROM entry WHERE place BETWEEN ? AND ?"
    ends = [connection.execute(last, (each << 32, each << 32 | SEQUENCES)).get for each, _ in ledgers]
    return {name: (number, end & SEQUENCES) for (number, name), end in zip(ledgers, ends, strict=True)}


def stored(connection: Connection, number: int, after: int, limit: int) -> list[Stored]:
    """Read entries as they lie, of a ledger above `after`; no hash is kept beside them."""
    low = number << 32
    return _rows(
        connection,
        "SELECT place - ?, subject, raw, NULL FROM entry "
        "WHERE place > ? AND place <= ? ORDER BY place LIMIT ?",
        low,
        low + after,
        low + SEQUENCES,
        limit,
    )


def strays(connection: Connection) -> list[int]:
    """Give at most ten places that are of no ledger."""
    return [
        place
        for (place,) in _rows(
            connection,
            "SELECT place FROM entry WHERE place >> 32 NOT IN (SELECT number FROM ledger) LIMIT 10",
        )
    ]


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
