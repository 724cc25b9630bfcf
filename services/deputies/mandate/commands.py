"""What may be asked of a mandate: exactly the request bodies."""

from typing import Annotated

from pydantic import Field

from events.catalogue.deputies import Suspension, Termination
from events.catalogue.vocabulary import Day, Identifier, Text
from services.chassis.shapes import Command
from services.chassis.words import Line

Person = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
"""A person's id, short enough to stand behind the term in `mandate/3-ma`."""


class Elect(Command):
    """Record that a person was elected deputy of this term; without `person` a new one.

    The term must be the congress's present one: it is part of the mandate's natural key.
    """

    term: Annotated[int, Field(ge=1, le=99)]
    person: Person | None = None
    name: Line
    contact: Line | None = None
    electorate: Identifier
    delegation: Identifier | None = None
    frontline: bool = False
    first_term: bool = False
    by_election: bool = False
    elected: Day


class OpenReview(Command):
    """Take up the review of the credentials (代表资格审查)."""

    day: Day


class Confirm(Command):
    """Confirm that the mandate is valid, by the body that decides it."""

    day: Day
    body: Text


class DeclareInvalid(Command):
    """Declare the election invalid, by the body that decides it."""

    day: Day
    body: Text
    ground: Text


class TakeUp(Command):
    """Take up the work: from this day the mandate is active and its deputy may act."""

    day: Day


class Suspend(Command):
    """Suspend the exercise of the mandate, on one of the two grounds of the law."""

    ground: Suspension
    day: Day
    body: Text


class Resume(Command):
    """End the suspension, because its ground ended within the term."""

    day: Day
    body: Text


class Terminate(Command):
    """End the mandate, on a ground of the law: when it arose, who decided, who announced it."""

    ground: Termination
    ground_day: Day
    decision_day: Day | None = None
    decided_by: Text | None = None
    announced: Day
    announced_by: Text
