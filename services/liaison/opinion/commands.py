"""What may be asked of an opinion: exactly the request bodies."""

from typing import Annotated

from pydantic import StringConstraints

from events.catalogue.liaison import Told
from events.catalogue.suggestions import Mandate
from events.catalogue.vocabulary import Address, Identifier, Reference, ReplyClass, Text
from services.chassis.shapes import Command
from services.chassis.words import Line, Note, Prose

Nonce = Annotated[str, StringConstraints(pattern="^[0-9a-z]{26,64}$")]
"""A number drawn by the citizen, in his browser or on paper; the house keeps its digest only."""


class GiveOpinion(Command):
    """Say something at a station. Whoever stays anonymous leaves no contact."""

    station: Identifier
    words: Prose
    contact: Line | None = None
    place: Line | None = None
    addressed_to: Mandate | None = None
    anonymous: bool
    nonce: Nonce | None = None


class AnswerOpinion(Command):
    """Answer the citizen, who reads it under his receipt code."""

    text: Prose


class TransferOpinion(Command):
    """Pass it to a body that can act on it (转办)."""

    unit: Identifier
    note: Note


class EscalateOpinion(Command):
    """Take it up as a deputy: a draft suggestion is made that cites it."""


class TellOutcome(Command):
    """Tell the citizen what became of the suggestion (sent by a reaction only)."""

    outcome: Told
    suggestion: Text
    cause: Address
    number: int | None = None
    ground: Text | None = None
    reply_class: ReplyClass | None = None
    label: Text | None = None
    text: Reference | None = None
