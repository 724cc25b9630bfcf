"""The unit's acts: receipt, return, the three contacts, the reply."""

from events.catalogue import suggestions as said
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Circumstances, Decision, Refusal
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.state import Handling, State, Work, complete


def own_work(state: State, with_: Circumstances) -> tuple[Handling, str, Work] | Refusal:
    """Give the acting unit's part of the handling, or say why it has none."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    unit = (with_.holds or "").removeprefix("unit/")
    if unit not in state.works:
        return refusals.NOT_ASSIGNED_UNIT
    return state, unit, state.works[unit]


def receive(_command: commands.Receive, state: State, with_: Circumstances) -> Decision:
    """Sign for it: the unit's own act, at its own time."""
    if isinstance(own := own_work(state, with_), Refusal):
        return own
    handling, unit, work = own
    if work.received:
        return refusals.ALREADY_RECEIVED
    return [said.AssignmentReceived(unit=unit, day=with_.today, session=handling.case.session)]


def request_return(command: commands.RequestReturn, state: State, with_: Circumstances) -> Decision:
    """Ask to give it back; where the rulebook sets a window, not after it."""
    if isinstance(own := own_work(state, with_), Refusal):
        return own
    handling, unit, work = own
    if work.returning:
        return refusals.RETURN_PENDING
    if work.replied == handling.redo:
        return refusals.ALREADY_REPLIED
    due = work.return_by.due if work.return_by else None
    if due is not None and with_.today > due:
        return refusals.RETURN_TOO_LATE
    return [
        said.ReturnRequested(
            unit=unit, reason=command.reason.sealed, day=with_.today, session=handling.case.session
        )
    ]


def approve_return(command: commands.ApproveReturn, state: State, with_: Circumstances) -> Decision:
    """Put another unit in its place; the statutory date does not move."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    work, named = state.works.get(command.unit), with_.known.get(f"unit/{command.successor}")
    if work is None or not work.returning:
        return refusals.NO_RETURN_PENDING
    if named is None:
        return refusals.UNKNOWN_UNIT
    if command.successor in state.works:
        return refusals.UNIT_TWICE
    successor = work.handler.model_copy(update={"unit": command.successor, "name": named["name"]})
    return [
        said.ReturnApproved(
            unit=command.unit, successor=successor, day=with_.today, session=state.case.session,
            return_by=with_.deadline(Step.RETURN, with_.today),
        )
    ]  # fmt: skip


def refuse_return(command: commands.RefuseReturn, state: State, with_: Circumstances) -> Decision:
    """Refuse: the unit must go on."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    work = state.works.get(command.unit)
    if work is None or not work.returning:
        return refusals.NO_RETURN_PENDING
    return [
        said.ReturnRefused(
            unit=command.unit, reason=command.reason.sealed, day=with_.today, session=state.case.session
        )
    ]


def record_contact(command: commands.RecordContact, state: State, with_: Circumstances) -> Decision:
    """Record a meeting with the deputy; he confirms it himself."""
    if isinstance(own := own_work(state, with_), Refusal):
        return own
    handling, unit, work = own
    if not work.received:
        return refusals.NOT_RECEIVED
    return [
        said.ContactMade(
            unit=unit, contact=len(handling.contacts) + 1, kind=command.kind, mode=command.mode,
            summary=command.summary.sealed, day=with_.today, session=handling.case.session,
        )
    ]  # fmt: skip


def confirm_contact(command: commands.ConfirmContact, state: State, with_: Circumstances) -> Decision:
    """Confirm as the lead deputy that a meeting took place."""
    if not isinstance(state, Handling):
        return refusals.NOT_IN_HANDLING
    if with_.holds != state.case.lead:
        return refusals.NOT_LEAD
    contact = state.contacts.get(command.contact)
    if contact is None:
        return refusals.NO_SUCH_CONTACT
    if contact.confirmed:
        return refusals.CONTACT_CONFIRMED
    return [
        said.ContactConfirmed(
            contact=command.contact, kind=contact.kind, mode=contact.mode, session=state.case.session
        )
    ]


def reply(command: commands.Reply, state: State, with_: Circumstances) -> Decision:
    """Deliver the reply, with the class under the rulebook's letters."""
    if isinstance(own := own_work(state, with_), Refusal):
        return own
    handling, unit, work = own
    if not work.received:
        return refusals.NOT_RECEIVED
    if work.returning:
        return refusals.RETURN_PENDING
    if work.replied == handling.redo:
        return refusals.ALREADY_REPLIED
    if not any(each.confirmed and each.unit == unit for each in handling.contacts.values()):
        return refusals.NO_CONTACT
    rulebook, done = with_.rulebook(), complete(handling, unit)
    label = next(each.label for each in rulebook.labels if each.reply_class is command.reply_class)
    return [
        said.Replied(
            unit=unit, reply=handling.replies + 1, redo=handling.redo, reply_class=command.reply_class,
            label=label, labels_scheme=rulebook.labels_scheme, text=command.text.sealed,
            day=with_.today, session=handling.case.session, statutory_due=handling.statutory.due,
            complete=done, rate_by=with_.deadline(Step.RATING, with_.today) if done else None,
            basis=with_.basis("reply"),
        )
    ]  # fmt: skip
