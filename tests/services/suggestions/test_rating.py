import pytest
from pydantic import ValidationError

from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.suggestions import Outcome, Satisfaction
from events.catalogue.vocabulary import ReplyClass
from services.chassis.shapes import Command, Document
from services.suggestions.suggestion import refusals
from services.suggestions.suggestion.commands import Close, OrderRedo, Rate
from tests.cast import CLERK, COSIGNER, LEAD, SUSPENDED, TERMINATED, UNIT_CLERK
from tests.services.suggestions.past import (
    ANSWERED,
    ASKED,
    CLOSED,
    DRAFTED,
    HANDLED,
    LI,
    MA,
    MET,
    NOT_ADMITTED,
    PARALLEL,
    REVIEW,
    SIGNED,
    UNHAPPY,
    WAITING,
    assigned,
    case,
    closed,
    local,
    rated,
    redo,
    replied,
    submitted,
)
from tests.specification import reference, words

GOOD, FAIR, BAD = (
    Satisfaction.SATISFIED,
    Satisfaction.BASICALLY_SATISFIED,
    Satisfaction.UNSATISFIED,
)
RATE = Rate(attitude=GOOD, result=GOOD)
UNSATISFIED = Rate(attitude=GOOD, result=BAD, comment=words("路灯仍未安装"))
REPLIED_AGAIN = (*UNHAPPY, redo(), replied(reply=2, redo=1))


@pytest.mark.parametrize("attitude", list(Satisfaction))
@pytest.mark.parametrize("result", list(Satisfaction))
def test_attitude_and_result(attitude: Satisfaction, result: Satisfaction) -> None:
    """R5: Attitude and result are rated apart, in every combination."""
    asked = Rate(attitude=attitude, result=result, comment=words("路灯仍未安装"))
    comment = reference("路灯仍未安装")
    expected = rated(result, attitude=attitude, comment=comment)
    case(*ANSWERED).by(LEAD).on("2025-05-30").when(asked).then(expected)


@pytest.mark.parametrize("body", ["{}", '{"result":"satisfied"}', '{"attitude":"satisfied"}'])
def test_no_mark_by_default(body: str) -> None:
    """R5: Neither mark has a default; what was not said is not satisfied."""
    with pytest.raises(ValidationError):
        Rate.model_validate_json(body)


@pytest.mark.parametrize("reply_class", list(ReplyClass))
def test_class_and_rating_are_independent(reply_class: ReplyClass) -> None:
    """R5: The unit gives the class, the deputy the rating: A may displease, D may satisfy."""
    told = case(*MET, replied(reply_class=reply_class)).by(LEAD)
    assert told.when(UNSATISFIED).event.result is BAD
    assert told.when(RATE).event.result is GOOD


def test_the_lead_rates_for_all() -> None:
    """R1: The lead deputy rates for all signers; no cosigner, no unit, no office does."""
    signed = (DRAFTED, ASKED, SIGNED, submitted(cosigners=(LI,)))
    told = (*signed, *ANSWERED[len(REVIEW) :])
    assert case(*told).by(LEAD).when(RATE).event.mandate == MA
    for who in (COSIGNER, UNIT_CLERK, CLERK):
        case(*told).by(who).when(RATE).refused(refusals.NOT_LEAD)


@pytest.mark.parametrize("state", [SUSPENDED, TERMINATED, None])
def test_nobody_rates_out_of_office(state: Document | None) -> None:
    """I8: Suspended or gone, the proposer does not rate; handling went on without him."""
    told = case(*ANSWERED).knows({MA: state}).by(LEAD)
    told.when(RATE).refused(refusals.MANDATE_NOT_ACTIVE)


@pytest.mark.parametrize("state", [SUSPENDED, TERMINATED])
def test_who_cannot_rate_holds_up_nothing(state: Document) -> None:
    """T7, I8: If the mandate ended meanwhile, it closes without a rating."""
    event = case(*ANSWERED).knows({MA: state}).by(CLERK).when(Close()).event
    assert (event.outcome, event.result) == (Outcome.NO_RATING, None)


@pytest.mark.parametrize("past", [HANDLED, MET])
def test_rated_after_the_reply(past: tuple[Event, ...]) -> None:
    """I4: It is rated only after the reply was delivered."""
    case(*past).by(LEAD).when(RATE).refused(refusals.NOT_REPLIED)


def test_rated_after_all_replies() -> None:
    """I4: In parallel handling all replies come first."""
    past = (*WAITING, assigned(*PARALLEL), replied(complete=False))
    for command in (RATE, Close()):
        case(*past).by(LEAD).when(command).refused(refusals.NOT_REPLIED)


def test_rated_once_a_round() -> None:
    """I4: A rating is one act; the next belongs to the next round."""
    case(*UNHAPPY).by(LEAD).when(RATE).refused(refusals.ALREADY_RATED)
    again = case(*REPLIED_AGAIN).by(LEAD).when(RATE).event
    assert (again.redo, again.result) == (1, GOOD)


@pytest.mark.parametrize(("attitude", "result"), [(BAD, GOOD), (GOOD, BAD), (BAD, BAD)])
def test_unsatisfied_says_why(attitude: Satisfaction, result: Satisfaction) -> None:
    """S11: An unsatisfied rating has its concrete reasons, whichever mark it is."""
    asked = Rate(attitude=attitude, result=result)
    case(*ANSWERED).by(LEAD).when(asked).refused(refusals.NO_REASON)


def test_others_need_no_words() -> None:
    """S11: Satisfied and basically satisfied need no reasons."""
    for mark in (GOOD, FAIR):
        assert case(*ANSWERED).by(LEAD).when(Rate(attitude=mark, result=mark)).event.comment is None


def test_the_office_has_it_handled_again() -> None:
    """S11, I5: Unsatisfied with reasons, and then decided by the office: handled again."""
    case(*UNHAPPY).by(CLERK).on("2025-06-03").when(OrderRedo()).then(redo())


@pytest.mark.parametrize(
    "past",
    [
        WAITING, MET, ANSWERED, (*ANSWERED, rated(GOOD)), (*ANSWERED, rated(FAIR)),
        (*ANSWERED, rated(GOOD, attitude=BAD)), (*UNHAPPY, redo()), REPLIED_AGAIN, CLOSED,
    ],
)  # fmt: skip
def test_nothing_else_is_handled_again(past: tuple[Event, ...]) -> None:
    """I5: Without an unsatisfied rating of this round's result there is no redo."""
    case(*past).by(CLERK).when(OrderRedo()).refused(refusals.NOT_UNSATISFIED)


def test_a_second_redo() -> None:
    """S11: Unsatisfied again leads to a second round, under the next number."""
    past = (*REPLIED_AGAIN, rated(BAD, redo=1))
    assert case(*past).when(OrderRedo()).event.redo == 2


def test_a_redo_has_a_date_where_one_is_set() -> None:
    """S11: Two months for the second reply in a city like Chongqing; no limit in national law."""
    past = case(*UNHAPPY).on("2025-06-03")
    assert past.when(OrderRedo()).event.redo_by.due is None
    here = past.under(local()).when(OrderRedo()).event
    assert (str(here.redo_by.due), here.basis.article) == ("2025-08-04", "第十六条")


def test_closed_after_the_reply() -> None:
    """I9: It closes with a delivered and rated reply, whose class and number it tells."""
    rating = (*ANSWERED, rated(GOOD))
    case(*rating).by(CLERK).on("2025-06-03").when(Close()).then(closed())


def test_silence_is_no_satisfaction() -> None:
    """T7: What stays unrated closes without a rating, and counts as satisfied nowhere."""
    expected = closed(outcome=Outcome.NO_RATING, result=None)
    case(*ANSWERED).by(CLERK).on("2025-06-03").when(Close()).then(expected)


def test_only_the_answered_closes() -> None:
    """I9: Without all required replies, also those of a new round, nothing closes."""
    for past in (HANDLED, MET, (*UNHAPPY, redo())):
        case(*past).by(CLERK).when(Close()).refused(refusals.NOT_REPLIED)


@pytest.mark.parametrize("command", [RATE, Close()])
@pytest.mark.parametrize("past", [(DRAFTED,), WAITING, (*REVIEW, NOT_ADMITTED), CLOSED])
def test_ended_and_unbegun(command: Command, past: tuple[Event, ...]) -> None:
    """I9: What is not with a unit is neither rated nor closed; a refusal to admit ended it."""
    case(*past).by(LEAD).when(command).refused(refusals.NOT_IN_HANDLING)


def test_an_open_complaint_does_not_close() -> None:
    """S11: Unsatisfied with the result, it stays open until it is handled again."""
    case(*UNHAPPY).by(CLERK).when(Close()).refused(refusals.REDO_OPEN)


def test_a_bad_attitude_alone_closes() -> None:
    """R5: Displeased with the attitude only, the result stands and it may close."""
    event = case(*ANSWERED, rated(GOOD, attitude=BAD)).by(CLERK).when(Close()).event
    assert (event.outcome, event.result) == (Outcome.ANSWERED, GOOD)


def test_the_last_rating_counts() -> None:
    """S11: After a new round it closes with the second reply and the second rating."""
    past = (*REPLIED_AGAIN, rated(FAIR, redo=1))
    last = replied(reply=2, redo=1)
    event = case(*past).when(Close()).event
    assert (event.result, event.reply) == (FAIR, last.text)


def test_an_end_names_its_opinion() -> None:
    """L5: What came from a citizen's opinion says so at its end, so that he is told."""
    past = (DRAFTED, submitted(opinion="opinion/o1"), *ANSWERED[len(REVIEW) :])
    event = case(*past).when(Close()).event
    assert isinstance(event, said.SuggestionClosed)
    assert event.opinion == "opinion/o1"
