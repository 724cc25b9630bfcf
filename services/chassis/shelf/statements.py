"""The SQL of the embedded shelf that is the same for every table."""

SCRIPTS = (
    """
    CREATE TABLE made (
        number INTEGER PRIMARY KEY AUTOINCREMENT, view TEXT NOT NULL, version INTEGER NOT NULL,
        generation INTEGER NOT NULL, fields TEXT NOT NULL, UNIQUE (view, version, generation)
    ) STRICT;
    CREATE TABLE live (
        view TEXT, version INTEGER, generation INTEGER NOT NULL, PRIMARY KEY (view, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (
        made INTEGER, ledger TEXT, mark INTEGER NOT NULL, PRIMARY KEY (made, ledger)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blocked (
        made INTEGER, ledger TEXT, sequence INTEGER NOT NULL, error TEXT NOT NULL,
        PRIMARY KEY (made, ledger)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE skip (
        view TEXT, version INTEGER, ledger TEXT, sequence INTEGER, who TEXT NOT NULL,
        why TEXT NOT NULL, PRIMARY KEY (view, version, ledger, sequence)
    ) STRICT, WITHOUT ROWID;
    """,
)

TABLES = "SELECT number, view, version, generation, fields FROM made ORDER BY number"
STANDING = "SELECT number, fields FROM made WHERE view = ? AND version = ? AND generation = ?"
MAKE = "INSERT INTO made (view, version, generation, fields) VALUES (?, ?, ?, ?) RETURNING number"
UNMAKE = "DELETE FROM made WHERE number = ?"

LIVE = "SELECT generation FROM live WHERE view = ? AND version = ?"
LIVES = "SELECT view, version, generation FROM live"
SWITCH = "INSERT OR REPLACE INTO live VALUES (?, ?, ?)"
UNLIVE = "DELETE FROM live WHERE view = ? AND version = ? AND generation = ?"

MARKS = "SELECT ledger, mark FROM mark WHERE made = ?"
MARK = """
    INSERT INTO mark VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET mark = max(mark, excluded.mark)"""
UNMARK = "DELETE FROM mark WHERE made = ?"

BLOCKED = "SELECT ledger, sequence, error FROM blocked WHERE made = ?"
BLOCK = "INSERT OR REPLACE INTO blocked VALUES (?, ?, ?, ?)"
UNBLOCK = "DELETE FROM blocked WHERE made = ? AND ledger = ?"
UNBLOCK_ALL = "DELETE FROM blocked WHERE made = ?"

SKIPS = "SELECT view, version, ledger, sequence, who, why FROM skip"
SKIP = "INSERT OR IGNORE INTO skip VALUES (?, ?, ?, ?, ?, ?)"

ABOVE = "congress = ? AND service = ? AND id > ? ORDER BY id LIMIT ?"
