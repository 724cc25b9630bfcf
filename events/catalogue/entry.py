"""An entry read again: what every fold asks is cut out of its bytes, all else is parsed when asked for."""

from typing import Any

from pydantic_core import from_json

DATA = b',"data":'
TYPE = b',"type":"'
SEQUENCE = b',"sequence":"'


class Entry:
    """An entry read: what a fold asks of every entry is cut out, all else parsed when asked for.

    Raises:
        ValueError: when `raw` is no entry, here or when what is asked of it cannot be read.

    """

    __slots__ = ("_at", "_data", "_head", "raw", "type")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._head: dict[str, str] | None = None
        self._data: dict[str, Any] | None = None
        # Within a JSON string every quote is escaped, so the first match is the member.
        self._at = start = raw.find(TYPE) + len(TYPE)
        text = raw[start : raw.find(b'"', start)]
        plain = start >= len(TYPE) and b"\\" not in text
        self.type = text.decode() if plain else self.attributes["type"]
        """The literal, versioned name, `suggestion.submitted.v1`."""

    def _text(self, member: bytes, after: int = 0) -> str:
        """Cut out an attribute that every entry has; parse it where it is written in another way."""
        raw = self.raw
        start = raw.find(member, after) + len(member)
        text = raw[start : raw.find(b'"', start)]
        if start < len(member) or b"\\" in text:
            return self.attributes[member[2:-3].decode()]
        return text.decode()

    @property
    def attributes(self) -> dict[str, str]:
        """Give all attributes by name, parsed once."""
        if self._head is None:
            self._head = from_json(self.raw[: self.raw.index(DATA)] + b"}")
        return self._head

    @property
    def id(self) -> str:
        """Give the address for ever, `suggestions/630200/41`."""
        return self._text(b',"id":"')

    @property
    def ledger(self) -> str:
        """Give the ledger, `suggestions/630200`."""
        return self._text(b',"source":"')[1:]

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
        start = self.raw.find(SEQUENCE) + len(SEQUENCE)
        return int(self.raw[start : start + 10])

    @property
    def subject(self) -> str:
        """Give the stream, `suggestion/ab12`."""
        return self._text(b',"subject":"', self._at)

    @property
    def time(self) -> str:
        """Give the instant when it happened."""
        return self._text(b',"time":"', self._at)

    @property
    def recordedtime(self) -> str:
        """Give the instant when it was taken, never earlier than the entry before."""
        return self._text(b',"recordedtime":"')

    @property
    def prevhash(self) -> str | None:
        """Give the leaf hash of the entry before; none in entry 1."""
        return self.attributes.get("prevhash")

    @property
    def actor(self) -> str:
        """Give who did it, `role/opaque-id` or `reaction/<name>`."""
        return self._text(b',"actor":"', self._at)

    @property
    def correlationid(self) -> str:
        """Give the id shared by all that one request set off."""
        return self.attributes["correlationid"]

    @property
    def causationid(self) -> str | None:
        """Give the address of the entry that a reaction answered."""
        return self.attributes.get("causationid")

    @property
    def traceparent(self) -> str | None:
        """Give the W3C trace context."""
        return self.attributes.get("traceparent")

    @property
    def rulebook(self) -> str | None:
        """Give the rulebook applied, `national@2025`."""
        return self.attributes.get("rulebook")

    @property
    def calendar(self) -> str | None:
        """Give the calendar applied, `cn@2025`."""
        return self.attributes.get("calendar")

    @property
    def standson(self) -> tuple[str, ...]:
        """Give the addresses in other ledgers up to which the decision knew them."""
        return tuple(self.attributes.get("standson", "").split())

    @property
    def data(self) -> dict[str, Any]:
        """Give the event itself, parsed once; not to be changed."""
        if self._data is None:
            self._data = from_json(self.body)
        return self._data

    @property
    def body(self) -> bytes:
        """Give the event itself as it is written."""
        return self.raw[self.raw.index(DATA, self._at) + len(DATA) : -1]
