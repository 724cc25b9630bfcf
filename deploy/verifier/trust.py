"""Whom the auditor trusts: a local TOML file, and nothing else.

It names the origins of ledgers with their keys, each perhaps for a range of sizes only, the
witnesses, and how many of these must have cosigned.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .notes import LOG, WITNESS, Key, key
from .report import Unreadable

UNBOUNDED = 1 << 62


@dataclass(frozen=True, slots=True)
class Ranged:
    """A key, and the sizes of the tree for which it may sign: first and last included."""

    key: Key
    first: int = 0
    last: int = UNBOUNDED


@dataclass(frozen=True, slots=True)
class Policy:
    """The trusted keys by origin; the witnesses; how many of them must have cosigned."""

    origins: Mapping[str, tuple[Ranged, ...]]
    witnesses: tuple[Key, ...]
    need: int


def policy(path: Path) -> Policy:
    """Read a trust file.

    Raises:
        Unreadable: when it is none, or what it demands cannot be.

    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable("read.trust", why=error) from error
    try:
        return _policy(told)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable("read.trust", why=error) from error


def _policy(told: Mapping[str, Any]) -> Policy:
    if unknown := told.keys() - {"origins", "witnesses", "need"}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    origins = {str(origin): tuple(_ranged(each) for each in keys) for origin, keys in told["origins"].items()}
    witnesses = tuple(_of_kind(each, WITNESS) for each in told.get("witnesses", ()))
    need = told.get("need", len(witnesses))
    publics = {each.public for each in witnesses}
    if len(publics) < len(witnesses):
        raise ValueError("two witnesses have one key")
    if publics & {each.key.public for keys in origins.values() for each in keys}:
        raise ValueError("a ledger's key is no witness of itself")
    if not isinstance(need, int) or isinstance(need, bool) or not 0 <= need <= len(witnesses):
        raise ValueError(f"need = {need} of {len(witnesses)} witnesses")
    return Policy(origins, witnesses, need)


def _ranged(told: str | Mapping[str, Any]) -> Ranged:
    if isinstance(told, str):
        return Ranged(_of_kind(told, LOG))
    if unknown := told.keys() - {"vkey", "first", "last"}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return Ranged(_of_kind(told["vkey"], LOG), int(told.get("first", 0)), int(told.get("last", UNBOUNDED)))


def _of_kind(vkey: str, kind: int) -> Key:
    found = key(vkey)
    if found.kind != kind:
        raise ValueError(f"{vkey} is a key of kind {found.kind}, not {kind}")
    return found
