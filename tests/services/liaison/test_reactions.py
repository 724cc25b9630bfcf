import datetime as dt

from events.catalogue.event import Event
from events.catalogue.liaison import Told
from events.catalogue.suggestions import (
    DraftDeclined,
    Ground,
    Outcome,
    SuggestionClosed,
    SuggestionNotAdmitted,
)
from events.catalogue.vocabulary import ReplyClass
from services.chassis.shapes import Send
from services.liaison.opinion.commands import TellOutcome
from services.liaison.opinion.rules import OPINION
from services.liaison.reactions import REACTIONS
from tests.folding import Story
from tests.specification import reference

(REACTION,) = REACTIONS


def reacted(event: Event) -> list[Send]:
    """Give what the reaction sends after an event of a suggestion."""
    entry = Story("suggestions").say("suggestion/g1", event).entries[0]
    return list(REACTION.react(entry, {}))


def closed(opinion: str | None) -> SuggestionClosed:
    """Give the end of a suggestion made from an opinion, or not."""
    return SuggestionClosed(
        outcome=Outcome.ANSWERED, reply_class=ReplyClass.FOR_REFERENCE_OR_INFEASIBLE, label="D",
        day=dt.date(2025, 6, 1), session="3-7", opinion=opinion, reply=reference("答复"), number=12,
    )  # fmt: skip


def test_the_citizen_is_told_of_the_reply() -> None:
    """L5: When the suggestion closes, for reference too, the citizen is told why."""
    (send,) = reacted(closed("opinion/o1"))
    told = TellOutcome(
        outcome=Told.CLOSED, suggestion="suggestion/g1", cause="suggestions/630200/1", number=12,
        reply_class=ReplyClass.FOR_REFERENCE_OR_INFEASIBLE, label="D", text=reference("答复"),
    )  # fmt: skip
    assert send == Send(told, OPINION, "opinion/o1")


def test_the_citizen_is_told_of_a_no() -> None:
    """L5: When the suggestion is not admitted, the citizen is told the ground."""
    (send,) = reacted(
        SuggestionNotAdmitted(
            ground=Ground.SPECIFIC_CASE,
            explanation=reference("个案"),
            session="3-7",
            opinion="opinion/o1",
        )
    )
    assert send.stream == "opinion/o1"
    assert send.command == TellOutcome(
        outcome=Told.NOT_ADMITTED, suggestion="suggestion/g1", cause="suggestions/630200/1",
        ground="specific_case", text=reference("个案"),
    )  # fmt: skip


def test_the_citizen_is_told_when_no_draft_could_be_made() -> None:
    """L5: When the deputy could not take it up any more, the citizen is told."""
    event = DraftDeclined(lead="mandate/3-ma", opinion="opinion/o1", refusal="mandate-not-active")
    (send,) = reacted(event)
    assert send.command == TellOutcome(
        outcome=Told.DRAFT_DECLINED, suggestion="suggestion/g1", cause="suggestions/630200/1",
        ground="mandate-not-active",
    )  # fmt: skip


def test_a_deputys_own_suggestion_concerns_no_citizen() -> None:
    """L5: A suggestion that came from no opinion is told to nobody here."""
    assert reacted(closed(None)) == []
