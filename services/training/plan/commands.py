"""What may be asked of a deputy's needs: exactly the request bodies."""

from typing import Annotated

from pydantic import Field

from events.catalogue.training import Topic
from events.catalogue.vocabulary import Text
from services.chassis.shapes import Command

Course = Annotated[str, Field(pattern="^course/[a-z0-9][a-z0-9-]{0,63}$")]
"""A course's stream, `course/ab12`."""


class FindNeed(Command):
    """Find that a deputy needs a course of this field (sent by a reaction only)."""

    topic: Topic
    because: Text


class MeetNeed(Command):
    """Find that a course met the need; `course` is the one that was attended."""

    topic: Topic
    course: Course
