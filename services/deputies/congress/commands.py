"""What may be asked of a congress: exactly the request bodies."""

from typing import Annotated

from pydantic import Field

from events.catalogue.deputies import Branch, Electorate, Role
from events.catalogue.vocabulary import Calendar, Day, Identifier, Level, Rulebook, Text
from services.chassis.shapes import Command
from services.chassis.words import Line

Holds = Annotated[str, Field(pattern="^(mandate|unit|station)/[a-z0-9][a-z0-9-]{0,63}$")]
"""For whom or what a role is held: `mandate/3-ma`, `unit/housing`, `station/s1`."""


class FoundCongress(Command):
    """Set up the congress of the path in its present term."""

    name: Text
    name_en: Text | None = None
    level: Level
    term: Annotated[int, Field(ge=1, le=99)]
    example: bool = False


class AdoptRulebook(Command):
    """Adopt a version of the local rules, whole."""

    rulebook: Rulebook


class AdoptCalendar(Command):
    """Adopt the working days of a year, whole."""

    calendar: Calendar


class ConveneSession(Command):
    """Convene the next session of the present term."""

    session: Annotated[int, Field(ge=1, le=99)]
    opens: Day
    closes: Day


class ListElectorate(Command):
    """List a district (选区) or an electing unit (选举单位) with its seats."""

    electorate: Identifier
    kind: Electorate
    name: Text
    seats: Annotated[int, Field(ge=1, le=1000)]


class FormDelegation(Command):
    """Form a delegation (代表团)."""

    delegation: Identifier
    name: Text


class ListUnit(Command):
    """List a handling unit (承办单位)."""

    unit: Identifier
    name: Text
    branch: Branch


class GrantRole(Command):
    """Let a person act in a role, for the mandate, unit or station that the role needs."""

    person: Identifier
    role: Role
    holds: Holds | None = None
    name: Line | None = None


class WithdrawRole(Command):
    """Let a person no longer act in a role."""

    person: Identifier
    role: Role
    holds: Holds | None = None
