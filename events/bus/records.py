"""How an entry looks on a topic: structured-mode CloudEvents, keyed by congress."""

import re

from pydantic_core import from_json

from events.catalogue.envelope import Entry, opening

CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=utf-8")
TRACEPARENT = b'"traceparent":'
CONGRESS = re.compile(rb"[0-9]{6,9}")


def headers(entry: bytes) -> list[tuple[str, bytes]]:
    """Give the headers of an entry's record: the content type, and the trace where there is one."""
    trace = Entry(entry).traceparent if TRACEPARENT in entry else None
    return [CONTENT_TYPE] if trace is None else [CONTENT_TYPE, ("traceparent", trace.encode())]


def ledger_of(service: str, key: bytes | None) -> str:
    """Name the ledger that a record of a service's topic belongs to.

    Raises:
        ValueError: when its key is no congress.

    """
    if key is None or not CONGRESS.fullmatch(key):
        raise ValueError("the key is no congress")
    return f"{service}/{key.decode()}"


def sequence_of(ledger: str, value: bytes | None) -> int:
    """Give the sequence of the entry that a record of a ledger holds.

    Raises:
        ValueError: when it holds no whole entry of this ledger.

    """
    if value is None:
        raise ValueError("the record is empty")
    match from_json(value):
        case {"sequence": str(digits)} if digits.isdecimal():
            sequence = int(digits)
        case _:
            raise ValueError("the record is no entry")
    if not value.startswith(opening(ledger, sequence)):
        raise ValueError("the entry is of another ledger")
    return sequence
