"""Leaving nothing of what was deleted in a SQLite file."""

import time
from pathlib import Path

from events.drivers.apsw import BUSY_MILLISECONDS, Connection


def scrub(connection: Connection) -> None:
    """Write each file of the connection anew and empty its WAL, so that nothing deleted is left in them.

    `secure_delete` alone is not enough: a row that moved to another page leaves a copy behind it.
    Not within a transaction, on a connection that may write, and not on the event loop; 100 MB take one
    to two seconds, and nobody else writes meanwhile.

    Raises:
        TimeoutError: when somebody held on to the WAL for more than 5 s.
        apsw.BusyError: when somebody wrote to a file for as long.

    """
    connection.pragma("temp_store", "file")  # the new copy may be larger than the memory
    for _, schema, _ in connection.execute("PRAGMA database_list").fetchall():
        connection.execute(f"VACUUM {schema}")
    end = time.monotonic() + BUSY_MILLISECONDS / 1_000
    # SQLite does not wait for another's checkpoint; the first column tells of one.
    while any(busy for busy, *_ in connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()):
        if time.monotonic() > end:
            raise TimeoutError("somebody holds on to the write-ahead log")
        time.sleep(0.01)


def cut_off(path: Path) -> bool:
    """Tell whether the last process to write the database at `path` ended without closing it."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0
