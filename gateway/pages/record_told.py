"""What the pages of the record say of ledgers and entries, also of one that cannot be read. Pure."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from gateway.pages.telling import Say

NUMBER = re.compile("[1-9][0-9]{0,9}")
LEAF = b"\0"
ROLES = ("citizen", "deputy", "staff", "unit", "station", "leader", "auditor")
Led = Callable[[str], str]


def ledger(
    service: str, head: Mapping[str, Any], keys: Mapping[str, Any] | None, href: str | None
) -> dict[str, Any]:
    """Give what is shown of a ledger: how many entries, and what was signed of it."""
    refused = bool(keys and keys["refused"])
    covered = bool(keys and keys["size"] >= head["head"])
    signed = keys and keys["size"] and dt.datetime.fromtimestamp(keys["signed"], dt.UTC).isoformat()
    seen = [{**each, "at": moment(each["time"])} for each in (keys["witnesses"] if keys else ())]
    state = "refused" if refused else "signed" if covered else "behind"
    return {
        "service": service, "ledger": head["ledger"], "head": head["head"], "href": href, "state": state,
        "told": keys, "signed": signed, "witnesses": seen,
    }  # fmt: skip


def flaws(audits: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Give what is wrong with the stores themselves, each once; services may share one."""
    return list(dict.fromkeys(flaw for each in audits if each["store"] for flaw in each["store"]["flaws"]))


def moment(posix: int) -> str:
    """Give an instant that is told in seconds since 1970."""
    return dt.datetime.fromtimestamp(posix, dt.UTC).isoformat()


def row(raw: str, sequence: int, say: Say) -> dict[str, Any]:
    """Give what a list says of an entry; of one that cannot be read only where it stands."""
    found = read(raw)
    if found is None:
        return {"sequence": sequence, "told": say("record.unreadable"), "when": None, "who": "", "about": ""}
    return {
        "sequence": sequence, "told": deed(found, say), "when": found.get("recordedtime"),
        "who": who(found, say), "about": found.get("subject", ""),
    }  # fmt: skip


def entry(raw: str, say: Say, led: Led) -> dict[str, Any] | None:
    """Give an entry's sentence and attributes; None when it cannot be read."""
    found = read(raw)
    if found is None:
        return None
    attributes = [(name, _led(value, led)) for name, value in found.items() if name != "data"]
    return {
        "told": deed(found, say), "who": f"{who(found, say)} {found.get('actor', '')}".strip(),
        "about": found.get("subject", ""), "when": found.get("time"), "rule": found.get("rulebook"),
        "attributes": attributes,
        "data": [(name, _led(value, led)) for name, value in _flat(found.get("data"), "")],
    }  # fmt: skip


def read(raw: str) -> dict[str, Any] | None:
    """Read an entry as it is stored; None when its bytes are no JSON object any more."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def deed(found: Mapping[str, Any], say: Say) -> str:
    """Say what happened; a type that nobody has words for is named."""
    try:
        return say(f"deeds.{key(str(found.get('type')))}")
    except KeyError:
        return str(found.get("type"))


def key(wire: str) -> str:
    """Give the key of the words for a type of event."""
    return wire.replace(".", "_").replace("-", "_")


def who(found: Mapping[str, Any], say: Say) -> str:
    """Say in which role somebody did it."""
    role = str(found.get("actor", "")).partition("/")[0]
    return say(f"roles.{role if role in ROLES else 'house'}")


def hash_of(raw: str) -> str:
    """Give an entry's leaf hash (hexadecimal)."""
    return sha256(LEAF + raw.encode()).hexdigest()


def _led(value: object, led: Led) -> list[str]:
    """Write a value in parts, of which those that are addresses of entries may be links."""
    return [led(each) for each in str(value).split(" ")]


def _flat(value: object, at: str) -> Iterator[tuple[str, object]]:
    """Give every field of an event's data by its path."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        yield at, json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
        return
    for name, each in inner:
        yield from _flat(each, f"{at}.{name}" if at else str(name))
