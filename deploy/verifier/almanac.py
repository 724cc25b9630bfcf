"""Deadlines by the adopted rules, computed anew from the rule's sentence.

A clock starts on a day that does not count. Working days are counted one by one. Days and months
are counted through; when the last one is a day of rest, the next working day takes its place. A
month ends on the same day of the month, or on its last where there is none. A year's official
calendar names its holidays and the weekend days that are worked; it may name days of the December
before. A year without one is provisional: weekends and the holidays of fixed date are taken.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
ONE = dt.timedelta(days=1)
SATURDAY = 5
FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
SECOND_OF_MAY = 2025
"""Since that year the second of May is a holiday too."""

Value = Mapping[str, Any]


def legal_day(instant: str) -> str:
    """Give the day in Asia/Shanghai on which an instant falls."""
    return dt.datetime.fromisoformat(instant).astimezone(SHANGHAI).date().isoformat()


def in_force(rulebooks: Sequence[Value], day: str) -> Value | None:
    """Give the rulebook in force on a day: the newest by then; of equals, that adopted last."""
    best: Value | None = None
    for each in rulebooks:
        if each["in_force"] <= day and (best is None or each["in_force"] >= best["in_force"]):
            best = each
    return best


def reference(value: Value) -> str:
    """Name a rulebook or calendar as entries do."""
    return f"{value['name']}@{value['version']}"


class Almanac:
    """What every day is, by the calendars adopted; of a year the one adopted last counts."""

    def __init__(self, calendars: Iterable[Value]) -> None:
        self._years = {each["year"]: each for each in calendars}
        self._told: dict[dt.date, tuple[int, str]] = {}
        for year in sorted(self._years):  # so that a year's word on the December before outweighs
            self._learn(year, self._years[year])
        self.asked: set[int] = set()
        self.provisional = False

    def _learn(self, year: int, told: Value) -> None:
        named = {dt.date.fromisoformat(each): "" for each in told["work"]}
        for span in told["off"]:
            day, last = (dt.date.fromisoformat(span[each]) for each in ("first", "last"))
            day, last = max(day, dt.date(year - 1, 1, 1)), min(last, dt.date(year, 12, 31))
            while day <= last:
                named[day] = span["name"]
                day += ONE
        self._told |= {day: (year, why) for day, why in named.items() if day.year in {year, year - 1}}

    def rest(self, day: dt.date) -> str:
        """Say why a day is one of rest; empty for a working day."""
        if day in self._told:
            year, why = self._told[day]
            self.asked |= {year, day.year} & self._years.keys()
            return why
        if day.year in self._years:
            self.asked.add(day.year)
        else:
            self.provisional = True
            fixed = FIXED.get((day.month, day.day), "")
            if (day.month, day.day) == (5, 2) and day.year >= SECOND_OF_MAY:
                fixed = "劳动节"
            if fixed:
                return fixed
        return "weekend" if day.weekday() >= SATURDAY else ""

    @property
    def cited(self) -> str:
        """Name the calendars that were asked, by year."""
        return " ".join(reference(self._years[each]) for each in sorted(self.asked))


def deadline(step: str, start: str, rulebook: Value, calendars: Iterable[Value]) -> dict[str, Any]:
    """Compute a date with all that explains it, in the shape in which entries tell it."""
    told: dict[str, Any] = {"step": step, "start": start, "rulebook": reference(rulebook)}
    limit = next((each for each in rulebook["limits"] if each["step"] == step), None)
    if limit is None:
        return told | {"skipped": [], "provisional": False}
    days, skipped = Almanac(calendars), list[dict[str, str]]()
    day, left = dt.date.fromisoformat(start), 1
    if limit["unit"] == "working_days":
        left = limit["count"]
    elif limit["unit"] == "days":
        day += (limit["count"] - 1) * ONE
    else:
        day = _month_on(day, limit["count"]) - ONE
    while left:
        day += ONE
        if why := days.rest(day):
            skipped.append({"day": day.isoformat(), "why": why})
        else:
            left -= 1
    told |= {"due": day.isoformat(), "limit": limit, "skipped": skipped, "provisional": days.provisional}
    return told | {"calendar": days.cited} if days.cited else told


def _month_on(day: dt.date, count: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
