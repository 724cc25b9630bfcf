import datetime as dt

import pytest

from events.catalogue import deputies as said
from events.catalogue.deputies import Role
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from services.chassis.shapes import Ids, On
from services.deputies.api import elected as place_of
from services.deputies.mandate import refusals
from services.deputies.mandate.commands import Confirm, DeclareInvalid, Elect, OpenReview, TakeUp
from services.deputies.mandate.rules.decider import MANDATE
from tests.services.deputies import past
from tests.services.deputies.past import HOME, MA, SEATS, congress, day, elected, seated
from tests.specification import Given, given, reference, words

ELECT = Elect(
    term=3, name=words("马某某"), contact=words("13900000000"), electorate="ledu",
    delegation="ledu", elected=day("2025-01-10"),
)  # fmt: skip
CONFIRM = Confirm(day=day("2025-01-20"), body="海东市人大常委会")


def ma(*events: Event | On) -> Given:
    """Begin with the mandate of ma."""
    return given(MANDATE, MA, *events)


def test_an_election_is_entered_with_its_seat() -> None:
    """M1: a mandate belongs to a person, a congress, a term and its electorate."""
    ma(*congress()).when(ELECT).then(
        elected().model_copy(update={"contact": reference("13900000000")}),
        On(SEATS, said.SeatTaken(mandate=MA)),
    )


def test_the_key_is_natural() -> None:
    """M1: one mandate per person and term; a new person gets a new id, once for each key."""
    ids, path = Ids("new-{}".format), {"congress": "630200"}
    assert place_of(ELECT, ids, path) == "mandate/3-new-0"
    assert place_of(ELECT.model_copy(update={"person": "ma"}), ids, path) == MA


@pytest.mark.parametrize("before", [past.UNDER_REVIEW, past.VALID, past.IN_OFFICE])
def test_nobody_is_elected_twice(before: tuple[Event | On, ...]) -> None:
    """M1: a person holds one mandate of a congress in a term."""
    ma(*before).when(ELECT).refused(refusals.ALREADY_ELECTED)


def test_the_name_is_sealed_for_the_person() -> None:
    """M1: name and contact lie under the key of the person whose mandate it is."""
    assert MANDATE.owner(ELECT, MA) == "person/ma"
    assert MANDATE.owner(ELECT, "mandate/3-a-b") == "person/a-b"


def test_a_county_elects_by_district() -> None:
    """M2: a county's deputy sits on a seat of a district."""
    outcome = ma(*congress(Level.COUNTY, 1)).when(ELECT)
    assert outcome.events[0].electorate_name == "乐都区"


def test_an_unknown_electorate_elects_nobody() -> None:
    """M2: deputies are elected by listed districts or electing units only."""
    command = ELECT.model_copy(update={"electorate": "xining"})
    ma(*congress()).when(command).refused(refusals.UNKNOWN_ELECTORATE)


def test_an_unknown_delegation_is_refused() -> None:
    """A deputy joins a delegation that was formed, or none yet."""
    command = ELECT.model_copy(update={"delegation": "xining"})
    ma(*congress()).when(command).refused(refusals.UNKNOWN_DELEGATION)
    without = ELECT.model_copy(update={"delegation": None})
    assert ma(*congress()).when(without).events[0].delegation_name is None


def test_no_more_deputies_than_seats() -> None:
    """M2: a district or electing unit elects as many deputies as it has seats."""
    full = (*congress(count=2), *seated("mandate/3-li", "mandate/3-wang"))
    ma(*full).when(ELECT).refused(refusals.NO_FREE_SEAT)


def test_a_freed_seat_may_be_filled() -> None:
    """M2: seats are counted over mandates that are valid and have not ended."""
    freed = On(SEATS, said.SeatFreed(mandate="mandate/3-li"))
    before = (*congress(count=2), *seated("mandate/3-li", "mandate/3-wang"), freed)
    assert len(ma(*before).when(ELECT).events) == 2


def test_only_the_present_term() -> None:
    """M3: a term is that of the congress, begun and ended by its sessions."""
    ma(*congress()).when(ELECT.model_copy(update={"term": 2})).refused(refusals.NOT_THIS_TERM)


def test_no_end_is_computed() -> None:
    """M3: five years by event: never store `start + 5y` as the end."""
    days = {name for name, value in vars(elected()).items() if isinstance(value, dt.date)}
    assert days == {"elected"}


def test_a_congress_must_stand() -> None:
    """Nobody is elected to a congress that is not set up."""
    ma().when(ELECT).refused(refusals.NOT_FOUNDED)


def test_no_election_tomorrow() -> None:
    """What has not happened yet is not entered."""
    command = ELECT.model_copy(update={"elected": day("2025-02-28")})
    ma(*congress()).when(command).refused(refusals.DAY_IN_FUTURE)


def test_credentials_are_reviewed() -> None:
    """M7: the credentials committee reviews who was elected."""
    review = OpenReview(day=day("2025-01-15"))
    ma(*congress(), elected()).when(review).then(past.REVIEWED)
    ma(*past.UNDER_REVIEW).when(review).refused(refusals.NOT_ELECTED)


def test_by_elected_are_reviewed_too() -> None:
    """M7: by-elected deputies are reviewed too."""
    by_elected: tuple[Event | On, ...] = (*congress(), elected(by_election=True))
    ma(*by_elected).when(CONFIRM).refused(refusals.NOT_UNDER_REVIEW)


def test_confirmed_after_review_only() -> None:
    """M7: SC (county+) or Presidium (township) confirms, after the review, and is named."""
    ma(*past.UNDER_REVIEW).when(CONFIRM).then(past.CONFIRMED)
    ma(*congress(), elected()).when(CONFIRM).refused(refusals.NOT_UNDER_REVIEW)
    ma(*past.VALID).when(CONFIRM).refused(refusals.NOT_UNDER_REVIEW)


def test_confirmation_names_a_first_term() -> None:
    """M7: who is new is told on, so that training may be planned (TR5)."""
    before: tuple[Event | On, ...] = (*congress(), elected(first_term=True), past.REVIEWED)
    assert ma(*before).when(CONFIRM).event.first_term is True


def test_declared_invalid() -> None:
    """M7: ... or declares it invalid: the seat is free."""
    command = DeclareInvalid(day=day("2025-01-20"), body="海东市人大常委会", ground="破坏选举")
    ma(*past.UNDER_REVIEW).when(command).then(
        said.ElectionInvalid(day=day("2025-01-20"), body="海东市人大常委会", ground="破坏选举"),
        On(SEATS, said.SeatFreed(mandate=MA)),
    )
    ma(*past.VALID).when(command).refused(refusals.NOT_UNDER_REVIEW)


def test_an_invalid_election_may_be_repeated() -> None:
    """M7: who was not validly elected may be elected again."""
    invalid = said.ElectionInvalid(day=day("2025-01-20"), body="常委会", ground="破坏选举")
    freed = On(SEATS, said.SeatFreed(mandate=MA))
    again = ELECT.model_copy(update={"elected": day("2025-02-01"), "by_election": True})
    assert ma(*past.UNDER_REVIEW, invalid, freed).when(again).events[0].by_election is True


@pytest.mark.parametrize(
    ("on", "no"),
    [("2025-01-14", refusals.DAY_TOO_EARLY), ("2025-02-28", refusals.DAY_IN_FUTURE)],
)
def test_steps_follow_each_other(on: str, no: object) -> None:
    """M7: no step lies before the one before it, or in the future."""
    command = CONFIRM.model_copy(update={"day": day(on)})
    assert ma(*past.UNDER_REVIEW).when(command).decision == no


def test_office_brings_the_role() -> None:
    """M7: confirmed → active: with the first day in office the deputy may act."""
    ma(*past.VALID).when(TakeUp(day=day("2025-02-19"))).then(
        past.TAKEN_UP, On(HOME, said.RoleGranted(person="ma", role=Role.DEPUTY, holds=MA))
    )


def test_a_role_is_not_granted_twice() -> None:
    """M7: a role that stands already is left as it is."""
    before = (*past.VALID, On(HOME, past.ROLE))
    ma(*before).when(TakeUp(day=day("2025-02-19"))).then(past.TAKEN_UP)


def test_nobody_acts_unconfirmed() -> None:
    """M7: only a confirmed mandate is taken up, and once."""
    command = TakeUp(day=day("2025-02-19"))
    ma(*past.UNDER_REVIEW).when(command).refused(refusals.NOT_CONFIRMED)
    ma(*past.IN_OFFICE).when(command).refused(refusals.NOT_CONFIRMED)
