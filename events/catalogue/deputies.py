"""What the deputies service publishes: the congress, its people's roles, the mandates."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from events.catalogue.event import Event
from events.catalogue.vocabulary import (
    DELETION,
    Actor,
    Basis,
    Calendar,
    Count,
    Day,
    Forgetting,
    Identifier,
    Level,
    Owner,
    Reference,
    Rulebook,
    Text,
)


class Electorate(StrEnum):
    """Who elects: a district of electors (选区) or an electing unit (选举单位)."""

    DISTRICT = "district"
    ELECTING_UNIT = "electing_unit"


class Branch(StrEnum):
    """To which body a handling unit belongs (一府一委两院 and others)."""

    GOVERNMENT = "government"
    SUPERVISION = "supervision"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    OTHER = "other"


class Role(StrEnum):
    """What a person may be in a congress's work; what each may do stands in the policy."""

    DEPUTY = "deputy"
    STAFF = "staff"
    STATION = "station"
    UNIT = "unit"
    LEADER = "leader"
    AUDITOR = "auditor"


class Seats(Event, wire="congress.electorate-listed.v1"):
    """A district or electing unit of the current term was listed with its seats."""

    electorate: Identifier
    kind: Electorate
    name: Text
    seats: Annotated[int, Field(ge=1, le=1000)]


class CongressFounded(Event, wire="congress.founded.v1"):
    """A congress was set up in the house: its name, level, place and term."""

    name: Text
    name_en: Text | None = None
    level: Level
    term: Annotated[int, Field(ge=1, le=99)]
    example: bool = False


class RulebookAdopted(Event, wire="congress.rulebook-adopted.v1"):
    """A version of the local rules was adopted, carried whole with its sources."""

    rulebook: Rulebook


class CalendarAdopted(Event, wire="congress.calendar-adopted.v1"):
    """The working days of a year were adopted, carried whole with their notice."""

    calendar: Calendar


class SessionConvened(Event, wire="congress.session-convened.v1"):
    """A session of the congress was convened for these days."""

    term: Count
    session: Annotated[int, Field(ge=1, le=99)]
    opens: Day
    closes: Day


class DelegationFormed(Event, wire="congress.delegation-formed.v1"):
    """A delegation (代表团) was formed."""

    delegation: Identifier
    name: Text


class UnitListed(Event, wire="congress.unit-listed.v1"):
    """A handling unit (承办单位) was listed."""

    unit: Identifier
    name: Text
    branch: Branch


class RoleGranted(Event, wire="congress.role-granted.v1"):
    """A person may act in a role from now on; `holds` is the mandate, unit or station meant."""

    person: Identifier
    role: Role
    holds: Text | None = None
    name: Reference | None = None


class RoleWithdrawn(Event, wire="congress.role-withdrawn.v1"):
    """A person may no longer act in a role."""

    person: Identifier
    role: Role
    holds: Text | None = None


class MandateElected(Event, wire="mandate.elected.v1"):
    """A person was elected deputy; the credentials are still to be reviewed."""

    person: Identifier
    name: Reference
    contact: Reference | None = None
    term: Count
    electorate: Identifier
    electorate_name: Text
    delegation: Identifier | None = None
    delegation_name: Text | None = None
    frontline: bool = False
    first_term: bool = False
    by_election: bool = False
    elected: Day


class CredentialsReviewOpened(Event, wire="mandate.credentials-review-opened.v1"):
    """The credentials committee took up the review (代表资格审查)."""

    day: Day


class MandateConfirmed(Event, wire="mandate.confirmed.v1"):
    """The standing committee or presidium confirmed that the mandate is valid."""

    day: Day
    body: Text
    first_term: bool = False


class ElectionInvalid(Event, wire="mandate.election-invalid.v1"):
    """The election was declared invalid."""

    day: Day
    body: Text
    ground: Text


class MandateTakenUp(Event, wire="mandate.taken-up.v1"):
    """The deputy took up the work: from this day the mandate is active."""

    day: Day


class Suspension(StrEnum):
    """The two grounds on which the exercise of a mandate is suspended (closed list)."""

    DETAINED = "detained"
    SERVING_SENTENCE = "serving_sentence"


class MandateSuspended(Event, wire="mandate.suspended.v1"):
    """The exercise of the mandate was suspended (暂时停止执行代表职务)."""

    ground: Suspension
    day: Day
    body: Text
    basis: Basis | None = None


class MandateResumed(Event, wire="mandate.resumed.v1"):
    """The ground of the suspension ended within the term; the mandate is active again."""

    day: Day
    body: Text


class Termination(StrEnum):
    """Why a mandate ends before its term (closed list), and death."""

    MOVED_AWAY = "moved_away"
    RESIGNATION_ACCEPTED = "resignation_accepted"
    ORDERED_RESIGNATION_ACCEPTED = "ordered_resignation_accepted"
    TWO_UNAPPROVED_ABSENCES = "two_unapproved_absences"
    RECALLED = "recalled"
    NATIONALITY_LOST = "nationality_lost"
    POLITICAL_RIGHTS_LOST = "political_rights_lost"
    CAPACITY_LOST = "capacity_lost"
    DEATH = "death"


class MandateTerminated(Event, wire="mandate.terminated.v1"):
    """The mandate ended: the ground arose, a body decided, a body announced it."""

    ground: Termination
    ground_day: Day
    decision_day: Day | None = None
    decided_by: Text | None = None
    announced: Day
    announced_by: Text
    basis: Basis | None = None


class SeatTaken(Event, wire="seat.taken.v1"):
    """A mandate took one of the seats of its electorate in this term."""

    mandate: Text


class SeatFreed(Event, wire="seat.freed.v1"):
    """A mandate ended or was never valid: its seat is free for a by-election (补选)."""

    mandate: Text


class ErasureRequested(Event, wire="erasure.requested.v1"):
    """Staff asked, for a person out of office, to have name and contact deleted."""

    person: Identifier
    requester: Actor
    ground: Forgetting
    reason: Reference


class ErasureApproved(Event, wire="erasure.approved.v1"):
    """A second person granted it: the key of `owner` is destroyed, and the account is gone."""

    owner: Owner
    approver: Actor
    ground: Forgetting
    reason: Reference
    basis: Basis = DELETION


class ErasureRefused(Event, wire="erasure.refused.v1"):
    """It was refused, with the reason that the person is told."""

    approver: Actor
    reason: Reference


class ErasureRestricted(Event, wire="erasure.restricted.v1"):
    """`law` demands that they are kept: nobody reads them, and they are stored and secured only."""

    owner: Owner
    approver: Actor
    law: Text
    basis: Basis = DELETION


class ErasureRestrictionLifted(Event, wire="erasure.restriction-lifted.v1"):
    """The law demands it no more; the request to delete stands again."""

    owner: Owner
    approver: Actor
