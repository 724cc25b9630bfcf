from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from events.catalogue import deputies as said
from events.catalogue.deputies import Role
from events.catalogue.event import Event
from events.catalogue.vocabulary import Level
from services.chassis.shapes import On, Reader, View
from services.deputies import api
from services.deputies.views.congress import CONGRESS
from services.deputies.views.people import PEOPLE
from services.deputies.views.roster import ROSTER
from tests.folding import Story
from tests.services.deputies import past
from tests.services.deputies.past import HOME, MA, SEATS, day
from tests.specification import reference

STAFF = Reader("staff", "clerk", None, "630200")
DEPUTY = Reader("deputy", "ma", MA, "630200")
COLLEAGUE = Reader("deputy", "li", "mandate/3-li", "630200")
CITIZEN = Reader("citizen", "anonymous", None, "630200")
LEADER = Reader("leader", "sun", None, "630200")
GATEWAY = Reader("gateway", "gateway", None, "630200")
CONTACT = reference("13900000000")
ELECTED = past.elected().model_copy(update={"contact": CONTACT})
WAY = (ELECTED, past.REVIEWED, past.CONFIRMED, past.TAKEN_UP, past.SUSPENDED)


def folded(view: View, stream: str, events: Iterable[Event | On]) -> Mapping[str, Any]:
    """Fold a view of deputies."""
    story = Story("deputies")
    for each in events:
        on = each if isinstance(each, On) else On(stream, each)
        story.say(on.stream, on.event)
    return story.fold(view)


def mandate(*events: Event | On) -> Any:  # noqa: ANN401 - a document
    """Give the roster's document of ma."""
    return folded(ROSTER, MA, events)[MA]


def test_the_congress_shows_what_is_public() -> None:
    """M2, M3: level, term, sessions, electorates and rules are for everybody."""
    document = folded(CONGRESS, HOME, [each.event for each in past.congress()])[HOME]
    assert (document["level"], document["term"]) == (Level.CITY, 3)
    assert [each["name"] for each in document["electorates"]] == ["乐都区"]
    assert [each["name"] for each in document["rulebooks"]] == ["national", "national"]
    assert document["rulebooks"][0]["adopted"] == "deputies/630200/4"
    assert CONGRESS.shows(document, CITIZEN) == document


@pytest.mark.parametrize(
    ("count", "state"),
    [(1, "elected"), (2, "under_review"), (3, "confirmed"), (4, "active"), (5, "suspended")],
)
def test_the_roster_follows_a_mandate(count: int, state: str) -> None:
    """M7, M8: elected → under_review → confirmed → active ⇄ suspended."""
    document = mandate(*WAY[:count])
    assert document["state"] == state
    assert document["published"] is (count >= 3)
    assert len(document["story"]) == count


def test_published_from_confirmation() -> None:
    """M7: the list is published once it is confirmed; before, only offices and he may know."""
    assert ROSTER.shows(mandate(ELECTED), CITIZEN) is None
    assert ROSTER.shows(mandate(ELECTED), DEPUTY) is not None
    assert ROSTER.shows(mandate(*WAY[:3]), CITIZEN)["name"] == past.NAME.model_dump()
    assert api.listed(CITIZEN) == {"published": True}
    assert api.listed(STAFF) == {}


@pytest.mark.parametrize(
    ("reader", "told"),
    [(STAFF, True), (DEPUTY, True), (COLLEAGUE, False), (LEADER, False), (CITIZEN, False)],
)
def test_who_sees_a_deputys_telephone(reader: Reader, *, told: bool) -> None:
    """Names of deputies are public by law; contact is for staff and the deputy himself."""
    assert ("contact" in ROSTER.shows(mandate(*WAY), reader)) is told


def test_the_ground_of_a_suspension_is_not_public() -> None:
    """M8: that a deputy is suspended is public, why is for the offices."""
    seen = ROSTER.shows(mandate(*WAY), CITIZEN)
    assert seen["state"] == "suspended"
    assert not {"suspension", "story"} & seen.keys()
    assert ROSTER.shows(mandate(*WAY), LEADER)["suspension"]["ground"] == "detained"


def test_resumed_and_terminated() -> None:
    """M8, M10: a lifted suspension is history; an end is announced to everybody."""
    resumed = said.MandateResumed(day=day("2025-02-26"), body="常委会")
    ended = said.MandateTerminated(
        ground=said.Termination.MOVED_AWAY, ground_day=day("2025-02-26"),
        announced=day("2025-02-27"), announced_by="常委会",
    )  # fmt: skip
    document = mandate(*WAY, resumed)
    assert document["state"] == "active"
    assert "suspension" not in document
    seen = ROSTER.shows(mandate(*WAY, resumed, ended), CITIZEN)
    assert seen["termination"]["announced"] == "2025-02-27"


def test_elected_again() -> None:
    """M7: after an invalid election the document begins again, the story goes on."""
    invalid = said.ElectionInvalid(day=day("2025-01-20"), body="常委会", ground="破坏选举")
    document = mandate(ELECTED, past.REVIEWED, invalid, past.elected(on="2025-02-01"))
    assert (document["state"], len(document["story"])) == ("elected", 4)
    assert not {"invalid", "review", "contact"} & document.keys()


def person(*events: Event | On) -> Any:  # noqa: ANN401 - a document
    """Give the people's document of ma."""
    return folded(PEOPLE, MA, events)["person/ma"]


def test_a_persons_roles() -> None:
    """The role of a deputy follows the mandate, and stays through a suspension (M8)."""
    document = person(*WAY[:4], On(HOME, past.ROLE), past.SUSPENDED)
    assert document["roles"] == [{"role": "deputy", "holds": MA}]
    assert document["mandates"] == {MA: "suspended"}
    assert document["name"] == past.NAME.model_dump()


def test_a_withdrawn_role() -> None:
    """M9: with the mandate the role ends, others stay."""
    staff = On(HOME, said.RoleGranted(person="ma", role=Role.STAFF))
    gone = On(HOME, said.RoleWithdrawn(person="ma", role=Role.DEPUTY, holds=MA))
    document = person(*WAY[:4], On(HOME, past.ROLE), staff, gone)
    assert document["roles"] == [{"role": "staff", "holds": None}]
    assert document["acts"] == ["staff"]


@pytest.mark.parametrize(
    ("reader", "seen"),
    [(GATEWAY, True), (STAFF, True), (DEPUTY, True), (COLLEAGUE, False), (CITIZEN, False)],
)
def test_who_sees_a_persons_roles(reader: Reader, *, seen: bool) -> None:
    """The front door, those who grant roles, and the person."""
    assert (PEOPLE.shows(person(*WAY), reader) is not None) is seen


def test_seats_are_no_documents() -> None:
    """M2: the count of seats decides; nobody looks at it as such."""
    taken = [On(SEATS, said.SeatTaken(mandate=MA))]
    assert folded(ROSTER, MA, taken) == {}
