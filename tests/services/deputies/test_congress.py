import pytest
from pydantic import ValidationError

from deploy import adoption
from events.catalogue import deputies as said
from events.catalogue.deputies import Branch, Electorate, Role
from events.catalogue.event import Event
from events.catalogue.vocabulary import DayOff, Level
from services.chassis.shapes import On, Refusal
from services.deputies.congress import commands, refusals
from services.deputies.congress.rules import CONGRESS
from tests.services.deputies import past
from tests.services.deputies.past import HOME, MA, day, founded
from tests.specification import Given, given, reference, words

HOUSING = said.UnitListed(unit="housing", name="市住建局", branch=Branch.GOVERNMENT)
SEVENTH = said.SessionConvened(term=3, session=7, opens=day("2025-02-19"), closes=day("2025-02-22"))
OFFICE = On(MA, past.TAKEN_UP)


def home(*events: Event | On, level: Level = Level.CITY) -> Given:
    """Begin with a congress that is set up."""
    return given(CONGRESS, HOME, founded(level), *events)


def test_a_congress_is_set_up_once() -> None:
    """A congress stands once in its ledger."""
    command = commands.FoundCongress(name="海东市人民代表大会", level=Level.CITY, term=3)
    given(CONGRESS, HOME).when(command).then(founded())
    home().when(command).refused(refusals.ALREADY_FOUNDED)


def test_rulebooks_come_into_force_in_order() -> None:
    """A rulebook is a new version, in force no earlier than the one adopted last."""
    old, new = sorted(adoption.rulebooks(), key=lambda each: each.in_force)[:2]
    adopt = commands.AdoptRulebook
    home().when(adopt(rulebook=old)).then(said.RulebookAdopted(rulebook=old))
    after_old = home(said.RulebookAdopted(rulebook=old))
    after_old.when(adopt(rulebook=new)).then(said.RulebookAdopted(rulebook=new))
    after_old.when(adopt(rulebook=old)).refused(refusals.RULEBOOK_NOT_NEWER)
    after_new = home(said.RulebookAdopted(rulebook=new))
    after_new.when(adopt(rulebook=old)).refused(refusals.RULEBOOK_NOT_NEWER)


def test_a_rulebook_is_one_that_decisions_can_be_computed_from() -> None:
    """I2: every class has one label, a step one limit, and each is counted from a known act."""
    (book,) = [each for each in adoption.rulebooks() if each.version == "2025"]
    fewer = book.model_copy(update={"labels": book.labels[1:]})
    twice = book.model_copy(update={"limits": (*book.limits, book.limits[0])})
    limit = book.limits[0].model_copy(update={"starts": "receipt"})
    otherwise = book.model_copy(update={"limits": (limit,)})
    adopt = commands.AdoptRulebook
    home().when(adopt(rulebook=fewer)).refused(refusals.RULEBOOK_INCOMPLETE)
    home().when(adopt(rulebook=twice)).refused(refusals.RULEBOOK_INCOMPLETE)
    home().when(adopt(rulebook=otherwise)).refused(refusals.RULEBOOK_COUNTS_OTHERWISE)


def test_a_calendar_is_adopted_once() -> None:
    """A changed notice is another version."""
    first = adoption.calendars()[0]
    command, adopted = commands.AdoptCalendar(calendar=first), said.CalendarAdopted(calendar=first)
    home().when(command).then(adopted)
    home(adopted).when(command).refused(refusals.CALENDAR_ADOPTED)
    changed = first.model_copy(update={"version": f"{first.version}-2"})
    home(adopted).when(commands.AdoptCalendar(calendar=changed)).then(said.CalendarAdopted(calendar=changed))


@pytest.mark.parametrize(
    ("off", "work", "fits"),
    [
        (("2018-12-30", "2019-01-01"), "2018-12-29", True),
        (("2019-10-01", "2019-12-31"), "2019-01-01", True),
        (("2018-11-30", "2019-01-01"), "2019-01-02", False),
        (("2019-12-31", "2020-01-01"), "2019-01-02", False),
        (("2019-10-07", "2019-10-01"), "2019-01-02", False),
        (("2019-10-01", "2019-10-07"), "2018-11-30", False),
        (("2019-10-01", "2019-10-07"), "2020-01-01", False),
    ],
)
def test_a_calendar_is_of_its_year(off: tuple[str, str], work: str, *, fits: bool) -> None:
    """A year's notice names days of its year; that of 2019 began in December 2018."""
    first, last = map(day, off)
    holiday = DayOff(first=first, last=last, name="元旦")
    calendar = adoption.calendars()[0].model_copy(
        update={"year": 2019, "version": "2019", "off": (holiday,), "work": (day(work),)}
    )
    outcome = home().when(commands.AdoptCalendar(calendar=calendar))
    if fits:
        outcome.then(said.CalendarAdopted(calendar=calendar))
    else:
        outcome.refused(refusals.CALENDAR_DAYS)


@pytest.mark.parametrize(
    ("session", "opens", "closes", "no"),
    [
        (7, "2026-02-19", "2026-02-22", refusals.SESSION_OUT_OF_ORDER),
        (6, "2026-02-19", "2026-02-22", refusals.SESSION_OUT_OF_ORDER),
        (8, "2025-02-22", "2025-02-25", refusals.SESSION_DAYS),
        (8, "2025-01-10", "2025-01-12", refusals.SESSION_DAYS),
        (8, "2026-02-22", "2026-02-19", refusals.SESSION_DAYS),
    ],
)
def test_sessions_follow_each_other(session: int, opens: str, closes: str, no: Refusal) -> None:
    """M3: a term is counted by its sessions, which neither overlap nor go back."""
    command = commands.ConveneSession(session=session, opens=day(opens), closes=day(closes))
    home(SEVENTH).when(command).refused(no)


def test_a_session_is_convened() -> None:
    """M3: a session belongs to the present term; a house may begin with its seventh."""
    command = commands.ConveneSession(session=7, opens=day("2025-02-19"), closes=day("2025-02-22"))
    home().when(command).then(SEVENTH)


DISTRICT, UNIT = Electorate.DISTRICT, Electorate.ELECTING_UNIT


@pytest.mark.parametrize(
    ("level", "kind", "seats", "no"),
    [
        (Level.NATION, UNIT, 60, None),
        (Level.PROVINCE, UNIT, 48, None),
        (Level.CITY, UNIT, 9, None),
        (Level.COUNTY, DISTRICT, 1, None),
        (Level.TOWNSHIP, DISTRICT, 3, None),
        (Level.TOWNSHIP, DISTRICT, 4, refusals.TOO_MANY_SEATS),
        (Level.COUNTY, UNIT, 3, refusals.KIND_DOES_NOT_FIT),
        (Level.TOWNSHIP, UNIT, 3, refusals.KIND_DOES_NOT_FIT),
        (Level.CITY, DISTRICT, 3, refusals.KIND_DOES_NOT_FIT),
        (Level.NATION, DISTRICT, 1, refusals.KIND_DOES_NOT_FIT),
    ],
)
def test_who_elects_whom(level: Level, kind: Electorate, seats: int, no: Refusal | None) -> None:
    """M2: city and above: indirect. County and township: direct, districts of 1–3 seats."""
    command = commands.ListElectorate(electorate="ledu", kind=kind, name="乐都区", seats=seats)
    outcome = home(level=level).when(command)
    if no is None:
        outcome.then(past.seats(seats, kind))
    else:
        outcome.refused(no)


def test_ids_are_listed_once() -> None:
    """An id stands for one electorate, delegation or unit."""
    seats = commands.ListElectorate(electorate="ledu", kind=UNIT, name="乐都区", seats=2)
    home(past.seats()).when(seats).refused(refusals.ALREADY_LISTED)
    delegation = commands.FormDelegation(delegation="ledu", name="乐都代表团")
    formed = said.DelegationFormed(delegation="ledu", name="乐都代表团")
    home().when(delegation).then(formed)
    home(formed).when(delegation).refused(refusals.ALREADY_LISTED)
    unit = commands.ListUnit(unit="housing", name="市住建局", branch=Branch.GOVERNMENT)
    home().when(unit).then(HOUSING)
    home(HOUSING).when(unit).refused(refusals.ALREADY_LISTED)


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        (Role.STAFF, None),
        (Role.LEADER, None),
        (Role.AUDITOR, None),
        (Role.UNIT, "unit/housing"),
        (Role.STATION, "station/s1"),
        (Role.STATION, None),
        (Role.DEPUTY, MA),
    ],
)
def test_a_role_with_what_it_needs(role: Role, holds: str | None) -> None:
    """A role is held for what its holder acts for, and for nothing else."""
    command = commands.GrantRole(person="ma", role=role, holds=holds, name=words("马某某"))
    home(HOUSING, OFFICE).when(command).then(
        said.RoleGranted(person="ma", role=role, holds=holds, name=reference("马某某"))
    )


@pytest.mark.parametrize(
    ("role", "holds", "no"),
    [
        (Role.STAFF, "unit/housing", refusals.HOLDS_DOES_NOT_FIT),
        (Role.LEADER, MA, refusals.HOLDS_DOES_NOT_FIT),
        (Role.UNIT, None, refusals.HOLDS_DOES_NOT_FIT),
        (Role.UNIT, "station/s1", refusals.HOLDS_DOES_NOT_FIT),
        (Role.UNIT, "unit/water", refusals.UNKNOWN_UNIT),
        (Role.STATION, "unit/housing", refusals.HOLDS_DOES_NOT_FIT),
        (Role.DEPUTY, None, refusals.HOLDS_DOES_NOT_FIT),
        (Role.DEPUTY, "unit/housing", refusals.HOLDS_DOES_NOT_FIT),
        (Role.DEPUTY, "mandate/3-li", refusals.MANDATE_NOT_THEIRS),
    ],
)
def test_a_role_without_it(role: Role, holds: str | None, no: Refusal) -> None:
    """What is held must fit the role and exist."""
    command = commands.GrantRole(person="ma", role=role, holds=holds)
    home(HOUSING, OFFICE, On("mandate/3-li", past.TAKEN_UP)).when(command).refused(no)


@pytest.mark.parametrize("events", [(), (past.elected(), past.CONFIRMED)])
def test_no_deputy_without_office(events: tuple[Event, ...]) -> None:
    """M7: nobody acts as a deputy before his mandate is taken up."""
    before = [On(MA, each) for each in events]
    command = commands.GrantRole(person="ma", role=Role.DEPUTY, holds=MA)
    home(*before).when(command).refused(refusals.MANDATE_NOT_THEIRS)


def test_no_deputy_after_the_end() -> None:
    """M9: whose mandate ended is no deputy any more."""
    ended = said.MandateTerminated(
        ground=said.Termination.DEATH, ground_day=past.TODAY, announced=past.TODAY,
        announced_by="海东市人大常委会",
    )  # fmt: skip
    command = commands.GrantRole(person="ma", role=Role.DEPUTY, holds=MA)
    home(OFFICE, On(MA, ended)).when(command).refused(refusals.MANDATE_NOT_THEIRS)


def test_a_role_is_held_once() -> None:
    """A role that is held is not granted, one that is not held not withdrawn."""
    granted = said.RoleGranted(person="zhao", role=Role.UNIT, holds="unit/housing")
    grant = commands.GrantRole(person="zhao", role=Role.UNIT, holds="unit/housing")
    withdraw = commands.WithdrawRole(person="zhao", role=Role.UNIT, holds="unit/housing")
    withdrawn = said.RoleWithdrawn(person="zhao", role=Role.UNIT, holds="unit/housing")
    home(HOUSING, granted).when(grant).refused(refusals.ROLE_HELD)
    home(HOUSING, granted).when(withdraw).then(withdrawn)
    home(HOUSING, granted, withdrawn).when(withdraw).refused(refusals.ROLE_NOT_HELD)
    assert home(HOUSING, granted, withdrawn).when(grant).event == granted


def test_two_roles_of_one_person() -> None:
    """A person may act in several roles; each is granted and withdrawn alone."""
    staff = said.RoleGranted(person="zhao", role=Role.STAFF)
    withdraw = commands.WithdrawRole(person="zhao", role=Role.UNIT, holds="unit/housing")
    home(HOUSING, staff).when(withdraw).refused(refusals.ROLE_NOT_HELD)


def test_a_name_lies_under_its_persons_key() -> None:
    """A name is sealed for the person, whoever grants the role."""
    command = commands.GrantRole(person="zhao", role=Role.STAFF, name=words("赵某"))
    assert CONGRESS.owner(command, HOME) == "person/zhao"


def test_what_is_held_has_a_shape() -> None:
    """What a role is held for is named by its stream."""
    with pytest.raises(ValidationError):
        commands.GrantRole(person="zhao", role=Role.UNIT, holds="housing")
