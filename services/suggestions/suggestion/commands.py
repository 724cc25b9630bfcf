"""What may be asked of a suggestion: exactly the request bodies."""

from typing import Annotated

from pydantic import Field

from events.catalogue.suggestions import (
    ContactKind,
    ContactMode,
    Ground,
    Mandate,
    Manner,
    Part,
    Satisfaction,
)
from events.catalogue.vocabulary import Identifier, Reference, ReplyClass, Text, Value
from services.chassis.shapes import Command
from services.chassis.words import Line, Note, Prose


class OpenDraft(Command):
    """Open a draft for a deputy from a citizen's opinion (sent by a reaction only)."""

    lead: Mandate
    cites: Reference
    opinion: Text


class Draft(Command):
    """Begin a suggestion: one matter, concrete."""

    title: Line
    text: Prose


class Revise(Command):
    """Change the words of a draft."""

    title: Line
    text: Prose


class InviteCosigner(Command):
    """Ask another deputy to sign with me."""

    mandate: Mandate


class Cosign(Command):
    """Confirm that this suggestion is my will too."""


class DeclineCosign(Command):
    """Do not sign."""


class Submit(Command):
    """Submit the suggestion with the signatures confirmed so far."""


class Admit(Command):
    """Find that it is a suggestion to be handled."""

    category: Text


class RefuseAdmission(Command):
    """Find that it is none, and tell the deputy why."""

    ground: Ground
    explanation: Note
    becomes_letter: bool = False


class Register(Command):
    """Enter it in the register under the session's next number."""


class AssignTo(Value):
    """One unit and its part."""

    unit: Identifier
    part: Part
    share: Text | None = None


class Assign(Command):
    """Assign it: to one unit alone, to a main unit with joint ones, or to parallel units."""

    handlers: Annotated[tuple[AssignTo, ...], Field(min_length=1, max_length=20)]
    manner: Manner


class Receive(Command):
    """Sign for it as the unit."""


class RequestReturn(Command):
    """Ask to give it back."""

    reason: Note


class ApproveReturn(Command):
    """Let a unit go and put another in its place."""

    unit: Identifier
    successor: Identifier


class RefuseReturn(Command):
    """Let a unit go on that asked to give it back."""

    unit: Identifier
    reason: Note


class RecordContact(Command):
    """Record that we met the deputy."""

    kind: ContactKind
    mode: ContactMode
    summary: Note


class ConfirmContact(Command):
    """Confirm as the deputy that a contact took place."""

    contact: Annotated[int, Field(ge=1, le=1000)]


class Reply(Command):
    """Deliver the unit's reply, with its class."""

    reply_class: ReplyClass
    text: Prose


class Rate(Command):
    """Rate attitude and result; neither has a default."""

    attitude: Satisfaction
    result: Satisfaction
    comment: Note | None = None


class OrderRedo(Command):
    """Have it handled again after an unsatisfied rating."""


class Close(Command):
    """Close it after its reply."""
