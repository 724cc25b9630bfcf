"""Accounts in `accounts.db`: one SQLite file, durable at every commit."""
# ruff: noqa: D102 - the port says it

import asyncio
import dataclasses
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from events.drivers.apsw import Connection, QueueFull, Value, Work, Writer, connect, each, migrate
from gateway.accounts import statements, values
from gateway.accounts.port import Busy
from gateway.accounts.tables import SCHEMA
from gateway.accounts.values import Account, Language, Session, Token

Row = tuple[Any, ...]
Step = tuple[str, *tuple[Value, ...]]
"""A statement and its bindings."""


class SqliteAccounts:
    """The port `Accounts` on one file, made if absent, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Open `path` within a running event loop; may raise `NewerSchema`, `UnsoundLibrary`."""
        path.touch(mode=0o600)
        self._path, connection = path, connect(path, secure_delete=True)
        migrate(connection, SCHEMA)
        statements.scrub(path)  # a crash may have come between forgetting and scrubbing
        self._reader = connect(path, read_only=True)
        self._writer: Writer[Work, Any] = Writer(connection, each)

    async def add(self, account: Account) -> bool:
        login = values.fold(account.login)
        if not 0 < len(login) <= values.LOGIN_CHARACTERS:
            raise ValueError(f"a login has 1 to {values.LOGIN_CHARACTERS} characters")
        row = dataclasses.astuple(dataclasses.replace(account, login=login))
        statement = "INSERT INTO account VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
        return await self._change((statement, *row)) > 0

    async def get(self, login: str) -> Account | None:
        found = self._read("SELECT * FROM account WHERE login = ?", values.fold(login))
        return _account(found[0]) if found else None

    async def of(self, congress: str) -> Sequence[Account]:
        statement = "SELECT * FROM account WHERE congress = ? ORDER BY login"
        return [_account(row) for row in self._read(statement, congress)]

    async def change(
        self,
        login: str,
        *,
        password: str | None = None,
        language: Language | None = None,
        disabled: bool | None = None,
    ) -> None:
        folded = values.fold(login)
        statement = (
            "UPDATE account SET password = coalesce(?, password),"
            " language = coalesce(?, language), disabled = coalesce(?, disabled) WHERE login = ?"
        )
        await self._change(
            (statement, password, language, disabled, folded),
            ("DELETE FROM session WHERE login = ? AND ?", folded, bool(password or disabled)),
        )

    async def rehash(self, login: str, old: str, new: str) -> None:
        statement = "UPDATE account SET password = ? WHERE login = ? AND password = ?"
        await self._change((statement, new, values.fold(login), old))

    async def admit(self, login: str, address: str, now: int) -> int:
        counters = values.counters(login, address)
        wait: int = await self._write(lambda connection: statements.admit(connection, counters, now))
        return wait

    async def forgive(self, login: str, address: str) -> None:
        own, shared = values.counters(login, address)
        await self._change(
            ("DELETE FROM failure WHERE counter = ?", own),
            ("UPDATE failure SET count = max(count - 1, 0) WHERE counter = ?", shared),
        )

    async def open_session(self, account: Account, now: int) -> tuple[str, Session] | None:
        token, csrf = values.mint(), secrets.token_bytes(32)
        session = Session(values.digest(token), account.login, now, now, csrf)
        over = (now - values.SESSION_SECONDS, now - values.IDLE_SECONDS)
        statement = (
            "INSERT INTO session SELECT ?, login, ?, ?, ?, NULL, '{}' FROM account"
            " WHERE login = ? AND password = ? AND NOT disabled"
        )
        opened = await self._change(
            ("DELETE FROM session WHERE created <= ? OR seen <= ?", *over),
            (statement, session.id, now, now, csrf, account.login, account.password),
        )
        return (token, session) if opened else None

    async def session(self, token: str) -> tuple[Account, Session] | None:
        found = self._read("SELECT * FROM session WHERE id = ?", values.digest(token))
        if not found:
            return None
        session = _session(found[0])
        account = await self.get(session.login)
        return (account, session) if account else None

    async def sessions(self, login: str) -> Sequence[Session]:
        statement = "SELECT * FROM session WHERE login = ? ORDER BY created DESC"
        return [_session(row) for row in self._read(statement, values.fold(login))]

    async def touch(self, session: str, now: int) -> None:
        await self._change(("UPDATE session SET seen = max(seen, ?) WHERE id = ?", now, session))

    async def choose(self, session: str, role: str | None) -> None:
        await self._change(("UPDATE session SET role = ? WHERE id = ?", role, session))

    async def note(self, session: str, ledger: str, sequence: int) -> None:
        statement = (
            "UPDATE session SET positions = json_set(positions, ?1,"
            " max(?2, coalesce(positions ->> ?1, 0))) WHERE id = ?3"
        )
        await self._change((statement, f'$."{ledger}"', sequence, session))

    async def close_session(self, session: str) -> None:
        await self._change(("DELETE FROM session WHERE id = ?", session))

    async def close_sessions(self, login: str, *, but: str | None = None) -> None:
        statement = "DELETE FROM session WHERE login = ? AND id IS NOT ?"
        await self._change((statement, values.fold(login), but))

    async def create_token(self, login: str, name: str, now: int, expires: int) -> str | None:
        token = values.mint(values.TOKEN_PREFIX)
        row = (values.digest(token), name, now, expires, values.fold(login))
        statement = "INSERT INTO token SELECT ?, login, ?, ?, ? FROM account WHERE login = ?"
        return token if await self._change((statement, *row)) else None

    async def tokens(self, login: str) -> Sequence[Token]:
        statement = "SELECT * FROM token WHERE login = ? ORDER BY created DESC"
        return [Token(*row) for row in self._read(statement, values.fold(login))]

    async def revoke_token(self, login: str, token: str) -> bool:
        statement = "DELETE FROM token WHERE login = ? AND id = ?"
        return await self._change((statement, values.fold(login), token)) > 0

    async def bearer(self, token: str, now: int) -> Account | None:
        statement = (
            "SELECT a.* FROM token t JOIN account a USING (login)"
            " WHERE t.id = ? AND t.expires > ? AND NOT a.disabled"
        )
        found = self._read(statement, values.digest(token), now)
        return _account(found[0]) if found else None

    async def forget(self, congress: str, person: str) -> None:
        await self._write(lambda connection: statements.forget(connection, congress, person))
        await asyncio.to_thread(statements.scrub, self._path)

    async def close(self) -> None:
        await self._writer.close()
        self._reader.close()

    def _read(self, statement: str, *bindings: Value) -> Sequence[Row]:
        return self._reader.execute(statement, bindings).fetchall()

    async def _change(self, *steps: Step) -> int:
        """Run all steps in one commit; give the number of rows that the last one changed."""

        def work(connection: Connection) -> int:
            for statement, *bindings in steps:
                connection.execute(statement, bindings)
            return connection.changes()

        changed: int = await self._write(work)
        return changed

    async def _write(self, work: Work) -> Any:  # noqa: ANN401 - whatever `work` answers
        try:
            return await self._writer.write(work)
        except QueueFull as error:
            raise Busy from error


def _account(row: Row) -> Account:
    account = Account(*row)
    return dataclasses.replace(account, disabled=bool(account.disabled))


def _session(row: Row) -> Session:
    return dataclasses.replace(Session(*row), positions=json.loads(row[-1]))
