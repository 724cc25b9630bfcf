import datetime as dt

import pytest

from services.chassis.clock import OffsetClock, SystemClock

NEAR = dt.timedelta(minutes=1)


def test_the_system_clock_tells_utc() -> None:
    """An instant is UTC."""
    now = SystemClock().now()
    assert now.tzinfo is dt.UTC
    assert abs(now - dt.datetime.now(dt.UTC)) < NEAR


def test_an_offset_clock_runs_on_from_where_it_was_set() -> None:
    """An example house has its own day, and time runs on from there."""
    clock, session = OffsetClock(), dt.datetime(2025, 2, 27, 1, tzinfo=dt.UTC)
    clock.set(session)
    first, second = clock.now(), clock.now()
    assert session <= first <= second < session + NEAR
    assert first.tzinfo is dt.UTC


def test_the_offset_is_what_a_house_keeps() -> None:
    """A clock made again from the kept offset shows the same time."""
    clock = OffsetClock()
    clock.set(dt.datetime(2025, 2, 27, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    again = OffsetClock(clock.offset)
    assert abs(again.now() - clock.now()) < NEAR
    assert abs(again.now() - dt.datetime(2025, 2, 27, 1, tzinfo=dt.UTC)) < NEAR


def test_a_time_without_zone_is_no_instant() -> None:
    """What could be meant in two ways is refused."""
    with pytest.raises(ValueError, match="no time zone"):
        OffsetClock().set(dt.datetime(2025, 2, 27))  # noqa: DTZ001 - that is the case
