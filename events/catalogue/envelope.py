"""The entry, one byte string for ever: who, when, why, by which rule, caused by what.

An entry is a CloudEvents 1.0 JSON object. Its *decided part* is serialized once by
handling, its *place* is put before it by the journal's writer. UTF-8, no white space,
absent attributes left out, `data` last.
"""

import datetime as dt
from collections.abc import Collection

from pydantic_core import to_json

from events.catalogue.entry import DATA, Entry

__all__ = ["DATA", "MOST_BYTES", "Entry", "decided", "instant", "opening", "openings", "placed"]

MOST_BYTES = 65_535
"""The largest entry; tile bundles of the proof have lengths of 16 bits."""


def instant(when: dt.datetime) -> str:
    """Write a moment as `2025-02-27T01:02:03.000004Z`: UTC, always six digits.

    Texts of this form sort as the moments do.

    Raises:
        ValueError: when `when` has no time zone.

    """
    if when.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    naive = when.astimezone(dt.UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds") + "Z"


def decided(  # noqa: PLR0913 - the attributes of an event, each by its name
    *,
    type: str,  # noqa: A002 - as CloudEvents calls it
    subject: str,
    time: dt.datetime,
    congress: str,
    actor: str,
    correlationid: str,
    causationid: str | None = None,
    traceparent: str | None = None,
    rulebook: str | None = None,
    calendar: str | None = None,
    standson: Collection[str] = (),
    dataschema: str,
    data: bytes,
) -> bytes:
    """Serialize the decided part: the inside of an object from `"type"` to `"data"`.

    `data` is compact JSON; `standson` are addresses in other ledgers, written sorted.
    """
    head = {
        "type": type,
        "subject": subject,
        "time": instant(time),
        "partitionkey": congress,
        "actor": actor,
        "correlationid": correlationid,
        "causationid": causationid,
        "traceparent": traceparent,
        "rulebook": rulebook,
        "calendar": calendar,
        "standson": " ".join(sorted(standson)) or None,
        "datacontenttype": "application/json",
        "dataschema": dataschema,
    }
    present = to_json({name: value for name, value in head.items() if value is not None})
    return present[1:-1] + DATA + data


def opening(ledger: str, sequence: int) -> bytes:
    """Give the bytes with which this entry of this ledger begins, and no other."""
    return openings(ledger) % sequence


def openings(ledger: str) -> bytes:
    """Give the pattern of these bytes, to be filled with a sequence."""
    return b'{"specversion":"1.0","source":"/%b","sequence":"%%010d",' % ledger.encode()


def placed(*, ledger: str, sequence: int, recordedtime: str, prevhash: str | None, decided: bytes) -> bytes:
    """Join place and decided part into the bytes that are stored, hashed, sent and proven.

    `recordedtime` is an `instant`, `prevhash` the leaf hash (hexadecimal) of the entry
    before, absent in entry 1.
    """
    link = f'"prevhash":"{prevhash}",' if prevhash else ""
    rest = f'"id":"{ledger}/{sequence}","recordedtime":"{recordedtime}",{link}'
    return b"".join((opening(ledger, sequence), rest.encode(), decided, b"}"))
