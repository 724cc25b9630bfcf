"""The SQL of the embedded vault: `keys.db` is the main database, `vault.db` stands beside it."""

KEYS = (
    """
    CREATE TABLE owner (
        congress TEXT NOT NULL, owner TEXT NOT NULL, wrapped BLOB, erased TEXT,
        PRIMARY KEY (congress, owner), CHECK ((wrapped IS NULL) = (erased IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE secret (congress TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """,
)
RECORDS = (
    """
    CREATE TABLE record (
        congress TEXT NOT NULL, record TEXT NOT NULL, owner TEXT NOT NULL,
        media_type TEXT NOT NULL, kept TEXT NOT NULL, ciphertext BLOB NOT NULL,
        PRIMARY KEY (congress, record)
    ) STRICT;
    CREATE INDEX record_owner ON record (congress, owner);
    CREATE INDEX record_kept ON record (kept);
    """,
)

PUT_KEYS = "INSERT OR IGNORE INTO owner (congress, owner, wrapped)"
PUT_RECORDS = "INSERT OR IGNORE INTO vault.record"
PUT_SECRET = "INSERT OR IGNORE INTO secret VALUES (?, ?)"  # noqa: S105 - a statement
GET_SECRET = "SELECT wrapped FROM secret WHERE congress = ?"  # noqa: S105 - a statement
GET_KEYS = """
    SELECT congress, owner, wrapped FROM owner
    WHERE (congress, owner) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))"""
OPEN = """
    SELECT record, media_type, ciphertext, owner, wrapped
    FROM vault.record JOIN owner USING (congress, owner)
    WHERE congress = ? AND record IN (SELECT value FROM json_each(?)) AND wrapped IS NOT NULL"""
KEPT_BETWEEN = "SELECT congress, record FROM vault.record WHERE kept >= ? AND kept < ?"

BURY = """
    INSERT INTO owner (congress, owner, erased) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET wrapped = NULL, erased = coalesce(erased, excluded.erased)"""
DELETE_OF_OWNER = "DELETE FROM vault.record WHERE congress = ? AND owner = ?"
DELETE_NAMED = """
    DELETE FROM vault.record
    WHERE (congress, record) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
    RETURNING congress, owner"""
DELETE_IDLE_KEYS = """
    DELETE FROM owner
    WHERE (congress, owner) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
        AND erased IS NULL
        AND NOT EXISTS (SELECT 1 FROM vault.record AS record
            WHERE record.congress = owner.congress AND record.owner = owner.owner)"""
