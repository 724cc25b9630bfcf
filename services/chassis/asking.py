"""Who asks and what he hears: a command's circumstances from outside, its ids, its receipt."""

import datetime as dt
import hashlib
import hmac
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from events.catalogue.envelope import decided
from events.catalogue.event import Event
from events.catalogue.vocabulary import Deadline
from events.journal.port import Once, Proposed, Receipt
from events.vault.port import Sealed
from services.chassis.referring import Known
from services.chassis.shapes import Command, Ids, On


class Ask(NamedTuple):
    """Who asks, with which key, standing on what; all of it from outside the decision."""

    congress: str
    actor: str
    holds: str | None
    once: Once
    correlation: str
    cause: str | None = None
    trace: str | None = None
    if_match: int | None = None
    at_least: Sequence[str] = ()
    creates: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided: the receipt (None: nothing to do), the stream and its version."""

    stream: str
    receipt: Receipt | None
    version: int
    position: str
    ids: Ids | None = None

    @property
    def code(self) -> str | None:
        """Give the receipt code, if anything was decided."""
        return self.ids.receipt_code if self.ids else None


Target = Callable[[Command, Ids], str]
"""Says to which stream a command goes; new things take an id from the supply."""


def keyed(once: Once, secret: bytes) -> Once:
    """Give the key with its fingerprint under the congress's secret: nobody can try bodies on it."""
    if once.fingerprint is None:
        return once
    return once._replace(fingerprint=hmac.digest(secret, once.fingerprint, "sha256"))


def supply(once: Once, secret: bytes) -> Ids:
    """Give the ids of a command: from (scope, key, n), so that a retry gets the same."""

    def derive(n: int) -> str:
        digest = hashlib.sha256(f"{once.scope}\n{once.key}\n{n}".encode()).digest()
        return b32encode(digest[:15]).decode().lower()

    return Ids(derive, partial(receipt_code, once, secret))


def receipt_code(once: Once, secret: bytes) -> str:
    """Give the receipt code of a command: 128 bits that only the congress could compute."""
    code = hmac.digest(secret, f"{once.scope}\n{once.key}".encode(), "sha256")
    return b32encode(code[:16]).decode().rstrip("=").lower()


def cited(event: Event) -> tuple[str | None, str | None]:
    """Give the rulebook and the calendars that the event's dates were computed with."""
    dates = [value for value in vars(event).values() if isinstance(value, Deadline)]
    calendars = sorted({name for each in dates for name in (each.calendar or "").split()})
    return (dates[0].rulebook if dates else None), (" ".join(calendars) or None)


@dataclass(slots=True)
class Attempt:
    """One try at a command: what was loaded for it."""

    stream: str
    ids: Ids
    command: Command
    sealed: Mapping[str, Sealed]
    now: dt.datetime
    versions: dict[str, int] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    rulebook: str | None = None


def proposed(each: On, attempt: Attempt, ask: Ask) -> Proposed:
    """Serialize an event with all that an entry says beside it, once."""
    rulebook, calendar = cited(each.event)
    return Proposed(
        each.stream,
        decided(
            type=each.event.wire, subject=each.stream, time=attempt.now, congress=ask.congress,
            actor=ask.actor, correlationid=ask.correlation, causationid=ask.cause,
            traceparent=ask.trace, rulebook=rulebook or attempt.rulebook, calendar=calendar,
            standson=attempt.known.positions,
            dataschema=f"/schemas/{each.event.wire}", data=each.event.data(),
        ),
    )  # fmt: skip
