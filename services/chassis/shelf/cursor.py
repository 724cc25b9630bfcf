"""A cursor: the place in an order after which the next page begins, opaque to who carries it.

It names a value and an id, so it holds across generations and while documents move. It is
not signed: a forged one is another place in what its bearer may read anyway.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from services.chassis.shelf.port import BadCursor, Query


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the value of the field ordered by, and the id."""

    value: Any
    id: str


def write(query: Query, place: Place) -> str:
    """Give the cursor of the page that ended at `place`; ASCII, safe in a URL."""
    shape = [query.order, query.descending, place.value, place.id]
    return base64.urlsafe_b64encode(json.dumps(shape).encode()).decode().rstrip("=")


def read(query: Query) -> Place | None:
    """Give the place after which the page that `query` asks for begins; None: at the start.

    Raises:
        BadCursor: when the cursor was not written for this order.

    """
    if query.cursor is None:
        return None
    try:
        padded = query.cursor.encode("ascii") + b"=" * (-len(query.cursor) % 4)
        order, descending, value, document = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
        document.encode()  # a lone surrogate is no text
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BadCursor(query.cursor) from None
    if not _may_stand(value) or (order, descending) != (query.order, query.descending):
        raise BadCursor(query.cursor)
    return Place(value, document)


def _may_stand(value: object) -> bool:
    """Tell whether a document may hold this value."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return value is None or (isinstance(value, int) and abs(value) < 2**53)
