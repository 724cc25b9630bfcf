"""What takes several statements in `accounts.db`."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from events.drivers import apsw, scrubbing
from events.drivers.apsw import Connection
from gateway.accounts import values
from gateway.accounts.values import Failures


def admit(connection: Connection, counters: Mapping[str, int], now: int) -> int:
    """Count an attempt as failed and let it go ahead (0), or give the seconds to wait."""
    forgotten = now - values.FORGOTTEN_SECONDS
    connection.execute("DELETE FROM failure WHERE last <= ?", (forgotten,))
    statement = "SELECT count, last FROM failure WHERE counter = ?"
    known = {}
    for counter in counters:
        row = connection.execute(statement, (counter,)).fetchone()
        known[counter] = Failures(*row) if row else Failures()
    wait = max(known[counter].wait(allowed, now) for counter, allowed in counters.items())
    if not wait:
        for counter, failures in known.items():
            row = (counter, failures.counted(now).count, now)
            connection.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?)", row)
    return wait


def forget(connection: Connection, congress: str, person: str) -> None:
    """Remove a person's accounts, sessions, tokens and failures."""
    statement = "SELECT login FROM account WHERE congress = ? AND person = ?"
    for (login,) in connection.execute(statement, (congress, person)).fetchall():
        own, _ = values.counters(str(login), "")
        connection.execute("DELETE FROM failure WHERE counter = ?", (own,))
        for table in ("session", "token", "account"):
            connection.execute(f"DELETE FROM {table} WHERE login = ?", (login,))  # noqa: S608 - our own names


def scrub(path: Path) -> None:
    """Leave nothing that was removed in the file or its WAL.

    On a connection of its own, and not on the event loop while the house is at work.
    """
    with closing(apsw.connect(path, secure_delete=True)) as connection:
        scrubbing.scrub(connection)
