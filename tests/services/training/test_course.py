import datetime as dt

import pytest
from pydantic import ValidationError

from events.catalogue import training as said
from events.catalogue.event import Event
from events.catalogue.training import Mode, Topic
from services.chassis.shapes import Document, Refusal
from services.training.course import commands, refusals
from services.training.course.rules import COURSE
from tests.cast import CLERK, COSIGNER, IN_OFFICE, LEAD, SUSPENDED, TERMINATED
from tests.specification import Given, given

STARTS = dt.datetime(2025, 3, 1, 1, tzinfo=dt.UTC)
BEFORE, AFTER = "2025-02-28", "2025-03-01"
PLANNED = said.CoursePlanned(
    title="新任代表履职培训", mode=Mode.OFFLINE, topic=Topic.FIRST_TERM, minutes=180,
    starts=STARTS, place="海东会议中心", capacity=2,
)  # fmt: skip
MA, LI = LEAD.holds or "", COSIGNER.holds or ""
MA_COMES, LI_COMES = said.DeputyEnrolled(mandate=MA), said.DeputyEnrolled(mandate=LI)
MA_CAME = said.DeputyAttended(mandate=MA, topic=Topic.FIRST_TERM, minutes=180)
OVER = said.CourseHeld(day=STARTS.date())
ENROL, CANCEL = commands.Enrol(), commands.CancelEnrolment()


def course(*events: Event, **known: Document | None) -> Given:
    """Begin with a planned course, on the day before it, and what is known of deputies."""
    mandates = known or {"ma": IN_OFFICE, "li": IN_OFFICE}
    documents = {f"mandate/3-{name}": each for name, each in mandates.items()}
    return given(COURSE, "course/c1", PLANNED, *events).knows(documents).on(BEFORE)


def came(*minutes: tuple[str, int]) -> commands.RecordAttendance:
    """Say who attended for how many minutes."""
    each = tuple(commands.Attendance(mandate=who, minutes=count) for who, count in minutes)
    return commands.RecordAttendance(attended=each)


def test_a_course_is_planned() -> None:
    """TR2: plan → course: what, how, when, for how many; online and offline."""
    shanghai = dt.timezone(dt.timedelta(hours=8))
    command = commands.PlanCourse(
        title="新任代表履职培训", mode=Mode.OFFLINE, topic=Topic.FIRST_TERM, minutes=180,
        starts=STARTS.astimezone(shanghai), place="海东会议中心", capacity=2,
    )  # fmt: skip
    event = given(COURSE, "course/c1").when(command).event
    assert event == PLANNED
    assert event.starts.tzinfo is dt.UTC


def test_a_beginning_is_an_instant() -> None:
    """TR2: without a time zone nobody knows when a course begins."""
    body = '{"title":"x","mode":"online","topic":"budget","minutes":60,"place":"x","capacity":1,'
    with pytest.raises(ValidationError):
        commands.PlanCourse.model_validate_json(body + '"starts":"2025-03-01T09:00:00"}')
    read = commands.PlanCourse.model_validate_json(body + '"starts":"2025-03-01T09:00:00+08:00"}')
    assert read.starts == STARTS


def test_no_hours_are_set_by_law() -> None:
    """TR3: a course takes as long as it is planned to take."""
    with pytest.raises(ValidationError):
        commands.PlanCourse(
            title="x", mode=Mode.ONLINE, topic=Topic.BUDGET, minutes=0, starts=STARTS, place="x",
            capacity=1,
        )  # fmt: skip


def test_a_deputy_enrols_himself() -> None:
    """TR1: deputies are to attend: each may take a place, by his own act."""
    course().by(LEAD).when(ENROL).then(MA_COMES)
    course().by(LEAD).when(commands.Enrol(mandate=MA)).then(MA_COMES)


def test_nobody_enrols_a_colleague() -> None:
    """TR1: ... and not for another."""
    course().by(LEAD).when(commands.Enrol(mandate=LI)).refused(refusals.NOT_YOURSELF)
    cancel = commands.CancelEnrolment(mandate=LI)
    course(LI_COMES).by(LEAD).when(cancel).refused(refusals.NOT_YOURSELF)


def test_staff_names_the_deputy() -> None:
    """TR1: the organiser enrols whom he names."""
    course().by(CLERK).when(commands.Enrol(mandate=LI)).then(LI_COMES)
    course().by(CLERK).when(ENROL).refused(refusals.NO_MANDATE_NAMED)


@pytest.mark.parametrize("standing", [SUSPENDED, TERMINATED, None, {"state": "confirmed"}])
def test_only_deputies_in_office(standing: Document | None) -> None:
    """TR1: training is for deputies in office (M8, M9)."""
    course(ma=standing).by(LEAD).when(ENROL).refused(refusals.MANDATE_NOT_ACTIVE)


def test_one_place_each() -> None:
    """TR2: nobody takes two places."""
    course(MA_COMES).by(LEAD).when(ENROL).refused(refusals.ALREADY_ENROLLED)


def test_no_more_than_there_are_places() -> None:
    """TR2: enrolment ends with the last place; one given back is free again."""
    third = commands.Enrol(mandate="mandate/3-wang")
    knows = {"ma": IN_OFFICE, "li": IN_OFFICE, "wang": IN_OFFICE}
    full = course(MA_COMES, LI_COMES, **knows)
    full.by(CLERK).when(third).refused(refusals.FULL)
    back = said.EnrolmentCancelled(mandate=LI)
    assert course(MA_COMES, LI_COMES, back, **knows).by(CLERK).when(third).event


def test_a_place_is_given_back() -> None:
    """TR2: who has a place may give it back, until it was used."""
    course(MA_COMES).by(LEAD).when(CANCEL).then(said.EnrolmentCancelled(mandate=MA))
    course().by(LEAD).when(CANCEL).refused(refusals.NOT_ENROLLED)
    course(MA_COMES, MA_CAME).by(LEAD).when(CANCEL).refused(refusals.ALREADY_ATTENDED)


def test_a_suspended_deputy_may_give_it_back() -> None:
    """M8: what is suspended is acting as a deputy; a place that cannot be used is free."""
    outcome = course(MA_COMES, ma=SUSPENDED).by(LEAD).when(CANCEL)
    outcome.then(said.EnrolmentCancelled(mandate=MA))


def test_attendance_is_registered() -> None:
    """TR2: attendance, by the organiser, minutes earned and not points."""
    command = came((MA, 180), (LI, 90))
    course(MA_COMES, LI_COMES).on(AFTER).when(command).then(
        MA_CAME, said.DeputyAttended(mandate=LI, topic=Topic.FIRST_TERM, minutes=90)
    )


@pytest.mark.parametrize(
    ("on", "minutes", "no"),
    [
        (BEFORE, ((MA, 180),), refusals.NOT_BEGUN),
        (AFTER, ((MA, 181),), refusals.TOO_LONG),
        (AFTER, ((LI, 90),), refusals.NOT_ENROLLED),
        (AFTER, ((MA, 90), (MA, 90)), refusals.ALREADY_ATTENDED),
    ],
)
def test_what_is_no_attendance(on: str, minutes: tuple[tuple[str, int], ...], no: Refusal) -> None:
    """TR2: nobody attends what has not begun, longer than it took, uninvited, or twice."""
    course(MA_COMES).on(on).when(came(*minutes)).refused(no)


def test_attendance_counts_once() -> None:
    """TR6: attendance counts once per mandate."""
    again = course(MA_COMES, MA_CAME).on(AFTER).when(came((MA, 10)))
    again.refused(refusals.ALREADY_ATTENDED)


def test_each_mandate_has_its_own_attendance() -> None:
    """TR6: two mandates of one person are two; nothing counts across levels by itself."""
    first, second = "mandate/3-ma", "mandate/4-ma"
    past = (said.DeputyEnrolled(mandate=first), said.DeputyEnrolled(mandate=second))
    events = course(*past).on(AFTER).when(came((first, 60), (second, 60))).events
    assert [each.mandate for each in events] == [first, second]


def test_a_course_ends() -> None:
    """TR2: when it is over, attendance is complete."""
    course().on(AFTER).when(commands.HoldCourse()).then(OVER)
    course().when(commands.HoldCourse()).refused(refusals.NOT_BEGUN)


@pytest.mark.parametrize("command", [ENROL, CANCEL, came((MA, 10)), commands.HoldCourse()])
def test_what_is_over_stays(command: commands.Enrol) -> None:
    """TR2: nothing of a course changes after its end."""
    course(MA_COMES, OVER).on(AFTER).by(LEAD).when(command).refused(refusals.OVER)
