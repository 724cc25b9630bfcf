"""Days of the law: when a limit ends, and how near that is. Pure.

Rulebooks and calendars are handed over in the order in which they were adopted.
"""

import calendar as months
import datetime as dt
from collections.abc import Sequence
from typing import Literal

from events.catalogue.vocabulary import Calendar, Deadline, Rulebook, Skipped, Step, Unit
from services.chassis.days import ONE, Days

# A fixed offset needs no time zone data and is exact: China has had no summer time since 1992.
SHANGHAI = dt.timezone(dt.timedelta(hours=8))

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
