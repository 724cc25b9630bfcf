"""What may be asked about the deletion of an opinion: exactly the request bodies."""

from events.catalogue.vocabulary import Forgetting, Text
from services.chassis.shapes import Command
from services.chassis.words import Note


class RequestOpinionErasure(Command):
    """Ask to have it deleted; nobody must say more than on which ground."""

    ground: Forgetting
    reason: Note | None = None


class ApproveOpinionErasure(Command):
    """Grant it: words and contact are destroyed for ever."""


class RestrictOpinion(Command):
    """Keep it, read by nobody, because this law demands it."""

    law: Text


class LiftOpinionRestriction(Command):
    """Say that the law demands it no more."""
