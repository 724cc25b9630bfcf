"""What may be asked of a course: exactly the request bodies."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from events.catalogue.suggestions import Mandate
from events.catalogue.training import Mode, Topic
from events.catalogue.vocabulary import Text, Value, Written
from services.chassis.shapes import Command

Length = Annotated[int, Field(ge=1, le=100_000)]


class PlanCourse(Command):
    """Plan a course: what, how, when, for how many."""

    title: Text
    mode: Mode
    topic: Topic
    minutes: Length
    starts: Annotated[AwareDatetime, Field(strict=False), Written()]
    place: Text
    capacity: Annotated[int, Field(ge=1, le=10_000)]


class Enrol(Command):
    """Enrol: a deputy for himself, the organiser for the mandate named."""

    mandate: Mandate | None = None


class CancelEnrolment(Command):
    """Give the place back: a deputy his own, the organiser that of the mandate named."""

    mandate: Mandate | None = None


class Attendance(Value):
    """Who attended, and for how long."""

    mandate: Mandate
    minutes: Length


class RecordAttendance(Command):
    """Register who attended, as the organiser."""

    attended: Annotated[tuple[Attendance, ...], Field(min_length=1, max_length=200)]


class HoldCourse(Command):
    """Note that the course is over and attendance complete."""
