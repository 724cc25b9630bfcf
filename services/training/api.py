"""How one asks training over HTTP: a table, one line per route."""

from collections.abc import Mapping
from typing import Any

from events.catalogue.envelope import instant
from services.chassis import problems
from services.chassis.shapes import Document, Reader, View
from services.chassis.shelf.port import Query
from services.chassis.web.desk import Desk
from services.chassis.web.routes import Act, Answer, Browse, Look
from services.training.course import commands as course
from services.training.course.rules import COURSE
from services.training.plan.commands import MeetNeed
from services.training.plan.rules import PLAN
from services.training.references import MANDATE
from services.training.views.courses import COURSES, OFFICE
from services.training.views.coverage import Coverage, cover
from services.training.views.learners import LEARNERS

ONE = "/courses/{id}"
MOST = 500


def offered(reader: Reader) -> Mapping[str, Any] | None:
    """List courses for the offices and the deputies."""
    return {} if reader.role in {*OFFICE, "deputy"} else None


def learning(reader: Reader) -> Mapping[str, Any] | None:
    """List all learners for the offices, for a deputy himself."""
    if reader.role == "deputy":
        return {"mandate": reader.holds}
    return {} if reader.role in OFFICE else None


async def coverage(desk: Desk, reader: Reader, _asked: Mapping[str, str]) -> dict[str, Any]:
    """Compute the coverage of the first-term course from all who are in office now."""
    if reader.role not in OFFICE:
        raise problems.NOT_YOURS
    congress = reader.congress
    positions = {**await desk.positions(congress, MANDATE), **await desk.positions(congress, LEARNERS)}
    figures = cover(await _all(desk, congress, MANDATE), await _all(desk, congress, LEARNERS))
    return {**figures, "as_of": instant(desk.clock.now()), "positions": positions}


async def _all(desk: Desk, congress: str, view: View) -> list[tuple[str, Document]]:
    found, cursor = list[tuple[str, Document]](), None
    while True:
        page = await desk.find(congress, view, Query(cursor=cursor, limit=MOST))
        found += page.documents
        if (cursor := page.cursor) is None:
            return found


ROUTES = (
    Browse(
        "/courses", COURSES, "listCourses", "List courses", offered,
        ("stage", "title", "mode", "topic", "minutes", "starts", "place", "capacity",
         "places_left", "held", "updated"),
        equal=("stage", "topic", "mode"), contains=("enrolled",), ranges=("starts", "updated"),
        orders=("-starts", "-updated"),
    ),
    Look(ONE, COURSES, "course", "getCourse", "Read a course with who comes"),
    Act("/courses", course.PlanCourse, COURSE, "planCourse", "Plan a course"),
    Act(f"{ONE}/enrolments", course.Enrol, COURSE, "enrol", "Enrol"),
    Act(
        f"{ONE}/enrolments/cancellation", course.CancelEnrolment, COURSE,
        "cancelEnrolment", "Give the place back",
    ),
    Act(
        f"{ONE}/attendance", course.RecordAttendance, COURSE,
        "recordAttendance", "Register who attended",
    ),
    Act(f"{ONE}/end", course.HoldCourse, COURSE, "holdCourse", "End the course", decision=True),
    Browse(
        "/learners", LEARNERS, "listLearners", "List learners", learning,
        ("mandate", "open", "met", "enrolled", "minutes", "minutes_total", "updated"),
        equal=("mandate",), contains=("open", "met"), orders=("mandate", "-minutes_total"),
    ),
    Look("/learners/{id}", LEARNERS, "mandate", "getLearner", "Read what a deputy learned"),
    Act("/needs/{id}/fulfilment", MeetNeed, PLAN, "meetNeed", "Find that a need is met"),
    Answer(
        "/training/coverage", coverage, Coverage, "getTrainingCoverage",
        "Coverage of the first-term course among deputies in office",
    ),
)  # fmt: skip
