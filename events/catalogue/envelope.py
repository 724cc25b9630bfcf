"""The entry, one byte string for ever: who, when, why, by which rule, caused by what.

An entry is a CloudEvents 1.0 JSON object. Its *decided part* is serialized once by
handling, its *place* is put before it by the journal's writer. UTF-8, no white space,
absent attributes left out, `data` last.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from pydantic_core import from_json, to_json

MOST_BYTES = 65_535
"""The largest entry; tile bundles of the proof have lengths of 16 bits."""

DATA = b',"data":'


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
    place = f'{{"specversion":"1.0","source":"/{ledger}","sequence":"{sequence:010d}",'
    return place.encode()


def placed(*, ledger: str, sequence: int, recordedtime: str, prevhash: str | None, decided: bytes) -> bytes:
    """Join place and decided part into the bytes that are stored, hashed, sent and proven.

    `recordedtime` is an `instant`, `prevhash` the leaf hash (hexadecimal) of the entry
    before, absent in entry 1.
    """
    link = f'"prevhash":"{prevhash}",' if prevhash else ""
    rest = f'"id":"{ledger}/{sequence}","recordedtime":"{recordedtime}",{link}'
    return b"".join((opening(ledger, sequence), rest.encode(), decided, b"}"))


class Entry:
    """An entry read: attributes at once, `data` parsed when asked for.

    Raises:
        ValueError: when `raw` is no entry.

    """

    __slots__ = ("_cut", "_data", "_head", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        # Within a JSON string every quote is escaped, so the first match is the member.
        self._cut = raw.index(DATA)
        self._head: dict[str, str] = from_json(raw[: self._cut] + b"}")
        self._data: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """Give the address for ever, `suggestions/630200/41`."""
        return self._head["id"]

    @property
    def ledger(self) -> str:
        """Give the ledger, `suggestions/630200`."""
        return self._head["source"][1:]

    @property
    def service(self) -> str:
        """Give the service that owns the ledger, `suggestions`."""
        return self.ledger.partition("/")[0]

    @property
    def congress(self) -> str:
        """Give the division code of the congress, `630200`."""
        return self.ledger.partition("/")[2]

    @property
    def sequence(self) -> int:
        """Give the number in the ledger, from 1."""
        return int(self._head["sequence"])

    @property
    def type(self) -> str:
        """Give the literal, versioned name, `suggestion.submitted.v1`."""
        return self._head["type"]

    @property
    def subject(self) -> str:
        """Give the stream, `suggestion/ab12`."""
        return self._head["subject"]

    @property
    def time(self) -> str:
        """Give the instant when it happened."""
        return self._head["time"]

    @property
    def recordedtime(self) -> str:
        """Give the instant when it was taken, never earlier than the entry before."""
        return self._head["recordedtime"]

    @property
    def prevhash(self) -> str | None:
        """Give the leaf hash of the entry before; none in entry 1."""
        return self._head.get("prevhash")

    @property
    def actor(self) -> str:
        """Give who did it, `role/opaque-id` or `reaction/<name>`."""
        return self._head["actor"]

    @property
    def correlationid(self) -> str:
        """Give the id shared by all that one request set off."""
        return self._head["correlationid"]

    @property
    def causationid(self) -> str | None:
        """Give the address of the entry that a reaction answered."""
        return self._head.get("causationid")

    @property
    def traceparent(self) -> str | None:
        """Give the W3C trace context."""
        return self._head.get("traceparent")

    @property
    def rulebook(self) -> str | None:
        """Give the rulebook applied, `national@2025`."""
        return self._head.get("rulebook")

    @property
    def calendar(self) -> str | None:
        """Give the calendar applied, `cn@2025`."""
        return self._head.get("calendar")

    @property
    def standson(self) -> tuple[str, ...]:
        """Give the addresses in other ledgers up to which the decision knew them."""
        return tuple(self._head.get("standson", "").split())

    @property
    def data(self) -> dict[str, Any]:
        """Give the event itself, parsed once; not to be changed."""
        if self._data is None:
            self._data = from_json(self.raw[self._cut + len(DATA) : -1])
        return self._data
