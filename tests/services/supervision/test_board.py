import datetime as dt
from typing import Any

import pytest

from deploy import adoption
from events.catalogue.event import Event
from events.catalogue.suggestions import Satisfaction
from events.catalogue.vocabulary import ReplyClass
from services.chassis.shapes import Reader
from services.chassis.workdays import AMBER_DAYS, Days, colour
from services.supervision.api import BRIEF, listed
from services.supervision.views.board import BOARD, COLOURS, coloured, where
from tests.cast import (
    CITIZEN,
    CLERK,
    COSIGNER,
    LEAD,
    OTHER_UNIT_CLERK,
    STATION_CLERK,
    UNIT_CLERK,
)
from tests.folding import Story
from tests.services.suggestions import past
from tests.services.suggestions.past import ANSWERED, HANDLED, JOINT, MAIN, PARALLEL, S1, WAITING
from tests.specification import Who

LAST_DAY = dt.date(2025, 5, 27)


def board(*events: Event) -> Any:  # noqa: ANN401 - a document
    """Fold the events of one suggestion; None when the board does not know it."""
    return Story("suggestions").say(S1, *events).fold(BOARD).get(S1)


def seen(document: Any, who: Who) -> Any:  # noqa: ANN401 - a document
    """Give what somebody sees of it."""
    return BOARD.shows(document, reader(who))


def reader(who: Who) -> Reader:
    """Give somebody as a reader."""
    return Reader(who.role, who.id, who.holds, "630200")


def test_the_board_knows_no_drafts() -> None:
    """A draft is its deputy's own; the board begins with submission."""
    assert board(past.DRAFTED, past.ASKED) is None
    assert board(*past.REVIEW)["stage"] == "submitted"


def test_what_stands_on_the_board() -> None:
    """S6: The board names session, number, category, delegation, units and the statutory date."""
    document = board(*WAITING, past.assigned())
    assert (document["session"], document["occasion"], document["number"]) == ("3-7", "session", 1)
    assert (document["category"], document["delegation_name"]) == ("城乡建设", "乐都代表团")
    assert document["units"] == document["open_units"] == ["housing"]
    assert document["due"] == document["statutory_due"] == "2025-05-27"
    assert document["handlers"]["housing"]["name"] == "市住建局"
    assert "text" not in document


def test_nothing_is_due_after_the_last_reply() -> None:
    """I2: With the last required reply the date is met; what it was stays."""
    document = board(*ANSWERED)
    assert (document["stage"], document["open_units"]) == ("replied", [])
    assert "due" not in document
    assert document["statutory_due"] == "2025-05-27"


def test_parallel_units_are_open_one_by_one() -> None:
    """S6: Of parallel units the one that replied has nothing open; the item still runs."""
    document = board(*WAITING, past.assigned(*PARALLEL), past.replied("housing", complete=False))
    assert document["open_units"] == ["water"]
    assert document["due"] == "2025-05-27"


def test_a_joint_unit_that_comes_late_changes_no_stage() -> None:
    """S6: The main unit's reply counts; what a joint unit still does leaves the stage."""
    events = (*WAITING, past.assigned(MAIN, JOINT), past.received(), past.replied())
    after = board(*events, past.rated(Satisfaction.SATISFIED), past.received("water"))
    assert after["stage"] == "rated"
    again = past.replied("water", reply=2)
    assert board(*events, past.rated(Satisfaction.SATISFIED), again)["stage"] == "rated"


def test_a_successor_takes_the_units_place() -> None:
    """T6: A return changes the unit, never the statutory date."""
    document = board(*HANDLED, past.returning(), past.returned())
    assert document["units"] == document["open_units"] == ["water"]
    assert document["due"] == "2025-05-27"


def test_a_redo_opens_its_units_again() -> None:
    """S11: A redo has its own date where the rules set one, else none."""
    document = board(*past.UNHAPPY, past.redo())
    assert (document["stage"], document["open_units"]) == ("redo", ["housing"])
    assert document.get("due") == past.redo().redo_by.model_dump(mode="json")["due"]


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "red"), (0, "amber"), (AMBER_DAYS, "amber"), (AMBER_DAYS + 1, "green")]
)
def test_colour_is_a_range_of_dates(days: int, expected: str) -> None:
    """T4: Late is the day after the due day; a filter by colour finds what shows that colour."""
    today = LAST_DAY - dt.timedelta(days=days)
    assert colour(LAST_DAY, today) == expected
    found = [each for each in COLOURS if matches(where(each, today), LAST_DAY.isoformat())]
    assert found == [expected]


def matches(window: Any, due: str) -> bool:  # noqa: ANN401 - query fields
    """Tell whether a due date lies in a window, as a shelf would."""
    if "equal" in window:
        return False
    starts = window.get("at_least", {}).get("due", "")
    return bool(starts <= due < window.get("below", {}).get("due", "9"))


def test_colour_and_days_are_computed_on_reading() -> None:
    """T4: Nothing folded depends on today; days left are working days."""
    document = board(*WAITING, past.assigned())
    assert not {"colour", "days_left"} & document.keys()
    shown = coloured(document, dt.date(2025, 5, 23), Days(adoption.calendars()))
    assert (shown["colour"], shown["days_left"]) == ("amber", 2)
    late = coloured(document, dt.date(2025, 5, 28), Days(adoption.calendars()))
    assert (late["colour"], late["days_left"]) == ("red", -1)
    assert coloured(board(*ANSWERED), LAST_DAY, Days())["colour"] == "none"


def test_everybody_sees_his_own() -> None:
    """Offices see all; a deputy and a unit see what is theirs; nobody else anything."""
    document = board(past.submitted(cosigners=(COSIGNER.holds,)), *WAITING[2:], past.assigned())
    offices = (CLERK, Who("leader", "sun"), Who("auditor", "wu"))
    for who in (*offices, LEAD, COSIGNER, UNIT_CLERK):
        assert seen(document, who) == document
    strangers = (CITIZEN, OTHER_UNIT_CLERK, STATION_CLERK, Who("deputy", "x"), Who("unit", "x"))
    for who in strangers:
        assert seen(document, who) is None


def test_lists_have_no_holes() -> None:
    """What a list is narrowed to is what its reader may see."""
    assert listed(reader(CLERK)) == {}
    assert listed(reader(LEAD)) == {"people": ["mandate/3-ma"]}
    assert listed(reader(UNIT_CLERK)) == {"units": ["housing"]}
    for who in (CITIZEN, STATION_CLERK, Who("unit", "x")):
        assert listed(reader(who)) is None


def test_a_list_carries_what_stands_on_the_board() -> None:
    """Every field that is folded is told; none is forgotten in the brief."""
    closed = past.closed(reply_class=ReplyClass.RESOLVED_OR_ADOPTED)
    document = board(*ANSWERED, past.rated(Satisfaction.SATISFIED), closed)
    assert document.keys() - set(BRIEF) == {"delegation", "complete"}
