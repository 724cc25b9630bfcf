import pytest

from events.catalogue import deputies
from events.catalogue import training as said
from events.catalogue.event import Event
from events.catalogue.training import Topic
from services.training.plan import refusals
from services.training.plan.commands import FindNeed, MeetNeed
from services.training.plan.rules import PLAN
from services.training.reactions import REACTIONS, attended, first_term_course
from tests.folding import Story
from tests.specification import given

NEED, MA = "need/3-ma", "mandate/3-ma"
FIND = FindNeed(topic=Topic.FIRST_TERM, because="mandate-confirmed")
MEET = MeetNeed(topic=Topic.FIRST_TERM, course="course/c1")
FOUND = said.NeedFound(mandate=MA, topic=Topic.FIRST_TERM, because="mandate-confirmed")
MET = said.NeedMet(topic=Topic.FIRST_TERM, course="course/c1")


def test_a_need_is_found_once() -> None:
    """TR2: needs are found by person and field; a need that stands is not found again."""
    given(PLAN, NEED).when(FIND).then(FOUND)
    given(PLAN, NEED, FOUND).when(FIND).then()
    given(PLAN, NEED, FOUND, MET).when(FIND).then()


def test_a_need_of_another_field() -> None:
    """TR2: each field is a need of its own."""
    budget = FindNeed(topic=Topic.BUDGET, because="survey")
    assert given(PLAN, NEED, FOUND).when(budget).event.topic is Topic.BUDGET


def test_a_need_is_met() -> None:
    """TR2: plan → course → attendance: what was learned is needed no more."""
    given(PLAN, NEED, FOUND).when(MEET).then(MET)


@pytest.mark.parametrize("past", [(), (FOUND, MET)])
def test_what_is_not_open_is_not_met(past: tuple[Event, ...]) -> None:
    """TR6: a second course of the field changes nothing: it counts once."""
    given(PLAN, NEED, *past).when(MEET).refused(refusals.NO_OPEN_NEED)


def test_every_confirmed_mandate_needs_the_first_course() -> None:
    """TR5: all newly elected deputies are trained early in the term: the need stands at once."""
    confirmed = deputies.MandateConfirmed.model_validate_json(
        '{"day":"2025-01-20","body":"海东市人大常委会","first_term":false}'
    )
    (entry,) = Story("deputies").say(MA, confirmed).entries
    (send,) = first_term_course(entry, {})
    assert (send.stream, send.decider, send.command) == (NEED, PLAN, FIND)


def test_attendance_meets_the_need() -> None:
    """TR5: who attended the course of the first term is covered."""
    event = said.DeputyAttended(mandate=MA, topic=Topic.FIRST_TERM, minutes=180)
    (entry,) = Story("training").say("course/c1", event).entries
    (send,) = attended(entry, {})
    assert (send.stream, send.decider, send.command) == (NEED, PLAN, MEET)


def test_a_refused_reaction_has_nothing_to_do() -> None:
    """Where no need is open, attendance has nothing to meet: no event stands for that."""
    assert all(each.declined is None for each in REACTIONS)
    assert len({each.name for each in REACTIONS}) == len(REACTIONS)
