import datetime as dt

import pytest

from deploy import adoption
from events.catalogue import deputies as said
from events.catalogue.vocabulary import Level
from services.suggestions.references import CONGRESS, MANDATE, UNIT
from tests.folding import Story
from tests.specification import reference

HOME, MA = "congress/630200", "mandate/3-ma"
DAY = dt.date(2025, 2, 20)
BODY = "市人大常委会"
ELECTED = said.MandateElected(
    person="ma", name=reference("马某某"), term=3, electorate="ledu", electorate_name="乐都区",
    delegation="ledu", delegation_name="乐都代表团", elected=DAY,
)  # fmt: skip
LIFE = (
    ELECTED,
    said.MandateConfirmed(day=DAY, body=BODY),
    said.MandateTakenUp(day=DAY),
    said.MandateSuspended(ground=said.Suspension.DETAINED, day=DAY, body=BODY),
    said.MandateResumed(day=DAY, body=BODY),
    said.MandateTerminated(
        ground=said.Termination.MOVED_AWAY, ground_day=DAY, announced=DAY, announced_by=BODY
    ),
)
STATES = ("elected", "confirmed", "active", "suspended", "active", "terminated")


def test_what_is_known_of_a_congress() -> None:
    """S6: Its term, its sessions, and the rules and calendars it adopted, each whole."""
    story = Story("deputies").say(
        HOME, said.CongressFounded(name="海东市人大", level=Level.CITY, term=3),
        said.SessionConvened(term=3, session=7, opens=DAY, closes=DAY),
        *(said.RulebookAdopted(rulebook=each) for each in adoption.rulebooks()),
        *(said.CalendarAdopted(calendar=each) for each in adoption.calendars()),
    )  # fmt: skip
    document = story.fold(CONGRESS)[HOME]
    assert (document["term"], document["sessions"][0]["opens"]) == (3, "2025-02-20")
    assert [each["version"] for each in document["rulebooks"]] == ["2015", "2025"]
    assert [each["year"] for each in document["calendars"]] == [2024, 2025, 2026]


def test_what_is_known_of_a_unit() -> None:
    """S6: A unit by the name under which the congress lists it, the last one."""
    listed = said.UnitListed(unit="housing", name="市建设局", branch=said.Branch.GOVERNMENT)
    again = listed.model_copy(update={"name": "市住建局"})
    documents = Story("deputies").say(HOME, listed, again).fold(UNIT)
    assert documents == {"unit/housing": {"name": "市住建局"}}


@pytest.mark.parametrize(("count", "state"), list(enumerate(STATES, 1)))
def test_what_is_known_of_a_mandate(count: int, state: str) -> None:
    """I8: What a deputy may do follows the mandate: active, suspended, active again, ended."""
    document = Story("deputies").say(MA, *LIFE[:count]).fold(MANDATE)[MA]
    assert (document["state"], document["delegation_name"]) == (state, "乐都代表团")
    assert document["name"] == ELECTED.name.model_dump()
