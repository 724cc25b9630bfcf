import pytest
from pydantic import ValidationError

from events.catalogue import deputies as said
from events.catalogue.deputies import Role, Suspension, Termination
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from services.chassis.shapes import On, Refusal
from services.deputies.mandate import refusals
from services.deputies.mandate.commands import Resume, Suspend, Terminate
from services.deputies.mandate.rules.decider import MANDATE
from tests.services.deputies import past
from tests.services.deputies.past import HOME, MA, SEATS, congress, day, elected, seated
from tests.services.deputies.test_election import ELECT
from tests.specification import Given, given

BODY = "海东市人大常委会"
SUSPEND = Suspend(ground=Suspension.DETAINED, day=day("2025-02-20"), body=BODY)
MOVED = Terminate(
    ground=Termination.MOVED_AWAY, ground_day=day("2025-02-21"), announced=day("2025-02-26"),
    announced_by=BODY,
)  # fmt: skip
RESIGNED = Terminate(
    ground=Termination.RESIGNATION_ACCEPTED, ground_day=day("2025-02-21"),
    decision_day=day("2025-02-25"), decided_by="海东市人大常委会", announced=day("2025-02-26"),
    announced_by=BODY,
)  # fmt: skip
IN_OFFICE = past.IN_OFFICE
SUSPENDED = (*IN_OFFICE, past.SUSPENDED)
GONE = On(HOME, said.RoleWithdrawn(person="ma", role=Role.DEPUTY, holds=MA))
FREED = On(SEATS, said.SeatFreed(mandate=MA))


def ma(*events: Event | On) -> Given:
    """Begin with the mandate of ma."""
    return given(MANDATE, MA, *events)


@pytest.mark.parametrize("ground", list(Suspension))
def test_suspended_on_two_grounds(ground: Suspension) -> None:
    """M8: only (a) detained in a criminal case; (b) serving a sentence without loss of rights."""
    outcome = ma(*IN_OFFICE).when(SUSPEND.model_copy(update={"ground": ground}))
    assert outcome.event.ground is ground


def test_no_third_ground() -> None:
    """M8: the list of grounds is closed: a low score suspends nobody."""
    with pytest.raises(ValidationError):
        Suspend.model_validate_json('{"ground":"low_score","day":"2025-02-20","body":"x"}')
    assert len(Suspension) == 2


def test_a_suspension_keeps_the_role() -> None:
    """M8: a suspended deputy does nothing, and may still read: the role is not withdrawn."""
    assert len(ma(*IN_OFFICE).when(SUSPEND).events) == 1


def test_a_suspension_cites_the_law_of_its_day() -> None:
    """M8: the article is that of the rulebook in force on the day of the suspension."""
    first = SUSPEND.model_copy(update={"day": day("2025-03-11")})
    new = ma(*IN_OFFICE).on("2025-04-01").when(first).event.basis
    assert (new.version, new.article) == ("2025年修正", "第六十一条第一款")
    old = ma(*IN_OFFICE).on("2025-04-01").when(SUSPEND).event.basis
    assert (old.version, old.article) == ("2015年修正", "第四十八条第一款")


def test_no_rulebook_no_basis() -> None:
    """M8: without a rulebook in force the act stands, without a citation."""
    bare = (On(HOME, past.founded()), elected(), past.REVIEWED, past.CONFIRMED, past.TAKEN_UP)
    assert ma(*bare).when(SUSPEND).event.basis is None


def test_only_an_active_mandate_is_suspended() -> None:
    """M8: active ⇄ suspended."""
    ma(*past.VALID).when(SUSPEND).refused(refusals.NOT_ACTIVE)
    ma(*SUSPENDED).when(SUSPEND).refused(refusals.NOT_ACTIVE)


def test_a_suspension_lifts() -> None:
    """M8: it lifts when the ground ends within the term."""
    resume = Resume(day=day("2025-02-26"), body=BODY)
    ma(*SUSPENDED).when(resume).then(said.MandateResumed(day=day("2025-02-26"), body=BODY))
    ma(*IN_OFFICE).when(resume).refused(refusals.NOT_SUSPENDED)
    early = Resume(day=day("2025-02-19"), body=BODY)
    ma(*SUSPENDED).when(early).refused(refusals.DAY_TOO_EARLY)


def test_unless_terminated() -> None:
    """M8: ... unless terminated: a suspended mandate may end too, and does not resume then."""
    outcome = ma(*SUSPENDED).when(RESIGNED)
    ended = (*SUSPENDED, *outcome.events)
    ma(*ended).when(Resume(day=day("2025-02-27"), body=BODY)).refused(refusals.NOT_SUSPENDED)


def test_a_local_deputy_moves_away() -> None:
    """M9(1): a local deputy moved or transferred out of the region."""
    ended, *rest = ma(*IN_OFFICE).when(MOVED).events
    assert (ended.ground, ended.ground_day) == (Termination.MOVED_AWAY, day("2025-02-21"))
    assert rest == [FREED, GONE]


def test_a_national_deputy_does_not() -> None:
    """M9(1): *local* deputies only: an NPC deputy's move never ends the mandate."""
    nation: tuple[Event | On, ...] = (
        *congress(Level.NATION), elected(), *seated(MA), past.REVIEWED, past.CONFIRMED,
        past.TAKEN_UP, On(HOME, past.ROLE),
    )  # fmt: skip
    ma(*nation).when(MOVED).refused(refusals.MOVE_ENDS_LOCAL_ONLY)
    assert ma(*nation).when(RESIGNED).events[1:] == [FREED, GONE]


@pytest.mark.parametrize("ground", list(Termination))
def test_every_ground_of_the_list_ends_a_mandate(ground: Termination) -> None:
    """M9: the closed list, and death."""
    outcome = ma(*IN_OFFICE).when(RESIGNED.model_copy(update={"ground": ground}))
    assert outcome.events[0].ground is ground


def test_no_other_ground() -> None:
    """M9: a low score is not a ground."""
    assert "low_score" not in set(Termination)
    assert len(Termination) == 9


def test_ordered_resignation() -> None:
    """M9(2): resignation or ordered resignation *accepted*: without acceptance nothing ends."""
    for ground in (Termination.RESIGNATION_ACCEPTED, Termination.ORDERED_RESIGNATION_ACCEPTED):
        command = MOVED.model_copy(update={"ground": ground})
        ma(*IN_OFFICE).when(command).refused(refusals.DECISION_MISSING)


def test_a_recall_is_a_decision() -> None:
    """M9(4): recalled: by those who elected, on a day."""
    command = MOVED.model_copy(update={"ground": Termination.RECALLED})
    ma(*IN_OFFICE).when(command).refused(refusals.DECISION_MISSING)


def test_death_needs_no_decision() -> None:
    """M9: death: ends naturally; the seat stays empty until a by-election."""
    death = MOVED.model_copy(update={"ground": Termination.DEATH})
    events = ma(*IN_OFFICE).when(death).events
    assert events[1:] == [FREED, GONE]
    ma(*IN_OFFICE, *events).when(ELECT).refused(refusals.ALREADY_ELECTED)


def test_who_came_back_may_be_elected() -> None:
    """M9: who moved away and returned may win a by-election of the same term."""
    events = ma(*IN_OFFICE).when(MOVED).events
    again = ELECT.model_copy(update={"elected": day("2025-02-27"), "by_election": True})
    assert len(ma(*IN_OFFICE, *events).when(again).events) == 2


def test_what_is_kept_of_an_end() -> None:
    """M10: store `ground_date`, `decision_date` and `announced_date`, with each body."""
    ended = ma(*IN_OFFICE).when(RESIGNED).events[0]
    assert (ended.ground_day, ended.decision_day, ended.announced) == (
        day("2025-02-21"), day("2025-02-25"), day("2025-02-26"),
    )  # fmt: skip
    assert ended.decided_by == ended.announced_by == BODY


@pytest.mark.parametrize(
    ("changes", "no"),
    [
        ({"decision_day": day("2025-02-20")}, refusals.DAY_TOO_EARLY),
        ({"announced": day("2025-02-24")}, refusals.DAY_TOO_EARLY),
        ({"announced": day("2025-02-28")}, refusals.DAY_IN_FUTURE),
        ({"decided_by": None}, refusals.DECISION_MISSING),
        ({"decision_day": None}, refusals.DECISION_MISSING),
    ],
)
def test_days_and_bodies_of_an_end(changes: dict[str, object], no: Refusal) -> None:
    """M10: the ground arises, is decided on, is announced, in this order, each by its body."""
    ma(*IN_OFFICE).when(RESIGNED.model_copy(update=changes)).refused(no)


def test_only_a_valid_mandate_ends() -> None:
    """M10: what was never confirmed is declared invalid instead, and what ended ends once."""
    ma(*past.UNDER_REVIEW).when(MOVED).refused(refusals.NOT_VALID)
    events = ma(*IN_OFFICE).when(MOVED).events
    ma(*IN_OFFICE, *events).when(MOVED).refused(refusals.NOT_VALID)


def test_an_end_before_the_first_day_withdraws_no_role() -> None:
    """M10: who never took up the work has no role to lose."""
    assert ma(*past.VALID).when(MOVED).events[1:] == [FREED]
