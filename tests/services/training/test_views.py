from typing import Any

import pytest

from events.catalogue import training as said
from events.catalogue.event import Event
from events.catalogue.training import Topic
from services.chassis.shapes import On, Reader
from services.training import api
from services.training.views.courses import COURSES
from services.training.views.coverage import cover
from services.training.views.learners import LEARNERS
from tests.folding import Story
from tests.services.training.test_course import LI_COMES, MA, MA_CAME, MA_COMES, OVER, PLANNED
from tests.services.training.test_needs import FOUND, MET, NEED

C1, C2 = "course/c1", "course/c2"
STAFF = Reader("staff", "clerk", None, "630200")
DEPUTY = Reader("deputy", "ma", MA, "630200")
COLLEAGUE = Reader("deputy", "li", "mandate/3-li", "630200")
CITIZEN = Reader("citizen", "anonymous", None, "630200")
STORY = (PLANNED, On(NEED, FOUND), MA_COMES, LI_COMES, MA_CAME, On(NEED, MET), OVER)


def story(*events: Event | On) -> Story:
    """Tell a ledger of training, of the first course if nothing else is said."""
    ledger = Story("training")
    for each in events:
        on = each if isinstance(each, On) else On(C1, each)
        ledger.say(on.stream, on.event)
    return ledger


def course(*events: Event | On) -> Any:  # noqa: ANN401 - a document
    """Give the document of the first course."""
    return story(*events).fold(COURSES)[C1]


def learners(*events: Event | On) -> Any:  # noqa: ANN401 - documents
    """Give the documents of all learners."""
    return story(*events).fold(LEARNERS)


def test_a_course_with_who_comes() -> None:
    """TR2: a course, its places and who takes them, up to its end."""
    document = course(*STORY)
    assert (document["stage"], document["held"]) == ("held", "2025-03-01")
    assert document["enrolled"] == [MA, "mandate/3-li"]
    assert (document["places_left"], document["attended"]) == (0, {MA: 180})
    assert document["starts"] == "2025-03-01T01:00:00Z"
    assert list(COURSES.names(document)) == document["enrolled"]


def test_a_place_given_back_is_free() -> None:
    """TR2: who gave the place back does not come."""
    document = course(PLANNED, MA_COMES, said.EnrolmentCancelled(mandate=MA))
    assert (document["enrolled"], document["places_left"]) == ([], 2)


def test_who_sees_minutes() -> None:
    """Who comes is for colleagues to see; how long somebody stayed for himself and the office."""
    document = course(*STORY)
    assert COURSES.shows(document, STAFF) == document
    assert COURSES.shows(document, DEPUTY)["attended"] == {MA: 180}
    assert COURSES.shows(document, COLLEAGUE)["attended"] == {}
    assert COURSES.shows(document, CITIZEN) is None
    assert api.offered(CITIZEN) is None


def test_a_learner() -> None:
    """TR2: needs, courses and minutes of one mandate, by field."""
    document = learners(*STORY)[MA]
    assert (document["open"], document["met"]) == ([], ["first_term"])
    assert document["needs"]["first_term"]["course"] == C1
    assert (document["minutes"], document["minutes_total"]) == ({"first_term": 180}, 180)
    assert document["attended"][C1]["minutes"] == 180


def test_a_learner_who_cancelled() -> None:
    """TR2: a place given back leaves no trace in what was learned."""
    document = learners(PLANNED, MA_COMES, said.EnrolmentCancelled(mandate=MA))[MA]
    assert (document["enrolled"], document["minutes_total"]) == ([], 0)


@pytest.mark.parametrize(
    ("reader", "seen"), [(STAFF, True), (DEPUTY, True), (COLLEAGUE, False), (CITIZEN, False)]
)
def test_who_sees_a_learner(reader: Reader, *, seen: bool) -> None:
    """What somebody learned is for himself and those who plan for him."""
    assert (LEARNERS.shows(learners(*STORY)[MA], reader) is not None) is seen
    assert api.learning(COLLEAGUE) == {"mandate": "mandate/3-li"}


def deputy(person: str, state: str = "active", *, new: bool = False) -> dict[str, Any]:
    """Say what training knows of a deputy."""
    return {"person": person, "state": state, "first_term": new, "frontline": new}


def test_coverage_counts_persons_in_office() -> None:
    """TR5: coverage is of those who hold office on the day; who left is in neither figure."""
    mandates = [
        (MA, deputy("ma", new=True)),
        ("mandate/3-li", deputy("li", "suspended", new=True)),
        ("mandate/3-zu", deputy("zu")),
        ("mandate/3-bo", deputy("bo", "terminated")),
        ("mandate/3-yu", deputy("yu", "confirmed")),
    ]
    figures = cover(mandates, learners(*STORY).items())
    assert (figures["numerator"], figures["denominator"]) == (1, 3)
    assert figures["newly_elected_frontline"] == {"numerator": 1, "denominator": 2}


def test_coverage_falls_when_others_join() -> None:
    """TR5: 100 % is reached, then by-elected deputies join: both figures are true."""
    before = cover([(MA, deputy("ma"))], learners(*STORY).items())
    after = cover([(MA, deputy("ma")), ("mandate/3-li", deputy("li"))], learners(*STORY).items())
    assert (before["numerator"], before["denominator"]) == (1, 1)
    assert (after["numerator"], after["denominator"]) == (1, 2)


def test_persons_and_person_times() -> None:
    """TR4: report both persons (distinct) and person-times (人次)."""
    again = said.DeputyAttended(mandate=MA, topic=Topic.FIRST_TERM, minutes=60)
    other = said.DeputyAttended(mandate=MA, topic=Topic.BUDGET, minutes=60)
    documents = learners(*STORY, On(C2, again), On("course/c3", other))
    figures = cover([(MA, deputy("ma"))], documents.items())
    assert (figures["persons"], figures["person_times"]) == (1, 2)


def test_nobody_in_office() -> None:
    """TR4: without deputies there is nothing to divide: 0 of 0."""
    figures = cover([], [])
    assert (figures["numerator"], figures["denominator"], figures["person_times"]) == (0, 0, 0)
