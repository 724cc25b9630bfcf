from events.catalogue.event import Event
from events.catalogue.liaison import OpinionEscalated
from events.catalogue.suggestions import DraftDeclined
from services.chassis.shapes import Send
from services.suggestions.reactions import REACTIONS
from services.suggestions.suggestion.commands import OpenDraft
from services.suggestions.suggestion.refusals import MANDATE_NOT_ACTIVE
from services.suggestions.suggestion.rules.decider import SUGGESTION
from services.suggestions.suggestion.state import Declined
from tests.folding import Story
from tests.services.suggestions.past import MA
from tests.specification import reference

(REACTION,) = REACTIONS
ESCALATED = OpinionEscalated(mandate=MA, words=reference("路灯坏了"))
OPEN = OpenDraft(lead=MA, cites=reference("路灯坏了"), opinion="opinion/o1")


def sent(event: Event) -> list[Send]:
    """Give what the reaction sends after an event of an opinion."""
    entry = Story("liaison").say("opinion/o1", event).entries[0]
    return list(REACTION.react(entry, {}))


def test_a_taken_up_opinion_becomes_a_draft() -> None:
    """L5: An escalated opinion asks for a new draft of that deputy, citing the citizen's record."""
    assert sent(ESCALATED) == [Send(OPEN, SUGGESTION)]
    assert REACTION.on == (OpinionEscalated,)


def test_a_no_becomes_an_event() -> None:
    """L5: If no draft can be made, that is recorded, so that the citizen is told."""
    (send,) = sent(ESCALATED)
    assert REACTION.declined is not None
    event = REACTION.declined(send.command, MANDATE_NOT_ACTIVE)
    assert event == DraftDeclined(lead=MA, opinion="opinion/o1", refusal="mandate-not-active")
    assert SUGGESTION.evolve(SUGGESTION.start("suggestion/s1"), event) == Declined()
