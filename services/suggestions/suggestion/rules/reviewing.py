"""Review, register, assign: the acts of the office that serves the congress."""

from collections import Counter

from events.catalogue import suggestions as said
from events.catalogue.suggestions import Part
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Circumstances, Decision, On
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.state import (
    Admitted,
    Numbering,
    Registered,
    State,
    UnderReview,
)


def numbering(session: str) -> str:
    """Name the stream that gives a session's numbers."""
    return f"numbering/{session}"


def admit(command: commands.Admit, state: State, _with: Circumstances) -> Decision:
    """Admit what the review finds to be a suggestion."""
    if not isinstance(state, UnderReview):
        return refusals.NOT_UNDER_REVIEW
    return [said.SuggestionAdmitted(category=command.category, session=state.case.session)]


def refuse_admission(command: commands.RefuseAdmission, state: State, _with: Circumstances) -> Decision:
    """Do not admit, on a ground of the list, and say why."""
    if not isinstance(state, UnderReview):
        return refusals.NOT_UNDER_REVIEW
    return [
        said.SuggestionNotAdmitted(
            ground=command.ground, explanation=command.explanation.sealed,
            becomes_letter=command.becomes_letter, session=state.case.session, opinion=state.case.opinion,
        )
    ]  # fmt: skip


def register(_command: commands.Register, state: State, with_: Circumstances) -> Decision:
    """Give the next number; the numbering's entry in the same commit keeps it gapless."""
    if not isinstance(state, Admitted):
        return refusals.NOT_ADMITTED_YET
    stream = numbering(state.case.session)
    numbers = with_.beside[stream]
    number = numbers.last + 1 if isinstance(numbers, Numbering) else 1
    return [
        said.SuggestionRegistered(number=number, session=state.case.session),
        On(stream, said.NumberIssued(number=number, suggestion=with_.stream)),
    ]


def assign(command: commands.Assign, state: State, with_: Circumstances) -> Decision:
    """Assign to units that the congress lists; the reply's clock starts today, once."""
    if not isinstance(state, Registered):
        return refusals.NOT_REGISTERED
    units = [each.unit for each in command.handlers]
    if len(set(units)) != len(units):
        return refusals.UNIT_TWICE
    if not parts_fit(command.handlers):
        return refusals.PARTS_DO_NOT_FIT
    listed = {each: unit for each in units if (unit := with_.known.get(f"unit/{each}"))}
    if len(listed) < len(units):
        return refusals.UNKNOWN_UNIT
    handlers = tuple(
        said.Handler(unit=each.unit, name=listed[each.unit]["name"], part=each.part, share=each.share)
        for each in command.handlers
    )
    today = with_.today
    return [
        said.SuggestionAssigned(
            round=1, handlers=handlers, manner=command.manner, day=today, session=state.case.session,
            statutory=with_.deadline(Step.REPLY, today), return_by=with_.deadline(Step.RETURN, today),
            contact_by=with_.deadline(Step.FIRST_CONTACT, today), basis=with_.basis("assign"),
        )
    ]  # fmt: skip


def parts_fit(handlers: tuple[commands.AssignTo, ...]) -> bool:
    """Tell whether the parts make sense: sole; one main with joint ones; or parallel, split."""
    parts = Counter(each.part for each in handlers)
    if parts[Part.SOLE]:
        return len(handlers) == 1
    if parts[Part.PARALLEL]:
        return len(handlers) == parts[Part.PARALLEL] > 1 and all(each.share for each in handlers)
    return parts[Part.MAIN] == 1 and parts[Part.JOINT] >= 1
