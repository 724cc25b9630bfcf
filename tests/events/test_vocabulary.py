"""Values that every event and command shares."""

import datetime as dt
import json

import pytest
from pydantic import TypeAdapter, ValidationError

from events.catalogue.vocabulary import Day

DAY = TypeAdapter[dt.date](Day)


def test_a_day_is_read() -> None:
    """From JSON as ISO 8601 writes it, in a parsed object too, and as a day already."""
    day = dt.date(2025, 2, 27)
    assert DAY.validate_json(b'"2025-02-27"') == day
    assert DAY.validate_python("2025-02-27") == day
    assert DAY.validate_python(day) == day
    assert DAY.json_schema() == {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    "other", [1740614400, "1740614400", 1.5, True, None, "20250227", "2025-02-30", "2025-02-27T01:00:00"]
)
def test_what_is_no_day_is_refused(other: object) -> None:
    """Seconds since 1970 are no day, neither as a number nor in quotes; nor is an hour."""
    with pytest.raises(ValidationError):
        DAY.validate_json(json.dumps(other))
    with pytest.raises(ValidationError):
        DAY.validate_python(other)
