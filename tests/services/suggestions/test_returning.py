import pytest

from deploy import adoption
from events.catalogue.event import Event
from events.catalogue.suggestions import Handler, Part
from events.catalogue.vocabulary import ReplyClass, Step
from services.chassis.shapes import Command
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.commands import ApproveReturn, RefuseReturn, RequestReturn
from services.suggestions.suggestion.state import Handling
from tests.cast import CLERK, COSIGNER, LEAD, OTHER_UNIT_CLERK, UNIT_CLERK
from tests.services.suggestions import past
from tests.services.suggestions.past import (
    ANSWERED,
    CLOSED,
    HANDLED,
    JOINT,
    MAIN,
    MET,
    PARALLEL,
    UNHAPPY,
    WAITING,
    assigned,
    case,
    local,
    received,
    redo,
    returned,
    returning,
)
from tests.specification import Given, words

RETURN = RequestReturn(reason=words("不属于本单位职责"))
LET_GO = ApproveReturn(unit="housing", successor="water")
KEEP = RefuseReturn(unit="housing", reason=words("属于本单位职责"))
ASKED = (*HANDLED, returning())


def city(on: str) -> Given:
    """Give a suggestion under a city's rulebook, 10 working days to return it, assigned on `on`."""
    event = assigned(on=on, rulebooks=[local()])
    return case(*WAITING, event, received()).under(local()).by(UNIT_CLERK)


def test_a_unit_returns_with_a_reason() -> None:
    """S7: A unit that holds itself incompetent returns it with a written reason."""
    case(*HANDLED).by(UNIT_CLERK).on("2025-03-03").when(RETURN).then(returning())


def test_a_return_before_the_receipt() -> None:
    """S7: The unit may return it unread; the window runs from the assignment."""
    case(*WAITING, assigned()).by(UNIT_CLERK).on("2025-03-03").when(RETURN).then(returning())


@pytest.mark.parametrize("on", ["2025-09-24", "2025-10-11", "2025-10-13"])
def test_the_ninth_working_day_is_a_saturday(on: str) -> None:
    """S7, T5: Ten working days across National Day; the make-up Saturday is the ninth: in time."""
    assert str(city("2025-09-23").on(on).when(RETURN).event.day) == on


def test_a_late_return_is_not_considered() -> None:
    """S7: After the window, from the next day on, a return is not considered."""
    late = city("2025-09-23").on("2025-10-14")
    late.when(RETURN).refused(refusals.RETURN_TOO_LATE)


def test_the_window_is_that_of_the_assignment() -> None:
    """I2: The window was computed at the assignment; later rulebooks do not move it."""
    later = city("2025-09-23").under(*adoption.rulebooks()).on("2025-10-14")
    later.when(RETURN).refused(refusals.RETURN_TOO_LATE)


@pytest.mark.parametrize("on", ["2025-05-27", "2025-12-31"])
def test_no_window_where_none_is_set(on: str) -> None:
    """S7, T3: National law sets no window, and so no return is too late for it."""
    assert str(case(*HANDLED).by(UNIT_CLERK).on(on).when(RETURN).event.day) == on


def test_filed_in_time_and_decided_later() -> None:
    """S7: Timely is what was filed in time; until it is decided the unit is responsible."""
    filed = returning(on="2025-10-13")
    event = assigned(on="2025-09-23", rulebooks=[local()])
    waits = case(*WAITING, event, received(), filed).under(local()).on("2025-10-31")
    assert waits.by(CLERK).when(LET_GO).event.unit == "housing"
    waits.by(UNIT_CLERK).when(RETURN).refused(refusals.RETURN_PENDING)


def test_one_return_at_a_time() -> None:
    """S7: While a return is being decided there is no second one, and no reply."""
    case(*ASKED).by(UNIT_CLERK).when(RETURN).refused(refusals.RETURN_PENDING)


def test_who_has_replied_does_not_return() -> None:
    """S7: What was answered is not returned; in a new round it may be."""
    case(*ANSWERED).by(UNIT_CLERK).when(RETURN).refused(refusals.ALREADY_REPLIED)
    again = case(*UNHAPPY, redo()).by(UNIT_CLERK)
    assert again.when(RETURN).event.unit == "housing"


def test_the_assigner_puts_another_in_its_place() -> None:
    """S7: The assigner assigns anew, in the same part."""
    case(*ASKED).by(CLERK).on("2025-03-05").when(LET_GO).then(returned())


def test_the_successor_takes_the_part() -> None:
    """I1: The successor is what the unit was, so there is exactly one main unit still."""
    main = (*WAITING, assigned(MAIN, JOINT), returning())
    event = case(*main).when(ApproveReturn(unit="housing", successor="edu")).event
    assert event.successor == Handler(unit="edu", name="市教育局", part=Part.MAIN)
    split = (*WAITING, assigned(*PARALLEL), returning("water"))
    event = case(*split).when(ApproveReturn(unit="water", successor="edu")).event
    assert (event.successor.part, event.successor.share) == (Part.PARALLEL, "管网")


def test_the_assigner_refuses() -> None:
    """S7: The assigner refuses, and the unit continues: it may ask again, and reply."""
    event = case(*ASKED).by(CLERK).when(KEEP).event
    assert event.unit == "housing"
    kept = case(*ASKED, event).by(UNIT_CLERK)
    assert kept.when(RETURN).event.unit == "housing"


@pytest.mark.parametrize("command", [LET_GO, KEEP])
def test_nothing_to_decide(command: Command) -> None:
    """S7: Only a return that was asked for is decided, and once."""
    for told in (HANDLED, ANSWERED, (*ASKED, returned())):
        case(*told).by(CLERK).when(command).refused(refusals.NO_RETURN_PENDING)
    other = {"unit": "edu"}
    case(*ASKED).when(command.model_copy(update=other)).refused(refusals.NO_RETURN_PENDING)


def test_a_successor_the_congress_lists() -> None:
    """S6: Nobody is put in its place whom the congress does not list."""
    nowhere = ApproveReturn(unit="housing", successor="nowhere")
    case(*ASKED).by(CLERK).when(nowhere).refused(refusals.UNKNOWN_UNIT)


@pytest.mark.parametrize("successor", ["housing", "water"])
def test_a_successor_who_is_in_it_already(successor: str) -> None:
    """I1: No unit gets a second part of the same suggestion, nor its own back."""
    told = (*WAITING, assigned(MAIN, JOINT), returning())
    again = ApproveReturn(unit="housing", successor=successor)
    case(*told).by(CLERK).when(again).refused(refusals.UNIT_TWICE)


def test_no_unit_passes_it_on() -> None:
    """I3, S7: A unit can name no successor: its request has a reason and nothing else."""
    assert set(RequestReturn.model_fields) == {"reason"}
    assert not {"unit", "successor"} & set(commands.Reply.model_fields)


def test_only_its_units_return_it() -> None:
    """I3: Another unit, a deputy or the office returns nothing."""
    for who in (OTHER_UNIT_CLERK, LEAD, COSIGNER, CLERK):
        case(*HANDLED).by(who).when(RETURN).refused(refusals.NOT_ASSIGNED_UNIT)


def test_who_was_let_go_is_out() -> None:
    """I3: Who was let go acts no more; the successor signs for it himself."""
    after = case(*ASKED, returned())
    for command in (RETURN, commands.Receive()):
        after.by(UNIT_CLERK).when(command).refused(refusals.NOT_ASSIGNED_UNIT)
    assert after.by(OTHER_UNIT_CLERK).when(commands.Receive()).event.unit == "water"


def test_the_statutory_day_does_not_move() -> None:
    """T6: Assigning anew, also twice, starts nothing again: the first day stays."""
    told = (*ASKED, returned(), returning("water", "2025-03-10"))
    second = case(*told).on("2025-03-20").when(ApproveReturn(unit="water", successor="edu"))
    state = case(*told, second.event).states()[past.S1]
    assert isinstance(state, Handling)
    assert (str(state.statutory.due), state.round) == ("2025-05-27", 3)
    assert (list(state.works), state.works["edu"].received) == (["edu"], False)
    assert "statutory" not in type(second.event).model_fields


def test_the_new_unit_has_its_own_day() -> None:
    """T6: Beside the statutory day the successor's own window runs from his assignment."""
    waits = city("2025-09-23")
    told = case(*waits.past, returning(on="2025-10-11")).under(local())
    event = told.on("2025-10-20").when(LET_GO).event
    assert (event.return_by.step, str(event.return_by.due)) == (Step.RETURN, "2025-11-03")
    after = case(*told.past, event).under(local()).by(OTHER_UNIT_CLERK)
    assert str(after.on("2025-11-03").when(RETURN).event.day) == "2025-11-03"
    after.on("2025-11-04").when(RETURN).refused(refusals.RETURN_TOO_LATE)


@pytest.mark.parametrize("command", [RETURN, LET_GO, KEEP])
@pytest.mark.parametrize("told", [WAITING, CLOSED])
def test_only_what_is_handled(command: Command, told: tuple[Event, ...]) -> None:
    """S7: Before the assignment and after the end nothing is returned."""
    case(*told).by(UNIT_CLERK).when(command).refused(refusals.NOT_IN_HANDLING)


def test_a_return_does_not_hide_what_was_met() -> None:
    """S8: A predecessor's contact is no contact of the successor."""
    told = (*MET, returning(), returned(), received("water"))
    command = commands.Reply(reply_class=ReplyClass.PLANNED, text=words("答复"))
    case(*told).by(OTHER_UNIT_CLERK).when(command).refused(refusals.NO_CONTACT)
