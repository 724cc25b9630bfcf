"""The house's time (entries, deadlines, pages); time-outs and tokens use the machine's own."""

import datetime as dt
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the house what time it is."""

    def now(self) -> dt.datetime:
        """Give the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """Give the present instant, aware and in UTC."""
        return dt.datetime.now(dt.UTC)


class OffsetClock:
    """The clock of an example house: the machine's, `offset` away from it.

    Time runs on from wherever the loader has set it; the offset is what the house keeps. In
    tests the instant may stand in a `file`, so that several processes have the same.
    """

    def __init__(self, offset: dt.timedelta = dt.timedelta(), file: Path | None = None) -> None:
        self.offset, self._file = offset, file

    def now(self) -> dt.datetime:
        """Give the present instant of the example, aware and in UTC."""
        if self._file is not None:
            return dt.datetime.fromisoformat(self._file.read_text()).astimezone(dt.UTC)
        return dt.datetime.now(dt.UTC) + self.offset

    def set(self, instant: dt.datetime) -> None:
        """Make it `instant` now.

        Raises:
            ValueError: if the instant is naive.

        """
        if instant.tzinfo is None:
            raise ValueError(f"{instant} is no instant: it has no time zone")
        self.offset = instant - dt.datetime.now(dt.UTC)


class FixedClock:
    """A clock that stands at one instant: the time of whoever looks back at it."""

    def __init__(self, instant: dt.datetime) -> None:
        self._instant = instant

    def now(self) -> dt.datetime:
        """Give that instant."""
        return self._instant
