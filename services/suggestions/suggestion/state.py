"""What a suggestion is now: a union of frozen states, and the fold that leads to them.

What changes with nearly every entry, the handling and its works, are named tuples: one is made anew
in a quarter of the time of a data class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import Deadline, Reference, ReplyClass


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing was ever said of it."""


@dataclass(frozen=True, slots=True)
class Declined:
    """An escalated opinion from which no draft could be made."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words and signatures may still change. `cosigners`: None asked, True signed, False no."""

    lead: str
    title: Reference | None = None
    text: Reference | None = None
    opinion: str | None = None
    cosigners: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What is fixed once it is submitted."""

    lead: str
    cosigners: tuple[str, ...]
    session: str
    opinion: str | None


@dataclass(frozen=True, slots=True)
class UnderReview:
    """Submitted; the review has yet to decide."""

    case: Case


@dataclass(frozen=True, slots=True)
class Admitted:
    """It is a suggestion to be handled; no number yet."""

    case: Case


@dataclass(frozen=True, slots=True)
class Registered:
    """It stands in the register and waits to be assigned."""

    case: Case
    number: int


class Work(NamedTuple):
    """One unit's part, in the present round."""

    handler: said.Handler
    received: bool = False
    returning: bool = False
    replied: int | None = None
    """The redo round (0: first) in which the unit last replied."""
    return_by: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the three meetings, as the unit recorded it."""

    unit: str
    kind: said.ContactKind
    mode: said.ContactMode
    confirmed: bool = False


class Handling(NamedTuple):
    """It is with its units: from assignment to the rating of a reply."""

    case: Case
    number: int
    round: int
    statutory: Deadline
    works: Mapping[str, Work]
    contacts: Mapping[int, Contact]
    replies: int = 0
    redo: int = 0
    last: tuple[ReplyClass, str, Reference] | None = None
    rating: said.Rated | None = None

    @property
    def answered(self) -> bool:
        """Tell whether all replies that this round requires were delivered."""
        return complete(self, None)


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more is to be done: it was not admitted, or its handling was closed."""

    case: Case


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers of one session: the next is the last plus one."""

    last: int = 0


State = Absent | Declined | Draft | UnderReview | Admitted | Registered | Handling | Ended | Numbering


def complete(state: Handling, replying: str | None) -> bool:
    """Tell whether nobody's reply is missing, once `replying` has replied too.

    A joint unit's opinion goes through the main unit, so only the main one is required.
    """
    required = [name for name, work in state.works.items() if work.handler.part is not said.Part.JOINT]
    return all(name == replying or state.works[name].replied == state.redo for name in required)


def _work(state: Handling, unit: str, **changes: Any) -> Handling:  # noqa: ANN401 - fields of Work
    return state._replace(works={**state.works, unit: state.works[unit]._replace(**changes)})


def _revised(state: Draft, event: said.DraftRevised) -> Draft:
    asked = {each: None if given else given for each, given in state.cosigners.items()}
    return replace(state, title=event.title, text=event.text, cosigners=asked)


def _submitted(_state: Draft, event: said.SuggestionSubmitted) -> UnderReview:
    return UnderReview(Case(event.lead, event.cosigners, event.session, event.opinion))


def _assigned(state: Registered, event: said.SuggestionAssigned) -> Handling:
    works = {each.unit: Work(each, return_by=event.return_by) for each in event.handlers}
    return Handling(state.case, state.number, event.round, event.statutory, works, {})


def _succeeded(state: Handling, event: said.ReturnApproved) -> Handling:
    works = {name: work for name, work in state.works.items() if name != event.unit}
    works[event.successor.unit] = Work(event.successor, return_by=event.return_by)
    return state._replace(round=state.round + 1, works=works)


def _contacted(state: Handling, event: said.ContactMade) -> Handling:
    contact = Contact(event.unit, event.kind, event.mode)
    return state._replace(contacts={**state.contacts, event.contact: contact})


def _confirmed(state: Handling, event: said.ContactConfirmed) -> Handling:
    contact = replace(state.contacts[event.contact], confirmed=True)
    return state._replace(contacts={**state.contacts, event.contact: contact})


def _replied(state: Handling, event: said.Replied) -> Handling:
    joint = state.works[event.unit].handler.part is said.Part.JOINT
    last = state.last if joint else (event.reply_class, event.label, event.text)
    return _work(state, event.unit, replied=event.redo)._replace(replies=event.reply, last=last)


def _signed(state: Draft, mandate: str, given: bool | None) -> Draft:  # noqa: FBT001 - the answer itself
    return replace(state, cosigners={**state.cosigners, mandate: given})


EVOLVE: Mapping[type[Event], Callable[[Any, Any], State]] = {
    said.SuggestionDrafted: lambda _, e: Draft(e.lead, e.title, e.text, e.opinion),
    said.DraftDeclined: lambda _s, _e: Declined(),
    said.DraftRevised: _revised,
    said.CosignInvited: lambda s, e: _signed(s, e.mandate, None),
    said.Cosigned: lambda s, e: _signed(s, e.mandate, given=True),
    said.CosignDeclined: lambda s, e: _signed(s, e.mandate, given=False),
    said.SuggestionSubmitted: _submitted,
    said.SuggestionAdmitted: lambda s, _: Admitted(s.case),
    said.SuggestionNotAdmitted: lambda s, _: Ended(s.case),
    said.SuggestionRegistered: lambda s, e: Registered(s.case, e.number),
    said.NumberIssued: lambda _, e: Numbering(e.number),
    said.SuggestionAssigned: _assigned,
    said.AssignmentReceived: lambda s, e: _work(s, e.unit, received=True),
    said.ReturnRequested: lambda s, e: _work(s, e.unit, returning=True),
    said.ReturnApproved: _succeeded,
    said.ReturnRefused: lambda s, e: _work(s, e.unit, returning=False),
    said.ContactMade: _contacted,
    said.ContactConfirmed: _confirmed,
    said.Replied: _replied,
    said.Rated: lambda s, e: s._replace(rating=e),
    said.RedoOrdered: lambda s, e: s._replace(redo=e.redo, rating=None),
    said.SuggestionClosed: lambda s, _: Ended(s.case),
}


def evolve(state: State, event: Event) -> State:
    """Give the state after one more event."""
    return EVOLVE[type(event)](state, event)
