"""What may be asked about the deletion of a person's data: exactly the request bodies."""

from events.catalogue.vocabulary import Forgetting, Identifier, Text
from services.chassis.shapes import Command
from services.chassis.words import Note


class RequestErasure(Command):
    """Ask, for a person out of office, to have name and contact deleted."""

    person: Identifier
    ground: Forgetting
    reason: Note


class ApproveErasure(Command):
    """Grant it: name, contact and account are destroyed for ever."""


class RefuseErasure(Command):
    """Refuse it; the person is told why."""

    reason: Note


class RestrictPerson(Command):
    """Keep the data, read by nobody, because this law demands it."""

    law: Text


class LiftPersonRestriction(Command):
    """Say that the law demands it no more."""
