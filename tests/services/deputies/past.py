"""What happened before: a congress, its electorates, and a mandate's way into office."""

import datetime as dt

from deploy import adoption
from events.catalogue import deputies as said
from events.catalogue.deputies import Electorate, Role
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from services.chassis.shapes import On
from tests.specification import reference

HOME = "congress/630200"
MA = "mandate/3-ma"
SEATS = "seats/3-ledu"
NAME = reference("马某某")
TODAY = dt.date(2025, 2, 27)


def day(text: str) -> dt.date:
    """Give a legal day."""
    return dt.date.fromisoformat(text)


def founded(level: Level = Level.CITY) -> said.CongressFounded:
    """Say that the congress was set up in its third term."""
    return said.CongressFounded(name="海东市人民代表大会", level=level, term=3)


def seats(count: int = 2, kind: Electorate = Electorate.ELECTING_UNIT) -> said.Seats:
    """Say that the electorate of Ledu was listed."""
    return said.Seats(electorate="ledu", kind=kind, name="乐都区", seats=count)


def congress(level: Level = Level.CITY, count: int = 2) -> tuple[On, ...]:
    """Give a congress with one electorate, one delegation and the shipped rulebooks."""
    direct = level in {Level.COUNTY, Level.TOWNSHIP}
    kind = Electorate.DISTRICT if direct else Electorate.ELECTING_UNIT
    delegation = said.DelegationFormed(delegation="ledu", name="乐都代表团")
    rulebooks = [said.RulebookAdopted(rulebook=each) for each in adoption.rulebooks()]
    events: list[Event] = [founded(level), seats(count, kind), delegation, *rulebooks]
    return tuple(On(HOME, each) for each in events)


def elected(
    on: str = "2025-01-10", *, first_term: bool = False, by_election: bool = False
) -> said.MandateElected:
    """Say that ma was elected."""
    return said.MandateElected(
        person="ma", name=NAME, term=3, electorate="ledu", electorate_name="乐都区",
        delegation="ledu", delegation_name="乐都代表团", elected=day(on),
        first_term=first_term, by_election=by_election,
    )  # fmt: skip


REVIEWED = said.CredentialsReviewOpened(day=day("2025-01-15"))
CONFIRMED = said.MandateConfirmed(day=day("2025-01-20"), body="海东市人大常委会")
TAKEN_UP = said.MandateTakenUp(day=day("2025-02-19"))
SUSPENDED = said.MandateSuspended(
    ground=said.Suspension.DETAINED, day=day("2025-02-20"), body="海东市人大常委会"
)
ROLE = said.RoleGranted(person="ma", role=Role.DEPUTY, holds=MA)


def seated(*mandates: str) -> tuple[On, ...]:
    """Say that these mandates sit on the seats of Ledu."""
    return tuple(On(SEATS, said.SeatTaken(mandate=each)) for each in mandates)


UNDER_REVIEW: tuple[Event | On, ...] = (*congress(), elected(), *seated(MA), REVIEWED)
VALID: tuple[Event | On, ...] = (*UNDER_REVIEW, CONFIRMED)
IN_OFFICE: tuple[Event | On, ...] = (*VALID, TAKEN_UP, On(HOME, ROLE))
