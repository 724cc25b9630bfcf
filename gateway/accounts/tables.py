"""The tables of `accounts.db`: script n leads from version n to n + 1, released ones never change.

The order of columns is that of the fields in `values`.
"""

SCHEMA = (
    """
    CREATE TABLE account (
        login TEXT PRIMARY KEY, congress TEXT NOT NULL, person TEXT NOT NULL,
        password TEXT NOT NULL, created INTEGER NOT NULL, language TEXT NOT NULL,
        disabled INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX account_congress ON account (congress, login);
    CREATE TABLE session (
        id TEXT PRIMARY KEY, login TEXT NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL,
        csrf BLOB NOT NULL, role TEXT, positions TEXT NOT NULL DEFAULT '{}'
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_login ON session (login, created);
    CREATE TABLE token (
        id TEXT PRIMARY KEY, login TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX token_login ON token (login, created);
    CREATE TABLE failure (
        counter TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX failure_last ON failure (last);
    """,
)
