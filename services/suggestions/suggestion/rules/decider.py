"""The duty as one value: which rule answers which command, and what each stands on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision
from services.suggestions.suggestion import commands as asked
from services.suggestions.suggestion import refusals
from services.suggestions.suggestion.rules import drafting, handling, rating, reviewing
from services.suggestions.suggestion.state import (
    Absent,
    Admitted,
    Draft,
    Handling,
    Numbering,
    State,
    evolve,
)

RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.OpenDraft: drafting.open_draft,
    asked.Draft: drafting.draft,
    asked.Revise: drafting.revise,
    asked.InviteCosigner: drafting.invite,
    asked.Cosign: drafting.answer_invitation,
    asked.DeclineCosign: drafting.answer_invitation,
    asked.Submit: drafting.submit,
    asked.Admit: reviewing.admit,
    asked.RefuseAdmission: reviewing.refuse_admission,
    asked.Register: reviewing.register,
    asked.Assign: reviewing.assign,
    asked.Receive: handling.receive,
    asked.RequestReturn: handling.request_return,
    asked.ApproveReturn: handling.approve_return,
    asked.RefuseReturn: handling.refuse_return,
    asked.RecordContact: handling.record_contact,
    asked.ConfirmContact: handling.confirm_contact,
    asked.Reply: handling.reply,
    asked.Rate: rating.rate,
    asked.OrderRedo: rating.order_redo,
    asked.Close: rating.close,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    if not circumstances.ruled:
        return refusals.NO_RULEBOOK
    return RULES[type(command)](command, state, circumstances)


def needs(command: Command, state: State, acting: Acting) -> Iterable[str]:
    """Name what must be known of others: mandates, units, the congress."""
    match command:
        case asked.OpenDraft():
            yield command.lead
        case asked.InviteCosigner():
            yield command.mandate
        case asked.Assign():
            yield from (f"unit/{each.unit}" for each in command.handlers)
        case asked.ApproveReturn():
            yield f"unit/{command.successor}"
        case asked.Submit():
            yield f"congress/{acting.congress}"
        case _:
            pass
    if isinstance(state, Draft):
        yield state.lead
        yield from state.cosigners
    if isinstance(state, Handling):
        yield state.case.lead
    if acting.holds is not None and acting.holds.startswith("mandate/"):
        yield acting.holds


def beside(command: Command, state: State, _acting: Acting) -> Iterable[str]:
    """Stand on the session's numbers when one is given."""
    if isinstance(command, asked.Register) and isinstance(state, Admitted):
        yield reviewing.numbering(state.case.session)


SUGGESTION = Decider({"suggestion": Absent(), "numbering": Numbering()}, evolve, decide, needs, beside)
