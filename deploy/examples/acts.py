"""What a script consists of: acts, each by somebody, at an instant, on a thing made before."""

import base64
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]
"""A table of the example's TOML."""

CHINA = dt.timezone(dt.timedelta(hours=8))
OPERATOR = "operator"
"""Who founds a congress: nobody in it has a role yet."""
FIND_DRAFT = "listSuggestions"
"""The one act that decides nothing: a deputy finds the draft made from an opinion he took up."""


@dataclass(frozen=True, slots=True)
class Made:
    """A place in a body for the id of a thing made before: `station/ab12`, or bare `ab12`."""

    key: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody does. `name` is unique in the script and makes the idempotency key.

    `login` is None for a citizen; `thing` and `makes` are keys of things (`suggestion/s01`);
    of a `shown` act the receipt code is kept, to be shown when the example stands.
    """

    name: str
    at: dt.datetime
    congress: str
    login: str | None
    operation: str
    thing: str | None = None
    body: Data = field(default_factory=dict)
    makes: str | None = None
    shown: bool = False

    @property
    def key(self) -> str:
        """Give the idempotency key: in the shape of a random UUID, as citizens must send one."""
        digest = hashlib.sha256(f"example/{self.congress}/{self.name}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


@dataclass(frozen=True, slots=True)
class People:
    """Who acts for whom: logins by role and unit, and opaque ids, as no name stands in a ledger."""

    deputies: Sequence[Data]
    staff: Sequence[Data]

    @classmethod
    def of(cls, data: Data) -> "People":
        """Read the table of people."""
        return cls(data["deputy"], data["staff"])

    def deputy(self, key: str) -> str:
        """Give a deputy's login."""
        return str(next(each["login"] for each in self.deputies if each["key"] == key))

    def unit(self, key: str) -> str:
        """Give the login of a unit's clerk."""
        return str(next(each["login"] for each in self.staff if each.get("unit") == key))

    def clerk(self, congress: str, role: str = "staff", duty: str | None = None) -> str:
        """Give who acts in a role: of several the one whose login names the duty, or the first."""
        logins = [
            each["login"] for each in self.staff if each["congress"] == congress and each["role"] == role
        ]
        return str(next((each for each in logins if duty and each.endswith(duty)), logins[0]))


def person(each: Data) -> str:
    """Give the opaque id of a person."""
    digest = hashlib.sha256(f"person/{each['congress']}/{each['key']}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:12]


def mandate(key: str) -> str:
    """Name a deputy's mandate among the things made."""
    return f"mandate/{key}"


def on(day: dt.date, clock: str) -> dt.datetime:
    """Give the instant of a legal day at a time of the clock."""
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), CHINA)
