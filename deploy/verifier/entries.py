"""An entry as it lies in a ledger: one JSON object of CloudEvents 1.0, read strictly."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .report import Unreadable

MOST_BYTES = 65_535
MOST_INTEGER = 2**53 - 1
ORDER = (
    "specversion", "source", "sequence", "id", "recordedtime", "prevhash", "type", "subject", "time",
    "partitionkey", "actor", "correlationid", "causationid", "traceparent", "rulebook", "calendar",
    "standson", "datacontenttype", "dataschema", "data",
)  # fmt: skip
OPTIONAL = {"prevhash", "causationid", "traceparent", "rulebook", "calendar", "standson"}
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry read; `odd` names what the form of entries forbids."""

    raw: bytes
    attributes: Mapping[str, Any]
    odd: tuple[str, ...]

    def text(self, name: str) -> str:
        """Give an attribute; empty where it is absent or no text."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) else ""

    @property
    def data(self) -> Mapping[str, Any]:
        """Give the event itself; empty where there is none."""
        value = self.attributes.get("data")
        return value if isinstance(value, dict) else {}

    @property
    def type(self) -> str:
        """Give what happened, `suggestion.submitted.v1`."""
        return self.text("type")

    @property
    def subject(self) -> str:
        """Give the stream, `suggestion/ab12`."""
        return self.text("subject")

    @property
    def id(self) -> str:
        """Give the address that it claims, `suggestions/630200/41`."""
        return self.text("id")

    @property
    def sequence(self) -> int:
        """Give the number that it claims; 0 where it is none."""
        told = self.text("sequence")
        return int(told) if re.fullmatch("[0-9]{10}", told) else 0

    def known(self, ledger: str) -> int:
        """Give how far the decision knew another ledger; 0 where it says nothing of it."""
        for each in self.text("standson").split(" "):
            other, _, number = each.rpartition("/")
            if other == ledger and number.isascii() and number.isdecimal():
                return int(number)
        return 0


def read(raw: bytes) -> Entry:
    """Read an entry.

    Raises:
        Unreadable: when it is no JSON object.

    """
    odd: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in members}) < len(members):
            odd.append("duplicate")
        return dict(members)

    def integer(digits: str) -> int:
        if abs(number := int(digits)) > MOST_INTEGER:
            odd.append("integer")
        return number

    def fraction(_digits: str) -> None:
        odd.append("fraction")

    try:
        text = raw.decode()
        value = json.loads(
            text, object_pairs_hook=pairs, parse_int=integer, parse_float=fraction, parse_constant=fraction
        )
        if "\\u" in text:  # an escape may stand for half a character
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable("read.entry") from error
    if not isinstance(value, dict):
        raise Unreadable("read.entry")
    return Entry(raw, value, (*odd, *_odd(raw, text, value)))


def _odd(raw: bytes, text: str, value: Mapping[str, Any]) -> list[str]:
    names = list(value)
    faults = {
        "bytes": len(raw) > MOST_BYTES,
        "nfc": not unicodedata.is_normalized("NFC", text),
        "order": names != [each for each in ORDER if each in value],
        "missing": not {*ORDER} - OPTIONAL <= {*names},
        "instant": not all(INSTANT.fullmatch(str(value.get(each))) for each in ("time", "recordedtime")),
        "text": not all(isinstance(value[each], str) for each in names if each != "data"),
    }
    return [name for name, at_fault in faults.items() if at_fault]
