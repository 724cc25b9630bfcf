"""What may be asked of a station: exactly the request bodies."""

from events.catalogue.liaison import StationKind, Tier
from events.catalogue.suggestions import Mandate
from events.catalogue.vocabulary import Text
from services.chassis.shapes import Command


class OpenStation(Command):
    """Open a station; its code may be scanned from now on."""

    name: Text
    place: Text
    kind: StationKind
    tier: Tier


class AttachDeputy(Command):
    """Let a deputy work at the station (进站), so that he may be addressed there."""

    mandate: Mandate


class DetachDeputy(Command):
    """Note that a deputy no longer works at the station."""

    mandate: Mandate


class CloseStation(Command):
    """Close the station; opinions given before are still answered."""
