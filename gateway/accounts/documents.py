"""How accounts, sessions and tokens lie in MongoDB: pure. The first field of each is the `_id`."""

import dataclasses
import secrets
from collections.abc import Callable
from typing import TypeVar

from events.drivers.terms import Document, Index
from gateway.accounts.values import Account, Session, Token

Value = TypeVar("Value")

SCHEMA = 1
ACCOUNTS = [Index("congress", [("congress", 1), ("_id", 1)])]
TOKENS = [Index("login", [("login", 1), ("created", 1)])]
SESSIONS = [*TOKENS, Index("created", [("created", 1)]), Index("seen", [("seen", 1)])]


def epoch() -> str:
    """Make the name of a time in which an account's sessions count."""
    return secrets.token_hex(8)


def row(value: Account | Session | Token) -> Document:
    """Give a value as it lies in its collection."""
    key, *names = [each.name for each in dataclasses.fields(value)]
    return {"_id": getattr(value, key)} | {name: getattr(value, name) for name in names}


def value(kind: Callable[..., Value], key: str, found: Document) -> Value:
    """Give back what lies in a collection; `key` is the name of its first field."""
    return kind(**{key: found["_id"]} | {name: found[name] for name in found.keys() - {"_id", "epoch"}})


def account(found: Document) -> Account:
    """Give back an account."""
    return value(Account, "login", found)


def session(found: Document) -> Session:
    """Give back a session."""
    return value(Session, "id", found)


def token(found: Document) -> Token:
    """Give back a token."""
    return value(Token, "id", found)
