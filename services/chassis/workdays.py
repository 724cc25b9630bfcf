"""Days of the law: which are worked, when a limit ends, how much of it is left. Pure.

Rulebooks and calendars are handed over in the order in which they were adopted.
"""

import calendar as months
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from events.catalogue.vocabulary import Calendar, Deadline, Rulebook, Skipped, Step, Unit

# A fixed offset needs no time zone data and is exact: China has had no summer time since 1992.
SHANGHAI = dt.timezone(dt.timedelta(hours=8))

ONE = dt.timedelta(days=1)
WEEK, WORKED, SATURDAY = 7, 5, 5

# Article 2 of 全国年节及纪念日放假办法: what can be known of a year before its notice. The days
# that follow the moon (and 清明) cannot, so such a year stays provisional.
FIXED = {
    (1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节",
    (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节",
}  # fmt: skip
SECOND_OF_MAY_OFF_SINCE = 2025

AMBER_DAYS = 10

Colour = Literal["none", "green", "amber", "red"]


def legal_day(instant: dt.datetime) -> dt.date:
    """Give the day in Asia/Shanghai on which an instant falls.

    Raises:
        ValueError: if the instant is naive.

    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} is no instant: it has no time zone")
    return instant.astimezone(SHANGHAI).date()


def rulebook_at(rulebooks: Sequence[Rulebook], day: dt.date) -> Rulebook:
    """Give the rulebook in force on a day: the latest that had come into force by then.

    Of two with the same first day the one adopted later counts.

    Raises:
        LookupError: if none was in force yet.

    """
    in_force = [each for each in reversed(rulebooks) if each.in_force <= day]
    if not in_force:
        raise LookupError(f"no rulebook is in force on {day}")
    return max(in_force, key=lambda each: each.in_force)


class Days:
    """The days of all years, by the calendars adopted; remembers which it had to look into.

    Of each year the version adopted last counts. A notice may name days at the end of the
    year before (that of 2019 did), so the following year's calendar is asked first.
    """

    def __init__(self, calendars: Iterable[Calendar] = ()) -> None:
        """Take the calendars in the order in which they were adopted."""
        self._years = {each.year: each for each in calendars}
        self._off: dict[int, Mapping[dt.date, str]] = {}
        self._turned: dict[int, Mapping[dt.date, int]] = {}
        self._used: set[int] = set()
        self.provisional = False

    @property
    def references(self) -> str | None:
        """Give the calendars looked into, by year, one space between: `cn@2025 cn@2026`."""
        return " ".join(self._years[year].reference for year in sorted(self._used)) or None

    def rest(self, day: dt.date) -> str | None:
        """Say why nobody works on a day: a holiday's name or `weekend`; None on a working day."""
        for year in (day.year + 1, day.year):
            if year not in self._years:
                continue
            holidays = self._off.get(year) or self._holidays(year)
            if day in holidays or day in self._years[year].work:
                self._used |= {year, day.year} & self._years.keys()
                return holidays.get(day)
        if day.year in self._years:
            self._used.add(day.year)
        else:
            self.provisional = True
            if name := _fixed(day):
                return name
        return "weekend" if day.weekday() >= SATURDAY else None

    def left(self, due: dt.date, today: dt.date) -> int:
        """Count the working days after today up to the due day; negative means late, on the day it is 0.

        A weekend that follows a missed day is late by one working day already.
        """
        worked = self._worked(*sorted((due, today)))
        return -max(worked, 1) if due < today else worked

    def _worked(self, early: dt.date, late: dt.date) -> int:
        """Count the working days after one day up to another: by whole weeks, then by what turns a day."""
        weeks, more = divmod((late - early).days, WEEK)
        worked = WORKED * weeks + sum((early.weekday() + 1 + n) % WEEK < SATURDAY for n in range(more))
        years = range(early.year, late.year + 1)
        return worked + sum(
            turn for year in years for day, turn in self._turns(year).items() if early < day <= late
        )

    def _turns(self, year: int) -> Mapping[dt.date, int]:
        """Give the days of a year that are not what their weekday says: 1 if worked, -1 if not."""
        if year not in self._turned:
            named = {dt.date(year, *day) for day in FIXED}
            for each in {year, year + 1} & self._years.keys():
                named.update(self._off.get(each) or self._holidays(each), self._years[each].work)
            found = {day: (self.rest(day) is None) - (day.weekday() < SATURDAY) for day in named}
            self._turned[year] = {day: turn for day, turn in found.items() if turn and day.year == year}
        return self._turned[year]

    def _holidays(self, year: int) -> Mapping[dt.date, str]:
        """Look a year's up once, and only when it is asked: a row of a board asks for two of all adopted."""
        self._off[year] = {
            day: each.name for each in self._years[year].off for day in _asked(each.first, each.last, year)
        }
        return self._off[year]


def _asked(first: dt.date, last: dt.date, year: int) -> Iterator[dt.date]:
    """Give the days of a span for which its year's calendar can be asked: of that year and the last."""
    return _span(max(first, dt.date(year - 1, 1, 1)), min(last, dt.date(year, 12, 31)))


def _span(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for count in range((last - first).days + 1):
        yield first + count * ONE


def _fixed(day: dt.date) -> str | None:
    if (day.month, day.day) == (5, 2) and day.year < SECOND_OF_MAY_OFF_SINCE:
        return None
    return FIXED.get((day.month, day.day))


def deadline(step: Step, start: dt.date, rulebook: Rulebook, calendars: Sequence[Calendar]) -> Deadline:
    """Compute the last day of a step whose clock starts on `start`, and how it was found.

    The first day does not count. Months end on the corresponding day, or on the month's
    last if it has none; months and days that end on a rest day end on the next working
    day. `skipped` are the rest days in a count of working days, else those at its end. The
    calendars cited are those of every year looked into; one that is missing makes the date
    provisional. Without a limit in the rulebook there is no date.
    """
    limit = next((each for each in rulebook.limits if each.step == step), None)
    if limit is None:
        return Deadline(step=step, start=start, rulebook=rulebook.reference)
    days, skipped = Days(calendars), list[Skipped]()
    if limit.unit is Unit.WORKING_DAYS:
        due = start
        for _ in range(limit.count):
            due = _working(due + ONE, days, skipped)
    elif limit.unit is Unit.DAYS:
        due = _working(start + limit.count * ONE, days, skipped)
    else:
        due = _working(_months_on(start, limit.count), days, skipped)
    return Deadline(
        step=step, start=start, due=due, limit=limit, skipped=tuple(skipped),
        rulebook=rulebook.reference, calendar=days.references, provisional=days.provisional,
    )  # fmt: skip


def _working(day: dt.date, days: Days, skipped: list[Skipped]) -> dt.date:
    """Give the first working day from `day` on; note down what was passed over."""
    while why := days.rest(day):
        skipped.append(Skipped(day=day, why=why))
        day += ONE
    return day


def _months_on(start: dt.date, count: int) -> dt.date:
    years, month = divmod(start.month - 1 + count, 12)
    year, month = start.year + years, month + 1
    return dt.date(year, month, min(start.day, months.monthrange(year, month)[1]))


def colour(due: dt.date | None, today: dt.date) -> Colour:
    """Class a date for boards, on reading: red is late, amber due within `AMBER_DAYS` days.

    All days count, today's distance included: no calendar is needed and no colour jumps
    over a holiday. `none` has no date. Late is only the day after the due day.
    """
    if due is None:
        return "none"
    left = (due - today).days
    return "red" if left < 0 else "amber" if left <= AMBER_DAYS else "green"
