"""Accounts on MongoDB, shared by several gateways.

Every account has an epoch, a random text that a new password, or disabling, replaces in the
same document; a session holds the epoch of its opening and counts while both are the same.
"""
# ruff: noqa: D102 - the port says it

import dataclasses
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from events.drivers.motor import Collection, Database
from events.drivers.terms import Document, DuplicateKey, Filter
from gateway.accounts import documents, values
from gateway.accounts.answering import answered, done
from gateway.accounts.lockouts import Lockouts
from gateway.accounts.values import Account, Language, Session, Token

Row = Document | None


class MongoAccounts:
    """The port `Accounts` on a database of its own. To be made with `open`."""

    def __init__(self, database: Database) -> None:
        self._database, self._lockouts = database, Lockouts(database.collection("failures"))
        self._accounts, self._sessions = database.collection("accounts"), database.collection("sessions")
        self._tokens = database.collection("tokens")

    @classmethod
    async def open(cls, database: Database) -> "MongoAccounts":
        """Look whether schema and indexes fit; if not, close the database.

        Raises:
            NewerSchema, WrongIndexes: see `terms`.
            Busy: when the server did not answer.

        """
        accounts = cls(database)
        try:
            await done(accounts._begin)
        except BaseException:
            await database.close()
            raise
        return accounts

    async def _begin(self) -> None:
        await self._database.schema("accounts", documents.SCHEMA)
        await self._accounts.indexes(documents.ACCOUNTS)
        await self._sessions.indexes(documents.SESSIONS)
        await self._tokens.indexes(documents.TOKENS)
        await self._lockouts.begin()

    async def add(self, account: Account) -> bool:
        login = values.fold(account.login)
        if not 0 < len(login) <= values.LOGIN_CHARACTERS:
            raise ValueError(f"a login has 1 to {values.LOGIN_CHARACTERS} characters")
        row = documents.row(dataclasses.replace(account, login=login)) | {"epoch": documents.epoch()}
        return await done(lambda: self._add(row))

    async def _add(self, row: Document) -> bool:
        with suppress(DuplicateKey):
            await self._accounts.insert_one(row)
            return True
        # It may be our own, whose answer was lost.
        return await self._accounts.find_one({"_id": row["_id"], "epoch": row["epoch"]}) is not None

    async def get(self, login: str) -> Account | None:
        found = await self._account({"_id": values.fold(login)})
        return documents.account(found) if found else None

    async def of(self, congress: str) -> Sequence[Account]:
        found = await done(lambda: self._accounts.find({"congress": congress}, sort=[("_id", 1)]))
        return [documents.account(row) for row in found]

    async def change(
        self,
        login: str,
        *,
        password: str | None = None,
        language: Language | None = None,
        disabled: bool | None = None,
    ) -> None:
        given: Document = {"password": password, "language": language, "disabled": disabled}
        if password or disabled:
            given["epoch"] = documents.epoch()
        change = {"$set": {name: value for name, value in given.items() if value is not None}}
        if change["$set"]:
            await done(lambda: self._accounts.update_one({"_id": values.fold(login)}, change))

    async def rehash(self, login: str, old: str, new: str) -> None:
        still, change = {"_id": values.fold(login), "password": old}, {"$set": {"password": new}}
        await done(lambda: self._accounts.update_one(still, change))

    async def admit(self, login: str, address: str, now: int) -> int:
        return await answered(self._lockouts.admit(login, address, now))

    async def forgive(self, login: str, address: str) -> None:
        await answered(self._lockouts.forgive(login, address))

    async def open_session(self, account: Account, now: int) -> tuple[str, Session] | None:
        await done(lambda: self._sweep(now))
        row = await self._account({"_id": account.login, "password": account.password, "disabled": False})
        if row is None:
            return None
        token, csrf = values.mint(), secrets.token_bytes(32)
        session = Session(values.digest(token), account.login, now, now, csrf)
        opened = documents.row(session) | {"epoch": row["epoch"]}
        await done(lambda: self._insert(self._sessions, opened))
        return token, session

    async def _sweep(self, now: int) -> None:
        over = ("created", values.SESSION_SECONDS), ("seen", values.IDLE_SECONDS)
        for name, seconds in over:
            await self._sessions.delete_many({name: {"$lte": now - seconds}})
        await self._lockouts.sweep(now)

    async def session(self, token: str) -> tuple[Account, Session] | None:
        found = await done(lambda: self._sessions.find_one({"_id": values.digest(token)}))
        row = found and await self._account({"_id": found["login"], "epoch": found["epoch"]})
        return (documents.account(row), documents.session(found)) if found and row else None

    async def sessions(self, login: str) -> Sequence[Session]:
        account = await self._account({"_id": values.fold(login)})
        whose = {"login": account["_id"], "epoch": account["epoch"]} if account else {"login": None}
        found = await done(lambda: self._sessions.find(whose, sort=[("created", -1)]))
        return [documents.session(row) for row in found]

    async def touch(self, session: str, now: int) -> None:
        await self._change_session(session, {"$max": {"seen": now}})

    async def choose(self, session: str, role: str | None) -> None:
        await self._change_session(session, {"$set": {"role": role}})

    async def note(self, session: str, ledger: str, sequence: int) -> None:
        await self._change_session(session, {"$max": {f"positions.{ledger}": sequence}})

    async def close_session(self, session: str) -> None:
        await done(lambda: self._sessions.delete_many({"_id": session}))

    async def close_sessions(self, login: str, *, but: str | None = None) -> None:
        others = {"login": values.fold(login), "_id": {"$ne": but}}
        await done(lambda: self._sessions.delete_many(others))

    async def create_token(self, login: str, name: str, now: int, expires: int) -> str | None:
        text, login = values.mint(values.TOKEN_PREFIX), values.fold(login)
        if not await self._account({"_id": login}):
            return None
        row = documents.row(Token(values.digest(text), login, name, now, expires))
        await done(lambda: self._insert(self._tokens, row))
        return text

    async def tokens(self, login: str) -> Sequence[Token]:
        whose = {"login": values.fold(login)}
        found = await done(lambda: self._tokens.find(whose, sort=[("created", -1)]))
        return [documents.token(row) for row in found]

    async def revoke_token(self, login: str, token: str) -> bool:
        own = {"_id": token, "login": values.fold(login)}
        if await done(lambda: self._tokens.find_one(own)) is None:
            return False
        await done(lambda: self._tokens.delete_many(own))
        return True

    async def bearer(self, token: str, now: int) -> Account | None:
        good = {"_id": values.digest(token), "expires": {"$gt": now}}
        found = await done(lambda: self._tokens.find_one(good))
        row = found and await self._account({"_id": found["login"], "disabled": False})
        return documents.account(row) if row else None

    async def forget(self, congress: str, person: str) -> None:
        whose = {"congress": congress, "person": person}
        for row in await done(lambda: self._accounts.find(whose)):
            await self.change(row["_id"], disabled=True)  # nobody comes in while he is forgotten
            await done(partial(self._forget, row["_id"]))

    async def _forget(self, login: str) -> None:
        for hanging in (self._sessions, self._tokens):
            await hanging.delete_many({"login": login})
        await self._lockouts.forget(login)
        await self._accounts.delete_many({"_id": login})

    async def close(self) -> None:
        await self._database.close()

    async def _account(self, where: Filter) -> Row:
        return await done(lambda: self._accounts.find_one(where))

    async def _change_session(self, session: str, change: Filter) -> None:
        await done(lambda: self._sessions.update_one({"_id": session}, change))

    async def _insert(self, collection: Collection, row: Document) -> None:
        with suppress(DuplicateKey):  # our own, whose answer was lost: an id is random
            await collection.insert_one(row)
