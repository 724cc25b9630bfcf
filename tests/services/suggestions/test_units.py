import pytest
from pydantic import ValidationError

from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.suggestions import ContactKind, ContactMode
from events.catalogue.vocabulary import ReplyClass, Step
from services.chassis.shapes import Command, Document
from services.suggestions.suggestion import refusals
from services.suggestions.suggestion.commands import (
    ConfirmContact,
    Receive,
    RecordContact,
    Reply,
)
from tests.cast import CLERK, COSIGNER, LEAD, OTHER_UNIT_CLERK, SUSPENDED, TERMINATED, UNIT_CLERK
from tests.services.suggestions.past import (
    ANSWERED,
    CLOSED,
    HANDLED,
    JOINT,
    MA,
    MAIN,
    MET,
    PARALLEL,
    UNHAPPY,
    WAITING,
    assigned,
    case,
    confirmed,
    contacted,
    local,
    received,
    redo,
    replied,
    returning,
)
from tests.specification import reference, words

MEET = RecordContact(kind=ContactKind.BEFORE, mode=ContactMode.FACE_TO_FACE, summary=words("上门听取意见"))
CONFIRM = ConfirmContact(contact=1)
REPLY = Reply(reply_class=ReplyClass.IN_PROGRESS, text=words("答复"))
BOTH = (*WAITING, assigned(MAIN, JOINT), received(), received("water"), contacted(), confirmed())
SPLIT = (*WAITING, assigned(*PARALLEL), received(), received("water"), contacted(), confirmed())


def test_signed_for() -> None:
    """S6: The unit signs for it at its own time."""
    case(*WAITING, assigned()).by(UNIT_CLERK).on("2025-02-28").when(Receive()).then(received())


def test_signed_for_once() -> None:
    """S6: It is signed for once in a round."""
    case(*HANDLED).by(UNIT_CLERK).when(Receive()).refused(refusals.ALREADY_RECEIVED)


@pytest.mark.parametrize("command", [Receive(), MEET, REPLY])
def test_only_its_units_handle_it(command: Command) -> None:
    """I3: Who was not assigned does nothing, be it unit, deputy or office."""
    for who in (OTHER_UNIT_CLERK, LEAD, COSIGNER, CLERK):
        case(*HANDLED).by(who).when(command).refused(refusals.NOT_ASSIGNED_UNIT)


@pytest.mark.parametrize("command", [Receive(), MEET, REPLY, CONFIRM])
@pytest.mark.parametrize("past", [WAITING, CLOSED])
def test_handled_between_assignment_and_end(command: Command, past: tuple[Event, ...]) -> None:
    """S6: Nothing is handled before the assignment or after the end."""
    case(*past).by(UNIT_CLERK).when(command).refused(refusals.NOT_IN_HANDLING)


@pytest.mark.parametrize("command", [MEET, REPLY])
def test_signed_for_first(command: Command) -> None:
    """S6: A unit that has not signed for it neither meets nor replies."""
    past = case(*WAITING, assigned()).by(UNIT_CLERK)
    past.when(command).refused(refusals.NOT_RECEIVED)


@pytest.mark.parametrize("kind", list(ContactKind))
@pytest.mark.parametrize("mode", list(ContactMode))
def test_the_three_contacts(kind: ContactKind, mode: ContactMode) -> None:
    """S8: Before, during and after, in whatever way: each is recorded with its day."""
    asked = MEET.model_copy(update={"kind": kind, "mode": mode})
    expected = contacted().model_copy(update={"kind": kind, "mode": mode})
    case(*HANDLED).by(UNIT_CLERK).on("2025-03-03").when(asked).then(expected)


def test_contacts_are_counted() -> None:
    """S8: Each contact has its number, whichever unit made it."""
    past = (*WAITING, assigned(MAIN, JOINT), received(), received("water"), contacted())
    event = case(*past).by(OTHER_UNIT_CLERK).when(MEET).event
    assert (event.unit, event.contact) == ("water", 2)


def test_the_deputy_confirms() -> None:
    """S8: A contact is confirmed by the deputy, who alone knows that he was heard."""
    case(*HANDLED, contacted()).by(LEAD).when(CONFIRM).then(confirmed())


def test_nobody_confirms_for_him() -> None:
    """S8: Neither the unit nor a cosigner nor the office confirms a contact."""
    for who in (UNIT_CLERK, COSIGNER, CLERK):
        case(*HANDLED, contacted()).by(who).when(CONFIRM).refused(refusals.NOT_LEAD)


@pytest.mark.parametrize("state", [SUSPENDED, TERMINATED])
def test_he_confirms_out_of_office_too(state: Document) -> None:
    """I8: Who proposed keeps the right to an answer, and so to say that he was met."""
    case(*HANDLED, contacted()).knows({MA: state}).by(LEAD).when(CONFIRM).then(confirmed())


def test_what_was_recorded_is_confirmed_once() -> None:
    """S8: No contact is confirmed that was not recorded, and none twice."""
    case(*HANDLED).by(LEAD).when(CONFIRM).refused(refusals.NO_SUCH_CONTACT)
    other = ConfirmContact(contact=2)
    case(*HANDLED, contacted()).by(LEAD).when(other).refused(refusals.NO_SUCH_CONTACT)
    case(*MET).by(LEAD).when(CONFIRM).refused(refusals.CONTACT_CONFIRMED)


@pytest.mark.parametrize("past", [HANDLED, (*HANDLED, contacted())])
def test_no_reply_without_being_heard(past: tuple[Event, ...]) -> None:
    """S8: Before the reply the unit has met the deputy, and he has confirmed it."""
    case(*past).by(UNIT_CLERK).when(REPLY).refused(refusals.NO_CONTACT)


def test_another_units_contact_is_none() -> None:
    """S8: Each unit that replies has met the deputy itself."""
    case(*BOTH).by(OTHER_UNIT_CLERK).when(REPLY).refused(refusals.NO_CONTACT)


def test_replied() -> None:
    """S9: The reply is words under a class, with the letter and law of its day."""
    event = case(*MET).by(UNIT_CLERK).on("2025-05-20").when(REPLY).event
    assert event == replied()
    assert (event.label, event.complete) == ("B", True)
    assert event.basis.article == "第五十一条第二款"


@pytest.mark.parametrize(
    ("reply_class", "label"),
    [
        (ReplyClass.RESOLVED_OR_ADOPTED, "A"), (ReplyClass.IN_PROGRESS, "B"),
        (ReplyClass.PLANNED, "C"), (ReplyClass.NOT_NOW_CONDITIONS, "D"),
        (ReplyClass.FOR_REFERENCE_OR_INFEASIBLE, "D"), (ReplyClass.ESCALATED_TO_HIGHER_LEVEL, "D"),
    ],
)  # fmt: skip
def test_the_letter_of_a_class(reply_class: ReplyClass, label: str) -> None:
    """S9: The unit gives the class; its letter is the rulebook's."""
    asked = REPLY.model_copy(update={"reply_class": reply_class})
    event = case(*MET).by(UNIT_CLERK).when(asked).event
    assert (event.reply_class, event.label, event.labels_scheme) == (reply_class, label, "a-b-c-d")


def test_a_reply_has_a_class_and_words() -> None:
    """S9: A reply without its class, or without words, is none."""
    for body in ('{"text":"答复"}', '{"reply_class":"planned"}', '{"reply_class":"A","text":"x"}'):
        with pytest.raises(ValidationError):
            Reply.model_validate_json(body)


def test_one_reply_a_round() -> None:
    """S9: A unit replies once in a round."""
    case(*ANSWERED).by(UNIT_CLERK).when(REPLY).refused(refusals.ALREADY_REPLIED)


def test_no_reply_while_it_is_returned() -> None:
    """S7: Who asks to return it does not reply meanwhile."""
    case(*MET, returning()).by(UNIT_CLERK).when(REPLY).refused(refusals.RETURN_PENDING)


def test_the_main_unit_speaks_for_all() -> None:
    """S9: The main unit states the joint units' opinions: its reply completes the handling."""
    assert case(*BOTH).by(UNIT_CLERK).when(REPLY).event.complete


def test_a_joint_unit_completes_nothing() -> None:
    """S9: A joint unit's opinion alone is no answer."""
    met = (*BOTH, contacted("water", 2), confirmed(2))
    event = case(*met).by(OTHER_UNIT_CLERK).when(REPLY).event
    assert (event.complete, event.rate_by) == (False, None)


def test_parallel_units_all_reply() -> None:
    """S6: In parallel handling every unit's reply is required."""
    met = (*SPLIT, contacted("water", 2), confirmed(2))
    assert not case(*met).by(UNIT_CLERK).when(REPLY).event.complete
    first = replied(complete=False, rate_by=None)
    second = case(*met, first).by(OTHER_UNIT_CLERK).when(REPLY).event
    assert (second.reply, second.complete) == (2, True)


def test_a_reply_in_a_new_round() -> None:
    """S11: In a new round the unit replies again, under the next number."""
    event = case(*UNHAPPY, redo()).by(UNIT_CLERK).when(REPLY).event
    assert (event.reply, event.redo, event.complete) == (2, 1, True)


def test_the_reply_carries_its_statutory_day() -> None:
    """T6: Each reply names the day it was due by law, counted from the first assignment."""
    event = case(*MET).by(UNIT_CLERK).on("2025-06-30").when(REPLY).event
    assert (str(event.statutory_due), str(event.day)) == ("2025-05-27", "2025-06-30")


def test_a_day_for_the_rating_where_one_is_set() -> None:
    """T7: A local limit of 20 working days to rate; national law sets none."""
    past = case(*MET).by(UNIT_CLERK).on("2025-05-20")
    assert past.when(REPLY).event.rate_by.due is None
    rate_by = past.under(local()).when(REPLY).event.rate_by
    assert (rate_by.step, str(rate_by.due)) == (Step.RATING, "2025-06-18")


def test_the_law_of_a_reply() -> None:
    """I2: A reply cites the law of its own day, its limit that of the assignment."""
    past = case(*WAITING, assigned(on="2025-03-10"), received(), contacted(), confirmed())
    basis = past.by(UNIT_CLERK).on("2025-03-10").when(REPLY).event.basis
    assert (basis.version, basis.article) == ("2015年修正", "第四十二条第一款")
    assert past.by(UNIT_CLERK).on("2025-03-11").when(REPLY).event.basis.version == "2025年修正"


@pytest.mark.parametrize("state", [SUSPENDED, TERMINATED, None])
def test_handling_goes_on_without_the_deputy(state: Document | None) -> None:
    """I8: Suspended or gone, who proposed is still met and answered."""
    past = case(*HANDLED).knows({MA: state}).by(UNIT_CLERK)
    assert isinstance(past.when(MEET).event, said.ContactMade)
    met = case(*MET).knows({MA: state}).by(UNIT_CLERK)
    assert met.when(REPLY).event.text == reference("答复")
