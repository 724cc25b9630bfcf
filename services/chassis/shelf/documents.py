"""What every adapter of the shelf takes out of a document: its fields and its bytes."""

import json
from collections.abc import Sequence
from typing import Any

from services.chassis.shelf.port import Document

_canonical = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def canonical(document: Document) -> bytes:
    """Give a document as JSON in UTF-8 with its names in order: equal ones have equal bytes."""
    return _canonical(document).encode()


def reached(document: Document, path: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Give what stands at the end of a path of names, None where it leads nowhere."""
    value: Any = document
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
