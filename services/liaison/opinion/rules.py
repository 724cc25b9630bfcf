"""What follows: an opinion is taken, answered, passed on, taken up, and never left untold."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue import liaison as said
from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision, Refusal
from services.liaison.opinion import commands as asked
from services.liaison.opinion import refusals
from services.liaison.opinion.state import (
    Absent,
    Answered,
    Erased,
    Escalated,
    Place,
    State,
    Told,
    Transferred,
    Waiting,
    evolve,
    nonce_digest,
    receipt_digest,
)


def give(command: asked.GiveOpinion, state: State, with_: Circumstances) -> Decision:
    """Take what a citizen says; the ledger keeps only a digest of his receipt code."""
    if not isinstance(state, Absent):
        return []
    if command.anonymous and command.contact is not None:
        return refusals.ANONYMOUS_WITH_CONTACT
    place = with_.beside[f"station/{command.station}"]
    if not place.opened:
        return refusals.NO_SUCH_STATION
    if place.closed:
        return refusals.STATION_CLOSED
    if command.addressed_to is not None and command.addressed_to not in place.deputies:
        return refusals.NOT_AT_STATION
    return [
        said.OpinionReceived(
            station=command.station,
            station_name=place.name,
            addressed_to=command.addressed_to,
            words=command.words.sealed,
            contact=command.contact.sealed if command.contact else None,
            place=command.place.sealed if command.place else None,
            anonymous=command.anonymous,
            receipt=receipt_digest(with_.ids.receipt_code),
            nonce=nonce_digest(command.nonce) if command.nonce else None,
        )
    ]


def still_open(state: State) -> Waiting | Transferred | Refusal:
    """Give an opinion that waits for an answer, or say what became of it."""
    if isinstance(state, Escalated):
        return refusals.TAKEN_UP
    if isinstance(state, Answered | Told):
        return refusals.ALREADY_ANSWERED
    if isinstance(state, Erased):
        return refusals.ERASED
    if not isinstance(state, Waiting | Transferred):
        return refusals.NOT_YOURS
    return refusals.RESTRICTED if state.given.restricted else state


def works_for(state: Waiting | Transferred, with_: Circumstances) -> bool:
    """Tell whether who acts is staff of the opinion's station (of every one: no `holds`)."""
    return with_.role == "station" and with_.holds in {None, state.given.station}


def in_office(with_: Circumstances) -> bool:
    """Tell whether who acts holds a mandate that may be exercised."""
    return (with_.known.get(with_.holds or "") or {}).get("state") == "active"


def answer(command: asked.AnswerOpinion, state: State, with_: Circumstances) -> Decision:
    """Answer once: the addressed deputy, the station, or the unit that was asked to act."""
    if isinstance(opinion := still_open(state), Refusal):
        return opinion
    by_deputy = with_.role == "deputy" and with_.holds is not None
    if by_deputy and with_.holds == opinion.given.addressed_to:
        if not in_office(with_):
            return refusals.MANDATE_NOT_ACTIVE
    elif not works_for(opinion, with_) and not has_it(opinion, with_):
        return refusals.NOT_YOURS
    by = opinion.given.station if with_.role == "station" else with_.holds or with_.role
    return [said.OpinionAnswered(text=command.text.sealed, answered_by=by)]


def has_it(state: Waiting | Transferred, with_: Circumstances) -> bool:
    """Tell whether who acts is the unit to which it was passed."""
    if not isinstance(state, Transferred):
        return False
    return with_.role == "unit" and with_.holds == f"unit/{state.unit}"


def transfer(command: asked.TransferOpinion, state: State, with_: Circumstances) -> Decision:
    """Pass it to a body that can act on it; deputies do not handle matters themselves."""
    if isinstance(opinion := still_open(state), Refusal):
        return opinion
    if with_.role != "staff" and not works_for(opinion, with_):
        return refusals.NOT_YOURS
    if isinstance(opinion, Transferred) and opinion.unit == command.unit:
        return refusals.ALREADY_THERE
    unit = with_.known.get(f"unit/{command.unit}")
    if unit is None:
        return refusals.UNKNOWN_UNIT
    return [said.OpinionTransferred(unit=command.unit, unit_name=unit["name"], note=command.note.sealed)]


def escalate(_command: asked.EscalateOpinion, state: State, with_: Circumstances) -> Decision:
    """Take it up as the deputy addressed, or as one who works at the station."""
    if isinstance(opinion := still_open(state), Refusal):
        return opinion
    if with_.role != "deputy" or with_.holds is None:
        return refusals.NOT_YOURS
    attached = with_.beside[opinion.given.station].deputies
    if with_.holds not in {opinion.given.addressed_to, *attached}:
        return refusals.NOT_YOURS
    if not in_office(with_):
        return refusals.MANDATE_NOT_ACTIVE
    return [said.OpinionEscalated(mandate=with_.holds, words=opinion.given.words)]


def tell(command: asked.TellOutcome, state: State, _with: Circumstances) -> Decision:
    """Tell the citizen the outcome, also when it is a no; only then it is closed."""
    if not isinstance(state, Escalated):
        return []
    return [said.OutcomeTold(**{name: value for name, value in command if value is not None})]


RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.GiveOpinion: give,
    asked.AnswerOpinion: answer,
    asked.TransferOpinion: transfer,
    asked.EscalateOpinion: escalate,
    asked.TellOutcome: tell,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def needs(command: Command, _state: State, acting: Acting) -> Iterable[str]:
    """Name the unit asked to act, and the mandate of the deputy who acts."""
    if isinstance(command, asked.TransferOpinion):
        yield f"unit/{command.unit}"
    if acting.holds is not None and acting.holds.startswith("mandate/"):
        yield acting.holds


def beside(command: Command, state: State, _acting: Acting) -> Iterable[str]:
    """Stand on the station: it is open, and these deputies work there."""
    if isinstance(command, asked.GiveOpinion):
        yield f"station/{command.station}"
    if isinstance(command, asked.EscalateOpinion) and isinstance(state, Waiting | Transferred):
        yield state.given.station


def owner(command: Command, stream: str) -> str:
    """Seal the citizen's words under his own key; answers outlive the erasure of his."""
    return stream if isinstance(command, asked.GiveOpinion) else stream.replace("opinion", "answer")


INITIAL = {"opinion": Absent(), "station": Place()}
OPINION = Decider(INITIAL, evolve, decide, needs, beside, owner)
