"""The house's time (entries, deadlines, pages); time-outs and tokens use the machine's own."""

import datetime as dt
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
    tests it may stand still at `frozen`.
    """

    def __init__(
        self, offset: dt.timedelta = dt.timedelta(), frozen: dt.datetime | None = None
    ) -> None:  # fmt: skip
        self.offset, self._frozen = offset, frozen and frozen.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """Give the present instant of the example, aware and in UTC."""
        return self._frozen or dt.datetime.now(dt.UTC) + self.offset

    def set(self, instant: dt.datetime) -> None:
        """Make it `instant` now.

        Raises:
            ValueError: if the instant is naive.

        """
        if instant.tzinfo is None:
            raise ValueError(f"{instant} is no instant: it has no time zone")
        self.offset = instant - dt.datetime.now(dt.UTC)
