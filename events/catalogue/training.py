"""What the training service publishes: needs found, courses held, minutes earned."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from events.catalogue.event import Event
from events.catalogue.vocabulary import Day, Minutes, Text

Instant = Annotated[dt.datetime, Field(strict=False)]


class Topic(StrEnum):
    """The field of a course or need (培训领域)."""

    FIRST_TERM = "first_term"
    THEORY = "theory"
    CONSTITUTION_AND_LAW = "constitution_and_law"
    DUTY_SKILLS = "duty_skills"
    BUDGET = "budget"
    LEGISLATION = "legislation"
    FIELD_VISIT = "field_visit"


class Mode(StrEnum):
    """线上 or 线下."""

    ONLINE = "online"
    OFFLINE = "offline"


class NeedFound(Event, wire="need.found.v1"):
    """A deputy needs a course of this field, and why."""

    mandate: Text
    topic: Topic
    because: Text


class NeedMet(Event, wire="need.met.v1"):
    """The deputy attended a course of the field; the need is met."""

    topic: Topic
    course: Text


class CoursePlanned(Event, wire="course.planned.v1"):
    """A course was planned: what, how, when, for how many."""

    title: Text
    mode: Mode
    topic: Topic
    minutes: Minutes
    starts: Instant
    place: Text
    capacity: Annotated[int, Field(ge=1, le=10_000)]


class DeputyEnrolled(Event, wire="course.enrolled.v1"):
    """A deputy enrolled."""

    mandate: Text


class EnrolmentCancelled(Event, wire="course.enrolment-cancelled.v1"):
    """A deputy gave the place back."""

    mandate: Text


class DeputyAttended(Event, wire="course.attended.v1"):
    """The organiser registered that the deputy attended; `minutes` were earned."""

    mandate: Text
    topic: Topic
    minutes: Minutes


class CourseHeld(Event, wire="course.held.v1"):
    """The course is over; attendance is complete."""

    day: Day
