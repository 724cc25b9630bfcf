"""What happened before: a suggestion on its way, and the local rules of a case."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from deploy import adoption
from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.suggestions import ContactKind, ContactMode, Handler, Part, Satisfaction
from events.catalogue.vocabulary import (
    Basis,
    Deadline,
    Limit,
    ReplyClass,
    Rulebook,
    Step,
    Unit,
)
from services.chassis import workdays
from services.chassis.shapes import Document, On
from services.suggestions.suggestion.rules.decider import SUGGESTION
from tests.cast import CONGRESS, IN_OFFICE, UNITS
from tests.specification import Given, given, reference

S1 = "suggestion/s1"
MA, LI = "mandate/3-ma", "mandate/3-li"
SESSION = "3-7"
TITLE, TEXT = reference("关于改善供热的建议"), reference("情况、问题、建议。")


def day(text: str) -> dt.date:
    """Give a legal day."""
    return dt.date.fromisoformat(text)


def local() -> Rulebook:
    """Give a rulebook with limits of its own, as a city like Chongqing adopts it."""
    (national, _) = adoption.rulebooks()
    basis = Basis(law="某市人大代表建议条例", version="2017", article="第十六条")
    days, months = Unit.WORKING_DAYS, Unit.MONTHS
    limits = (
        Limit(step=Step.ASSIGN, count=10, unit=days, starts="submission", basis=basis),
        Limit(step=Step.RETURN, count=10, unit=days, starts="assignment", basis=basis),
        Limit(step=Step.FIRST_CONTACT, count=20, unit=days, starts="assignment", basis=basis),
        Limit(step=Step.RATING, count=20, unit=days, starts="reply", basis=basis),
        Limit(step=Step.REDO_REPLY, count=2, unit=months, starts="redo", basis=basis),
    )
    name = {"name": "city", "version": "2017", "limits": (*national.limits, *limits)}
    return national.model_copy(update={**name, "articles": {**national.articles, "redo": basis}})


def deadline(step: Step, on: str, rulebooks: Sequence[Rulebook] = ()) -> Deadline:
    """Compute a date as the rules do."""
    rulebook = workdays.rulebook_at(rulebooks or adoption.rulebooks(), day(on))
    return workdays.deadline(step, day(on), rulebook, adoption.calendars())


DRAFTED = said.SuggestionDrafted(lead=MA, title=TITLE, text=TEXT)
ASKED = said.CosignInvited(mandate=LI)
SIGNED = said.Cosigned(mandate=LI)
NOT_SIGNED = said.CosignDeclined(mandate=LI)


def submitted(**changes: Any) -> said.SuggestionSubmitted:  # noqa: ANN401 - the event's fields
    """Say that Ma submitted it on the second day of the session."""
    event = said.SuggestionSubmitted(
        lead=MA, cosigners=(), title=TITLE, text=TEXT, delegation="ledu",
        delegation_name="乐都代表团", electorate="ledu", term=3, session=SESSION,
        occasion=said.Occasion.SESSION, day=day("2025-02-20"),
    )  # fmt: skip
    return event.model_copy(update=changes)


SUBMITTED = submitted()
ADMITTED = said.SuggestionAdmitted(category="城乡建设", session=SESSION)
NOT_ADMITTED = said.SuggestionNotAdmitted(
    ground=said.Ground.SPECIFIC_CASE, explanation=reference("涉及个案"), session=SESSION
)
REGISTERED = said.SuggestionRegistered(number=1, session=SESSION)
HOUSING = Handler(unit="housing", name="市住建局", part=Part.SOLE)
MAIN = Handler(unit="housing", name="市住建局", part=Part.MAIN)
JOINT = Handler(unit="water", name="市水务局", part=Part.JOINT)
PARALLEL = (
    Handler(unit="housing", name="市住建局", part=Part.PARALLEL, share="路面"),
    Handler(unit="water", name="市水务局", part=Part.PARALLEL, share="管网"),
)


def assigned(
    *handlers: Handler, on: str = "2025-02-27", rulebooks: Sequence[Rulebook] = ()
) -> said.SuggestionAssigned:
    """Say that it was assigned on a day, to housing alone if nobody is named."""
    rulebook = workdays.rulebook_at(rulebooks or adoption.rulebooks(), day(on))
    return said.SuggestionAssigned(
        round=1, handlers=handlers or (HOUSING,), manner=said.Manner.BY_LETTER, day=day(on),
        session=SESSION, statutory=deadline(Step.REPLY, on, rulebooks),
        return_by=deadline(Step.RETURN, on, rulebooks),
        contact_by=deadline(Step.FIRST_CONTACT, on, rulebooks),
        basis=rulebook.articles.get("assign"),
    )  # fmt: skip


def received(unit: str = "housing") -> said.AssignmentReceived:
    """Say that a unit signed for it."""
    return said.AssignmentReceived(unit=unit, day=day("2025-02-28"), session=SESSION)


def returning(unit: str = "housing", on: str = "2025-03-03") -> said.ReturnRequested:
    """Say that a unit asked to give it back."""
    reason = reference("不属于本单位职责")
    return said.ReturnRequested(unit=unit, reason=reason, day=day(on), session=SESSION)


def returned(to: str = "water", on: str = "2025-03-05") -> said.ReturnApproved:
    """Say that housing was let go and another put in its place."""
    successor = Handler(unit=to, name=UNITS[f"unit/{to}"]["name"], part=Part.SOLE)
    return said.ReturnApproved(
        unit="housing", successor=successor, day=day(on), session=SESSION,
        return_by=deadline(Step.RETURN, on),
    )  # fmt: skip


def contacted(unit: str = "housing", number: int = 1) -> said.ContactMade:
    """Say that a unit recorded a meeting."""
    return said.ContactMade(
        unit=unit, contact=number, kind=ContactKind.BEFORE, mode=ContactMode.FACE_TO_FACE,
        summary=reference("上门听取意见"), day=day("2025-03-03"), session=SESSION,
    )  # fmt: skip


def confirmed(number: int = 1) -> said.ContactConfirmed:
    """Say that the deputy confirmed a meeting."""
    kind, mode = ContactKind.BEFORE, ContactMode.FACE_TO_FACE
    return said.ContactConfirmed(contact=number, kind=kind, mode=mode, session=SESSION)


def replied(unit: str = "housing", **changes: Any) -> said.Replied:  # noqa: ANN401 - its fields
    """Say that a unit delivered its reply, the last one required."""
    rulebook = adoption.rulebooks()[1]
    event = said.Replied(
        unit=unit, reply=1, reply_class=ReplyClass.IN_PROGRESS, label="B", labels_scheme="a-b-c-d",
        text=reference("答复"), day=day("2025-05-20"), session=SESSION,
        statutory_due=day("2025-05-27"), complete=True,
        rate_by=deadline(Step.RATING, "2025-05-20"), basis=rulebook.articles.get("reply"),
    )  # fmt: skip
    return event.model_copy(update=changes)


def rated(result: Satisfaction, **changes: Any) -> said.Rated:  # noqa: ANN401 - its fields
    """Say that Ma rated the result; the attitude was fine."""
    comment = reference("路灯仍未安装") if result is Satisfaction.UNSATISFIED else None
    event = said.Rated(
        mandate=MA, attitude=Satisfaction.SATISFIED, result=result, comment=comment,
        day=day("2025-05-30"), session=SESSION,
    )  # fmt: skip
    return event.model_copy(update=changes)


def redo(number: int = 1, on: str = "2025-06-03") -> said.RedoOrdered:
    """Say that the office had it handled again."""
    redo_by = deadline(Step.REDO_REPLY, on)
    return said.RedoOrdered(redo=number, day=day(on), session=SESSION, redo_by=redo_by)


def closed(**changes: Any) -> said.SuggestionClosed:  # noqa: ANN401 - its fields
    """Say that it ended with its reply."""
    event = said.SuggestionClosed(
        outcome=said.Outcome.ANSWERED, reply_class=ReplyClass.IN_PROGRESS, label="B",
        result=Satisfaction.SATISFIED, day=day("2025-06-03"), session=SESSION,
        reply=reference("答复"), number=1,
    )  # fmt: skip
    return event.model_copy(update=changes)


REVIEW: tuple[Event, ...] = (DRAFTED, SUBMITTED)
WAITING: tuple[Event, ...] = (*REVIEW, ADMITTED, REGISTERED)
HANDLED: tuple[Event, ...] = (*WAITING, assigned(), received())
MET: tuple[Event, ...] = (*HANDLED, contacted(), confirmed())
ANSWERED: tuple[Event, ...] = (*MET, replied())
UNHAPPY: tuple[Event, ...] = (*ANSWERED, rated(Satisfaction.UNSATISFIED))
CLOSED: tuple[Event, ...] = (*ANSWERED, rated(Satisfaction.SATISFIED), closed())


def case(*past: Event | On) -> Given:
    """Give a suggestion with its past, in a congress with a session and three units."""
    known: dict[str, Document | None] = {MA: IN_OFFICE, LI: IN_OFFICE, "congress/630200": CONGRESS, **UNITS}
    return given(SUGGESTION, S1, *past).knows(known)
