"""What the suggestions service publishes: the life of a suggestion, and the numbers given.

From registration on every event names the suggestion's session, so that figures by
session can be folded from the entry alone.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from events.catalogue.event import Event
from events.catalogue.vocabulary import (
    Basis,
    Count,
    Day,
    Deadline,
    Identifier,
    Reference,
    ReplyClass,
    Text,
    Value,
)

Mandate = Annotated[str, Field(pattern=r"^mandate/[0-9]{1,2}-[a-z0-9-]{1,60}$")]
"""A mandate's stream, `mandate/3-ab12`."""

Session = Annotated[str, Field(pattern=r"^[0-9]{1,2}-[0-9]{1,4}$")]
"""A cohort: term and session (`3-7`), or term and year between sessions (`3-2025`)."""


class Occasion(StrEnum):
    """When it was submitted: while the congress sat, or between sessions (闭会期间)."""

    SESSION = "session"
    RECESS = "recess"


class SuggestionDrafted(Event, wire="suggestion.drafted.v1"):
    """A deputy began a draft; `cites` is the opinion's record if it came from one."""

    lead: Mandate
    title: Reference | None = None
    text: Reference | None = None
    cites: Reference | None = None
    opinion: Text | None = None


class DraftRevised(Event, wire="suggestion.revised.v1"):
    """The lead deputy changed the words of the draft; consents given before have lapsed."""

    title: Reference
    text: Reference


class DraftDeclined(Event, wire="suggestion.draft-declined.v1"):
    """No draft could be made from an escalated opinion; whoever waits for it is told."""

    lead: Mandate
    opinion: Text
    refusal: Text


class CosignInvited(Event, wire="suggestion.cosign-invited.v1"):
    """The lead asked another deputy to sign with him (联名)."""

    mandate: Mandate


class Cosigned(Event, wire="suggestion.cosigned.v1"):
    """The deputy confirmed that the suggestion is his will too."""

    mandate: Mandate


class CosignDeclined(Event, wire="suggestion.cosign-declined.v1"):
    """The deputy does not sign."""

    mandate: Mandate


class SuggestionSubmitted(Event, wire="suggestion.submitted.v1"):
    """The lead deputy submitted it; who signed is fixed from here on."""

    lead: Mandate
    cosigners: tuple[Mandate, ...]
    title: Reference
    text: Reference
    delegation: Identifier | None = None
    delegation_name: Text | None = None
    electorate: Identifier
    term: Count
    session: Session
    occasion: Occasion
    day: Day
    opinion: Text | None = None
    assign_by: Deadline | None = None


class Ground(StrEnum):
    """Grounds on which a suggestion is not admitted (不作为建议处理)."""

    OWN_INTERESTS = "own_interests"
    SPECIFIC_CASE = "specific_case"
    FORWARDED_LETTER = "forwarded_letter"
    ACCUSATION = "accusation"
    ACADEMIC_OR_PROMOTION = "academic_or_promotion"
    LIVE_TENDER = "live_tender"
    NO_CONTENT = "no_content"
    OUTSIDE_COMPETENCE = "outside_competence"


class SuggestionAdmitted(Event, wire="suggestion.admitted.v1"):
    """The review found that it is a suggestion to be handled; its field is set."""

    category: Text
    session: Session


class SuggestionNotAdmitted(Event, wire="suggestion.not-admitted.v1"):
    """The review found that it is none, and told the deputy why."""

    ground: Ground
    explanation: Reference
    becomes_letter: bool = False
    session: Session
    opinion: Text | None = None


class SuggestionRegistered(Event, wire="suggestion.registered.v1"):
    """It was entered in the register under its number."""

    number: Count
    session: Session


class NumberIssued(Event, wire="numbering.issued.v1"):
    """A session's next number went to a suggestion, in the same commit as its registration."""

    number: Count
    suggestion: Text


class Part(StrEnum):
    """How a unit handles: alone (单独办理), main (主办), joint (会办) or parallel (分办)."""

    SOLE = "sole"
    MAIN = "main"
    JOINT = "joint"
    PARALLEL = "parallel"


class Manner(StrEnum):
    """How it was assigned: by letter (书面交) or at a meeting (会议交)."""

    BY_LETTER = "by_letter"
    AT_MEETING = "at_meeting"


class Handler(Value):
    """One unit of an assignment. `share` says in office's words what a parallel unit does."""

    unit: Identifier
    name: Text
    part: Part
    share: Text | None = None


class SuggestionAssigned(Event, wire="suggestion.assigned.v1"):
    """It was assigned (交办). `statutory` runs from the first assignment and stays."""

    round: Count
    handlers: tuple[Handler, ...]
    manner: Manner
    day: Day
    session: Session
    statutory: Deadline
    return_by: Deadline
    contact_by: Deadline
    basis: Basis | None = None


class AssignmentReceived(Event, wire="suggestion.received.v1"):
    """The unit signed for it, at its own time."""

    unit: Identifier
    day: Day
    session: Session


class ReturnRequested(Event, wire="suggestion.return-requested.v1"):
    """The unit asked to give it back, with its reason; it stays responsible meanwhile."""

    unit: Identifier
    reason: Reference
    day: Day
    session: Session
    in_time: bool = True


class ReturnApproved(Event, wire="suggestion.return-approved.v1"):
    """The assigner let the unit go and put another in its place, in the same part."""

    unit: Identifier
    successor: Handler
    day: Day
    session: Session
    return_by: Deadline


class ReturnRefused(Event, wire="suggestion.return-refused.v1"):
    """The assigner refused: the unit must go on."""

    unit: Identifier
    reason: Reference
    day: Day
    session: Session


class ContactKind(StrEnum):
    """The three meetings (三见面): before, during and after handling."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class ContactMode(StrEnum):
    """How unit and deputy met."""

    FACE_TO_FACE = "face_to_face"
    TELEPHONE = "telephone"
    ONLINE = "online"
    LETTER = "letter"


class ContactMade(Event, wire="suggestion.contact-made.v1"):
    """The unit recorded that it met the deputy; he has yet to confirm it."""

    unit: Identifier
    contact: Count
    kind: ContactKind
    mode: ContactMode
    summary: Reference
    day: Day
    session: Session


class ContactConfirmed(Event, wire="suggestion.contact-confirmed.v1"):
    """The deputy confirmed that the contact took place."""

    contact: Count
    kind: ContactKind
    mode: ContactMode
    session: Session


class Replied(Event, wire="suggestion.replied.v1"):
    """A unit delivered its reply; `complete` tells that all required replies are there now."""

    unit: Identifier
    reply: Count
    redo: Count = 0
    reply_class: ReplyClass
    label: Text
    labels_scheme: Text
    text: Reference
    day: Day
    session: Session
    statutory_due: Day | None = None
    complete: bool
    rate_by: Deadline | None = None
    basis: Basis | None = None


class Satisfaction(StrEnum):
    """满意 / 基本满意 / 不满意."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    UNSATISFIED = "unsatisfied"


class Rated(Event, wire="suggestion.rated.v1"):
    """The lead deputy rated attitude and result of this round's replies, each by his own word."""

    mandate: Mandate
    redo: Count = 0
    attitude: Satisfaction
    result: Satisfaction
    comment: Reference | None = None
    day: Day
    session: Session
    basis: Basis | None = None


class RedoOrdered(Event, wire="suggestion.redo-ordered.v1"):
    """It is handled again after an unsatisfied rating; `redo` counts the rounds from 1."""

    redo: Count
    day: Day
    session: Session
    redo_by: Deadline
    basis: Basis | None = None


class Outcome(StrEnum):
    """How a suggestion was closed."""

    ANSWERED = "answered"
    NO_RATING = "no_rating"


class SuggestionClosed(Event, wire="suggestion.closed.v1"):
    """Handling ended with a delivered reply."""

    outcome: Outcome
    reply_class: ReplyClass
    label: Text
    result: Satisfaction | None = None
    day: Day
    session: Session
    opinion: Text | None = None
    reply: Reference
    number: Count
