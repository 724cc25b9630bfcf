import datetime as dt
from datetime import date

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.adoption import calendars, rulebooks
from events.catalogue.vocabulary import Calendar, DayOff, Limit, Rulebook, Skipped, Step, Unit
from services.chassis.workdays import (
    AMBER_DAYS,
    Days,
    colour,
    deadline,
    legal_day,
    rulebook_at,
)

CN = calendars()
OLD, NATIONAL = rulebooks()
BASIS = NATIONAL.limits[0].basis

ASSIGNED, RECEIVED = date(2025, 9, 23), date(2025, 9, 26)
MADE_UP_SATURDAY = date(2025, 10, 11)


def local(**counts: tuple[int, Unit]) -> Rulebook:
    """Give a rulebook of a made-up city with these limits."""
    limits = tuple(
        Limit(step=Step(step), count=count, unit=unit, starts="assignment", basis=BASIS)
        for step, (count, unit) in counts.items()
    )
    return NATIONAL.model_copy(update={"name": "city", "version": "1", "limits": limits})


def until(year: int) -> tuple[Calendar, ...]:
    """Give the calendars as they stood before the notice for the year after `year`."""
    return tuple(each for each in CN if each.year <= year)


TEN_WORKING_DAYS = local(**{"return": (10, Unit.WORKING_DAYS)})
TEN_DAYS = local(**{"return": (10, Unit.DAYS)})


@pytest.mark.parametrize(
    ("step", "start", "due"),
    [
        (Step.REPLY, date(2025, 11, 30), date(2026, 2, 28)),
        (Step.REPLY, date(2025, 8, 31), date(2025, 12, 1)),
        (Step.REPLY_COMPLEX, date(2025, 8, 31), date(2026, 2, 28)),
        (Step.REPLY, date(2025, 2, 27), date(2025, 5, 27)),
        (Step.REPLY_COMPLEX, date(2025, 2, 27), date(2025, 8, 27)),
    ],
)
def test_replies_fall_due_as_computed_by_hand(step: Step, start: date, due: date) -> None:
    """T5: 2025-11-30 + 3 months is the make-up Saturday 2026-02-28 and does not move.

    2025-08-31 ends on Mon 2025-12-01 and 2026-02-28, 2025-02-27 on 05-27 and 08-27.
    """
    found = deadline(step, start, NATIONAL, CN)
    assert (found.due, found.provisional) == (due, False)


def test_ten_working_days_across_national_day() -> None:
    """T5: 10 working days from Tue 2025-09-23 end on Mon 2025-10-13, not on 10-07."""
    found = deadline(Step.RETURN, ASSIGNED, TEN_WORKING_DAYS, CN)
    assert found.due == date(2025, 10, 13)
    assert found.calendar == "cn@2025"
    assert [(each.day.day, each.why) for each in found.skipped] == [
        (27, "weekend"),
        *((day, "国庆节、中秋节") for day in range(1, 9)),
        (12, "weekend"),
    ]


def test_the_ninth_working_day_is_a_make_up_saturday() -> None:
    """T5: a return on the 9th working day, the make-up Saturday 2025-10-11, is in time."""
    nine = local(**{"return": (9, Unit.WORKING_DAYS)})
    assert deadline(Step.RETURN, ASSIGNED, nine, CN).due == MADE_UP_SATURDAY
    assert Days(CN).rest(MADE_UP_SATURDAY) is None
    due = deadline(Step.RETURN, ASSIGNED, TEN_WORKING_DAYS, CN).due
    assert due is not None
    assert Days(CN).left(due, MADE_UP_SATURDAY) == 1


def test_days_and_working_days_from_assignment_and_receipt_differ() -> None:
    """T4, T3: 10 days or 10 working days, from assignment or from receipt: four dates."""
    dues = [
        deadline(Step.RETURN, start, book, CN).due
        for book in (TEN_DAYS, TEN_WORKING_DAYS)
        for start in (ASSIGNED, RECEIVED)
    ]
    nominal = [ASSIGNED + dt.timedelta(days=10), RECEIVED + dt.timedelta(days=10)]
    assert nominal == [date(2025, 10, 3), date(2025, 10, 6)]
    # Both windows of plain days close in the holiday, and so on the first day after it.
    assert dues == [date(2025, 10, 9), date(2025, 10, 9), date(2025, 10, 13), date(2025, 10, 16)]
    quiet = [
        deadline(Step.RETURN, start, book, CN).due
        for book in (TEN_DAYS, TEN_WORKING_DAYS)
        for start in (date(2025, 3, 3), date(2025, 3, 5))
    ]
    assert [due and due.day for due in quiet] == [13, 17, 17, 19]


def test_the_end_explains_what_it_passed_over() -> None:
    """T4: a last day that is a rest day moves to the next working day, and says why."""
    found = deadline(Step.REPLY, date(2025, 7, 4), NATIONAL, CN)
    assert found.due == date(2025, 10, 9)
    assert found.skipped[0] == Skipped(day=date(2025, 10, 4), why="国庆节、中秋节")
    assert len(found.skipped) == 5


def test_a_count_over_new_year_cites_both_calendars() -> None:
    """I2: the date stands on the calendars of every year it looked into."""
    found = deadline(Step.RETURN, date(2025, 12, 29), TEN_WORKING_DAYS, CN)
    assert (found.due, found.calendar) == (date(2026, 1, 13), "cn@2025 cn@2026")
    # Sunday 4 January was worked.
    assert date(2026, 1, 4) not in {each.day for each in found.skipped}


def test_without_a_limit_there_is_no_date() -> None:
    """A step for which no rule sets a limit has no date: 法律未规定期限。"""
    found = deadline(Step.REDO_REPLY, ASSIGNED, NATIONAL, CN)
    assert (found.due, found.limit, found.calendar, found.skipped) == (None, None, None, ())
    assert found.rulebook == "national@2025"


def test_a_new_notice_moves_a_date_computed_before() -> None:
    """I2: before the notice for 2026 the date is provisional; computed again it moves."""
    before = deadline(Step.REPLY, date(2025, 11, 17), NATIONAL, until(2025))
    assert (before.due, before.provisional, before.calendar) == (date(2026, 2, 17), True, None)
    after = deadline(Step.REPLY, date(2025, 11, 17), NATIONAL, CN)
    assert (after.due, after.provisional) == (date(2026, 2, 24), False)
    assert (after.calendar, after.skipped[0].why) == ("cn@2026", "春节")


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 5, 2), True),
        (date(2027, 1, 1), False),
        (date(2027, 5, 1), False),
        (date(2031, 5, 2), False),
        (date(2027, 5, 3), True),
        (date(2030, 10, 3), False),
        (date(2027, 10, 4), True),
        (date(2027, 3, 6), False),
    ],
)
def test_a_year_without_notice_has_what_is_fixed(day: date, *, worked: bool) -> None:
    """T4: before its notice a year has weekends, 1 January, 1 (2025: and 2) May, 1–3 October."""
    assert (Days().rest(day) is None) is worked


def test_the_calendar_adopted_last_counts() -> None:
    """I2: a second notice for a year replaces the first, and is cited."""
    holiday = DayOff(name="抗战胜利纪念日", first=date(2025, 5, 27), last=date(2025, 5, 27))
    second = CN[1].model_copy(update={"version": "2025-2", "off": (*CN[1].off, holiday)})
    found = deadline(Step.REPLY, date(2025, 2, 27), NATIONAL, (*CN, second))
    assert (found.due, found.calendar) == (date(2025, 5, 28), "cn@2025-2")
    assert deadline(Step.REPLY, date(2025, 2, 27), NATIONAL, (second, *CN)).calendar == "cn@2025"


def test_a_notice_may_name_days_of_the_year_before() -> None:
    """T4: the notice for 2019 made Sat 2018-12-29 a working day and Mon 12-31 a day off."""
    holiday = DayOff(name="元旦", first=date(2018, 12, 30), last=date(2019, 1, 1))
    of_2019 = CN[0].model_copy(
        update={"year": 2019, "version": "2019", "off": (holiday,), "work": (date(2018, 12, 29),)}
    )
    of_2018 = CN[0].model_copy(update={"year": 2018, "version": "2018", "off": (), "work": ()})
    assert Days((of_2018, of_2019)).rest(date(2018, 12, 29)) is None
    found = deadline(Step.REPLY, date(2018, 9, 30), NATIONAL, (of_2018, of_2019))
    assert (found.due, found.calendar) == (date(2019, 1, 2), "cn@2018 cn@2019")


def test_the_law_in_force_when_the_clock_starts_counts() -> None:
    """T2: the articles were renumbered on 2025-03-11: 42 became 51."""
    books = (NATIONAL, OLD)
    assert rulebook_at(books, date(2025, 3, 10)) == OLD
    assert rulebook_at(books, date(2025, 3, 11)) == NATIONAL
    articles = [book.limits[0].basis.article for book in (OLD, NATIONAL)]
    assert articles == ["第四十二条第一款", "第五十一条第二款"]
    corrected = NATIONAL.model_copy(update={"version": "2025-2"})
    assert rulebook_at((*books, corrected), date(2025, 3, 11)) == corrected
    with pytest.raises(LookupError, match="no rulebook is in force on 2015-08-28"):
        rulebook_at(books, date(2015, 8, 28))


def test_our_calendars_agree_with_two_others_on_every_day() -> None:
    """T4: all 1,096 days of 2024–2026 as chinesecalendar and holidays have them."""
    theirs = holidays.country_holidays("CN", years=(2024, 2025, 2026))
    days = [date(2024, 1, 1) + dt.timedelta(days=each) for each in range(1096)]
    assert days[-1] == date(2026, 12, 31)
    ours = {day for day in days if Days(CN).rest(day) is None}
    assert ours == {day for day in days if chinese_calendar.is_workday(day)}
    assert ours == {day for day in days if theirs.is_working_day(day)}


def test_a_legal_day_begins_at_midnight_in_shanghai() -> None:
    """T4: the first day is the legal day on which an instant falls."""
    midnight = dt.datetime(2025, 2, 26, 16, tzinfo=dt.UTC)
    assert legal_day(midnight) == date(2025, 2, 27)
    assert legal_day(midnight - dt.timedelta(microseconds=1)) == date(2025, 2, 26)
    with pytest.raises(ValueError, match="no time zone"):
        legal_day(dt.datetime(2025, 2, 27))  # noqa: DTZ001 - that is the case


@pytest.mark.parametrize(
    ("today", "working"),
    [
        (date(2025, 9, 30), 4),
        (date(2025, 10, 11), 1),
        (date(2025, 10, 12), 1),
        (date(2025, 10, 13), 0),
        (date(2025, 10, 14), -1),
        (date(2025, 10, 18), -4),
        (date(2025, 10, 20), -5),
    ],
)
def test_days_left_are_counted_by_the_calendar(today: date, working: int) -> None:
    """T4: to Mon 2025-10-13 there is one working day left on Sat 10-11 and on Sun 10-12."""
    assert Days(CN).left(date(2025, 10, 13), today) == working


@given(st.dates(date(2022, 6, 1), date(2029, 6, 1)), st.integers(0, 900), st.sampled_from(range(4)))
def test_days_counted_by_weeks_are_those_counted_one_by_one(start: date, count: int, known: int) -> None:
    """T4: whatever calendars are adopted, counting by weeks and by what turns a day is counting."""
    end, one = start + dt.timedelta(days=count), dt.timedelta(days=1)
    calendars = CN[known:] if known % 2 else CN[: len(CN) - known]
    worked = [n for n in range(1, count + 1) if Days(calendars).rest(start + n * one) is None]
    assert Days(calendars).left(end, start) == len(worked)


def test_late_is_late_on_a_weekend_too() -> None:
    """T4: the Saturday after a missed Friday is late by one working day already."""
    assert [Days(CN).left(date(2025, 3, 7), date(2025, 3, day)) for day in (7, 8, 9, 10, 11)] == [
        0, -1, -1, -1, -2,
    ]  # fmt: skip


def test_colours_change_on_their_day() -> None:
    """Red is late, amber due within ten days, green later; without a date there is none."""
    due, day = date(2025, 5, 27), dt.timedelta(days=1)
    assert [colour(due, due + each * day) for each in (-AMBER_DAYS - 1, -AMBER_DAYS, 0, 1)] == [
        "green", "amber", "amber", "red",
    ]  # fmt: skip
    assert colour(None, due) == "none"


DAYS = st.dates(date(2023, 6, 1), date(2028, 6, 1))
BOOKS = st.builds(lambda count, unit: local(reply=(count, unit)), st.integers(1, 30), st.sampled_from(Unit))


@given(DAYS, BOOKS)
def test_every_date_is_a_working_day(start: date, book: Rulebook) -> None:
    """T4: whatever is counted, the last day is a working day, and each day skipped is none."""
    found = deadline(Step.REPLY, start, book, CN)
    assert found.due is not None
    assert found.due > start
    assert Days(CN).rest(found.due) is None
    assert not any(Days(CN).rest(each.day) is None for each in found.skipped)


@given(DAYS, DAYS, BOOKS)
def test_who_starts_later_is_never_due_earlier(one: date, other: date, book: Rulebook) -> None:
    """T4: the last day grows with the first."""
    first, second = (deadline(Step.REPLY, day, book, CN).due for day in sorted((one, other)))
    assert first is not None
    assert second is not None
    assert first <= second
