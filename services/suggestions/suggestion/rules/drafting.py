"""From the first word to submission: one matter, the lead's words, everybody's own consent."""

from events.catalogue import suggestions as said
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Circumstances, Decision, Document, Refusal
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.state import Absent, Draft, State


def active(document: Document | None) -> bool:
    """Tell whether a mandate, as known here, may be exercised."""
    return document is not None and document.get("state") == "active"


def acting_lead(state: State, with_: Circumstances) -> Refusal | None:
    """Refuse who is not the lead of this draft, or may not exercise his mandate."""
    if not isinstance(state, Draft):
        return refusals.NOT_A_DRAFT
    if with_.holds != state.lead:
        return refusals.NOT_LEAD
    return None if active(with_.known.get(state.lead)) else refusals.MANDATE_NOT_ACTIVE


def open_draft(command: commands.OpenDraft, state: State, with_: Circumstances) -> Decision:
    """Open the draft that an escalated opinion asks for."""
    if not isinstance(state, Absent):
        return []
    if not active(with_.known.get(command.lead)):
        return refusals.MANDATE_NOT_ACTIVE
    return [said.SuggestionDrafted(lead=command.lead, cites=command.cites, opinion=command.opinion)]


def draft(command: commands.Draft, _state: State, with_: Circumstances) -> Decision:
    """Begin a draft of one's own."""
    if with_.holds is None or not active(with_.known.get(with_.holds)):
        return refusals.MANDATE_NOT_ACTIVE
    return [said.SuggestionDrafted(lead=with_.holds, title=command.title.sealed, text=command.text.sealed)]


def revise(command: commands.Revise, state: State, with_: Circumstances) -> Decision:
    """Change the words; consents given to the old ones lapse."""
    if no := acting_lead(state, with_):
        return no
    return [said.DraftRevised(title=command.title.sealed, text=command.text.sealed)]


def invite(command: commands.InviteCosigner, state: State, with_: Circumstances) -> Decision:
    """Ask another deputy to sign."""
    if (no := acting_lead(state, with_)) or not isinstance(state, Draft):
        return no or refusals.NOT_A_DRAFT
    if command.mandate == state.lead:
        return refusals.COSIGNER_IS_LEAD
    if command.mandate in state.cosigners:
        return refusals.ALREADY_INVITED
    if not active(with_.known.get(command.mandate)):
        return refusals.COSIGNER_NOT_ACTIVE
    return [said.CosignInvited(mandate=command.mandate)]


def answer_invitation(
    command: commands.Cosign | commands.DeclineCosign, state: State, with_: Circumstances
) -> Decision:
    """Sign or not, by one's own act."""
    if not isinstance(state, Draft):
        return refusals.NOT_A_DRAFT
    if with_.holds is None or with_.holds not in state.cosigners:
        return refusals.NOT_INVITED
    if state.cosigners[with_.holds] is not None:
        return refusals.ALREADY_ANSWERED
    if isinstance(command, commands.DeclineCosign):
        return [said.CosignDeclined(mandate=with_.holds)]
    if state.text is None:
        return refusals.NO_TEXT
    if not active(with_.known.get(with_.holds)):
        return refusals.MANDATE_NOT_ACTIVE
    return [said.Cosigned(mandate=with_.holds)]


def submit(_command: commands.Submit, state: State, with_: Circumstances) -> Decision:
    """Submit: confirmed signatures count, at this moment, and nothing else."""
    if (no := acting_lead(state, with_)) or not isinstance(state, Draft):
        return no or refusals.NOT_A_DRAFT
    if state.title is None or state.text is None:
        return refusals.NO_TEXT
    signed = tuple(each for each, given in state.cosigners.items() if given)
    if not all(active(with_.known.get(each)) for each in signed):
        return refusals.COSIGNER_NOT_ACTIVE
    congress, mandate = with_.known.get(f"congress/{with_.congress}"), with_.known[state.lead]
    if congress is None or mandate is None or not congress["sessions"]:
        return refusals.NO_SESSION
    session, occasion = sitting(congress, with_)
    recess = occasion is said.Occasion.RECESS
    return [
        said.SuggestionSubmitted(
            lead=state.lead, cosigners=signed, title=state.title, text=state.text,
            delegation=mandate.get("delegation"), delegation_name=mandate.get("delegation_name"),
            electorate=mandate["electorate"], term=mandate["term"], session=session,
            occasion=occasion, day=with_.today, opinion=state.opinion,
            assign_by=with_.deadline(Step.ASSIGN, with_.today) if recess else None,
        )
    ]  # fmt: skip


def sitting(congress: Document, with_: Circumstances) -> tuple[str, said.Occasion]:
    """Give the cohort: the session that sits today, else the year's intersession one."""
    today = with_.today.isoformat()
    for each in congress["sessions"]:
        if each["opens"] <= today <= each["closes"]:
            return f"{each['term']}-{each['session']}", said.Occasion.SESSION
    return f"{congress['term']}-{with_.today.year}", said.Occasion.RECESS
