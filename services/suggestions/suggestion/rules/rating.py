"""The deputy's verdict, a redo after a no, and the end."""

from events.catalogue import suggestions as said
from events.catalogue.suggestions import Satisfaction
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Circumstances, Decision
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.rules.drafting import active
from services.suggestions.suggestion.state import Handling, State


def rate(command: commands.Rate, state: State, with_: Circumstances) -> Decision:
    """Rate attitude and result, by the lead deputy, after all required replies."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    if with_.holds != state.case.lead:
        return refusals.NOT_LEAD
    if not active(with_.known.get(state.case.lead)):
        return refusals.MANDATE_NOT_ACTIVE
    if not state.answered:
        return refusals.NOT_REPLIED
    if state.rating is not None:
        return refusals.ALREADY_RATED
    if Satisfaction.UNSATISFIED in {command.attitude, command.result} and command.comment is None:
        return refusals.NO_REASON
    return [
        said.Rated(
            mandate=state.case.lead, redo=state.redo, attitude=command.attitude, result=command.result,
            comment=command.comment.sealed if command.comment else None, day=with_.today,
            session=state.case.session, basis=with_.basis("rate"),
        )
    ]  # fmt: skip


def order_redo(_command: commands.OrderRedo, state: State, with_: Circumstances) -> Decision:
    """Have it handled again; decided by the office, never by the unit."""
    if not isinstance(state, Handling) or not unsatisfied(state):
        return refusals.NOT_UNSATISFIED
    return [
        said.RedoOrdered(
            redo=state.redo + 1, day=with_.today, session=state.case.session,
            redo_by=with_.deadline(Step.REDO_REPLY, with_.today), basis=with_.basis("redo"),
        )
    ]  # fmt: skip


def close(_command: commands.Close, state: State, with_: Circumstances) -> Decision:
    """Close after the reply; silence of the deputy is recorded as silence, not as consent."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    if not state.answered or state.last is None:
        return refusals.NOT_REPLIED
    if unsatisfied(state):
        return refusals.REDO_OPEN
    reply_class, label, text = state.last
    return [
        said.SuggestionClosed(
            outcome=said.Outcome.ANSWERED if state.rating else said.Outcome.NO_RATING,
            reply_class=reply_class, label=label, result=state.rating.result if state.rating else None,
            day=with_.today, session=state.case.session, opinion=state.case.opinion,
            reply=text, number=state.number,
        )
    ]  # fmt: skip


def unsatisfied(state: Handling) -> bool:
    """Tell whether the present round's result was rated unsatisfied."""
    return state.rating is not None and state.rating.result is Satisfaction.UNSATISFIED
