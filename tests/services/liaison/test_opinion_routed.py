import pytest

from events.catalogue.event import Event
from events.catalogue.liaison import (
    DeputyAttached,
    OpinionAnswered,
    OpinionEscalated,
    OpinionTransferred,
    OutcomeTold,
    StationClosed,
    Told,
)
from services.chassis.shapes import Command, On, Refusal
from services.liaison.opinion import refusals
from services.liaison.opinion.commands import (
    AnswerOpinion,
    EscalateOpinion,
    TellOutcome,
    TransferOpinion,
)
from tests.cast import (
    CLERK,
    COSIGNER,
    LEAD,
    OTHER_UNIT_CLERK,
    STATION_CLERK,
    SUSPENDED,
    TERMINATED,
    UNIT_CLERK,
)
from tests.services.liaison.opinions import (
    ANSWERED,
    ESCALATED,
    LI,
    MA,
    TOLD,
    TRANSFERRED,
    opinion,
    received,
)
from tests.specification import Who, reference, words

ANSWER = AnswerOpinion(text=words("已修好"))
TRANSFER = TransferOpinion(unit="housing", note=words("请办理"))
TELL = TellOutcome(
    outcome=Told.DRAFT_DECLINED, suggestion="suggestion/g1", cause="suggestions/630200/9",
    ground="mandate-not-active",
)  # fmt: skip
ELSEWHERE = Who("station", "bo", "station/s2")
EVERYWHERE = Who("station", "chu")


def answered(by: str) -> OpinionAnswered:
    """Give the answer by somebody."""
    return OpinionAnswered(text=reference("已修好"), answered_by=by)


def test_the_deputy_answers() -> None:
    """L5: The deputy addressed answers on the spot."""
    opinion(received()).by(LEAD).when(ANSWER).then(answered(MA))


@pytest.mark.parametrize("who", [STATION_CLERK, EVERYWHERE])
def test_the_station_answers(who: Who) -> None:
    """L5: Staff of the station answer too."""
    opinion(received()).by(who).when(ANSWER).then(answered("station/s1"))


def test_the_unit_answers_what_it_was_given() -> None:
    """L5: The body to which it was passed answers; until then, and any other, does not."""
    opinion(received(), TRANSFERRED).by(UNIT_CLERK).when(ANSWER).then(answered("unit/housing"))
    opinion(received()).by(UNIT_CLERK).when(ANSWER).refused(refusals.NOT_YOURS)
    passed = opinion(received(), TRANSFERRED)
    passed.by(OTHER_UNIT_CLERK).when(ANSWER).refused(refusals.NOT_YOURS)


def test_the_deputy_feeds_back_what_the_unit_found() -> None:
    """L4: The result returns to the deputy, who feeds it back to the citizen."""
    opinion(received(), TRANSFERRED).by(LEAD).when(ANSWER).then(answered(MA))


@pytest.mark.parametrize("who", [COSIGNER, ELSEWHERE, CLERK])
def test_nobody_else_answers(who: Who) -> None:
    """L5: Who was not asked does not answer."""
    opinion(received()).by(who).when(ANSWER).refused(refusals.NOT_YOURS)


def test_an_opinion_to_the_station_is_nobodys_alone() -> None:
    """L4: A deputy answers only what is addressed to him."""
    opinion(received(addressed_to=None)).by(LEAD).when(ANSWER).refused(refusals.NOT_YOURS)


@pytest.mark.parametrize("command", [ANSWER, EscalateOpinion()])
@pytest.mark.parametrize("state", [SUSPENDED, TERMINATED])
def test_only_deputies_in_office_act(command: Command, state: dict[str, object]) -> None:
    """I8: Who may not exercise his mandate neither answers nor takes up an opinion."""
    past = opinion(received()).knows({MA: state}).by(LEAD)
    past.when(command).refused(refusals.MANDATE_NOT_ACTIVE)


@pytest.mark.parametrize("who", [STATION_CLERK, EVERYWHERE, CLERK])
def test_passed_to_a_body_that_can_act(who: Who) -> None:
    """L5: What deputies do not handle themselves is passed on by station or office."""
    event = OpinionTransferred(unit="housing", unit_name="市住建局", note=reference("请办理"))
    opinion(received()).by(who).when(TRANSFER).then(event)


def test_deputies_do_not_pass_on() -> None:
    """L5: Deputies do not handle matters directly; staff of other stations neither."""
    for who in (LEAD, ELSEWHERE, UNIT_CLERK):
        opinion(received()).by(who).when(TRANSFER).refused(refusals.NOT_YOURS)


def test_passed_on_once_to_one_body() -> None:
    """L5: It may be passed on again, but not to where it is."""
    passed = opinion(received(), TRANSFERRED).by(CLERK)
    passed.when(TRANSFER).refused(refusals.ALREADY_THERE)
    again = TransferOpinion(unit="water", note=words("请办理"))
    assert passed.when(again).event.unit_name == "市水务局"


def test_passed_to_a_unit_the_congress_lists() -> None:
    """L5: A unit nobody listed takes nothing."""
    command = TransferOpinion(unit="nowhere", note=words("请办理"))
    opinion(received()).by(CLERK).when(command).refused(refusals.UNKNOWN_UNIT)


def test_the_deputy_takes_it_up() -> None:
    """L5: What is of general interest becomes a deputy's suggestion; the event cites the words."""
    event = OpinionEscalated(mandate=MA, words=reference("路灯坏了"))
    opinion(received()).by(LEAD).when(EscalateOpinion()).then(event)
    opinion(received(), TRANSFERRED).by(LEAD).when(EscalateOpinion()).then(event)


def test_who_works_at_the_station_takes_it_up() -> None:
    """L5: Another deputy of the station may take it up, also after it closed."""
    attached = On("station/s1", DeputyAttached(mandate=LI))
    closed = On("station/s1", StationClosed())
    event = OpinionEscalated(mandate=LI, words=reference("路灯坏了"))
    opinion(received(), attached).by(COSIGNER).when(EscalateOpinion()).then(event)
    opinion(received(), attached, closed).by(COSIGNER).when(EscalateOpinion()).then(event)


def test_nobody_else_takes_it_up() -> None:
    """L5: Only deputies of the station take up what was said there."""
    for who in (COSIGNER, STATION_CLERK, CLERK, UNIT_CLERK):
        opinion(received()).by(who).when(EscalateOpinion()).refused(refusals.NOT_YOURS)


@pytest.mark.parametrize("command", [ANSWER, TRANSFER, EscalateOpinion()])
@pytest.mark.parametrize(
    ("past", "no"),
    [
        ((ANSWERED,), refusals.ALREADY_ANSWERED),
        ((ESCALATED,), refusals.TAKEN_UP),
        ((ESCALATED, TOLD), refusals.ALREADY_ANSWERED),
    ],
)
def test_an_opinion_is_answered_once(command: Command, past: tuple[Event, ...], no: Refusal) -> None:
    """L5: An answered opinion is closed; one taken up stays open until the citizen is told."""
    for who in (LEAD, STATION_CLERK):
        opinion(received(), *past).by(who).when(command).refused(no)


def test_only_telling_closes_what_was_taken_up() -> None:
    """L5: The citizen is told the outcome, also when it is a no; then it is closed."""
    by = Who("reaction", "outcome-to-citizen")
    event = OutcomeTold(
        outcome=Told.DRAFT_DECLINED, suggestion="suggestion/g1", cause="suggestions/630200/9",
        ground="mandate-not-active",
    )  # fmt: skip
    opinion(received(), ESCALATED).by(by).when(TELL).then(event)


@pytest.mark.parametrize("past", [(), (received(),), (received(), ESCALATED, TOLD)])
def test_nobody_is_told_twice(past: tuple[Event, ...]) -> None:
    """L5: Where nothing was taken up, or the citizen knows already, nothing is told."""
    opinion(*past).by(Who("reaction", "outcome-to-citizen")).when(TELL).then()
