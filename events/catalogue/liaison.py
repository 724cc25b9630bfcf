"""What the liaison service publishes: stations, and opinions from scan to answer."""

from enum import StrEnum

from events.catalogue.event import Event
from events.catalogue.vocabulary import (
    DELETION,
    Actor,
    Address,
    Basis,
    Count,
    Digest,
    Forgetting,
    Identifier,
    Owner,
    Reference,
    ReplyClass,
    Text,
)


class StationKind(StrEnum):
    """What a place is called (两室一平台 and 代表联络站); varies inside one province."""

    STATION = "station"
    LIAISON_ROOM = "liaison_room"
    ACTIVITY_ROOM = "activity_room"
    ONLINE_PLATFORM = "online_platform"


class Tier(StrEnum):
    """For which area a station stands."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    STREET = "street"


class StationOpened(Event, wire="station.opened.v1"):
    """A liaison station (代表联络站) opened; its code may be scanned from now on."""

    name: Text
    place: Text
    kind: StationKind
    tier: Tier


class DeputyAttached(Event, wire="station.deputy-attached.v1"):
    """A deputy works at the station (进站) and may be addressed there."""

    mandate: Text


class DeputyDetached(Event, wire="station.deputy-detached.v1"):
    """A deputy no longer works at the station."""

    mandate: Text


class StationClosed(Event, wire="station.closed.v1"):
    """The station closed; opinions given before are still answered."""


class OpinionReceived(Event, wire="opinion.received.v1"):
    """A citizen said something. `receipt` is the SHA-256 of his code; anonymity is his choice.

    `nonce` is the SHA-256 of a number that he drew himself, so that no two people get one receipt.
    """

    station: Identifier
    station_name: Text
    addressed_to: Text | None = None
    words: Reference
    contact: Reference | None = None
    place: Reference | None = None
    anonymous: bool
    receipt: Digest
    nonce: Digest | None = None


class OpinionAnswered(Event, wire="opinion.answered.v1"):
    """The citizen was answered; he reads it under his receipt code."""

    text: Reference
    answered_by: Text


class OpinionTransferred(Event, wire="opinion.transferred.v1"):
    """It was passed to a body that can act on it (转办), and the citizen was told to whom."""

    unit: Identifier
    unit_name: Text
    note: Reference


class OpinionEscalated(Event, wire="opinion.escalated.v1"):
    """A deputy took it up: a draft suggestion is to be made of it."""

    mandate: Text
    words: Reference


class Told(StrEnum):
    """What the citizen was told of the suggestion made from his words."""

    CLOSED = "closed"
    NOT_ADMITTED = "not_admitted"
    DRAFT_DECLINED = "draft_declined"


class OutcomeTold(Event, wire="opinion.outcome-told.v1"):
    """The citizen was told what became of it, also when it is a no."""

    outcome: Told
    suggestion: Text
    cause: Address
    number: Count | None = None
    ground: Text | None = None
    reply_class: ReplyClass | None = None
    label: Text | None = None
    text: Reference | None = None


class OpinionErasureRequested(Event, wire="opinion.erasure-requested.v1"):
    """Who holds the receipt code, or staff for him, asked to have the opinion deleted."""

    requester: Actor
    ground: Forgetting
    reason: Reference | None = None


class OpinionErased(Event, wire="opinion.erased.v1"):
    """It was granted: the key of `owner` is destroyed, words and contact are gone for ever."""

    owner: Owner
    approver: Actor
    ground: Forgetting
    reason: Reference | None = None
    basis: Basis = DELETION


class OpinionRestricted(Event, wire="opinion.restricted.v1"):
    """`law` demands that it is kept: nobody reads it, and it is stored and secured only."""

    owner: Owner
    approver: Actor
    law: Text
    basis: Basis = DELETION


class OpinionRestrictionLifted(Event, wire="opinion.restriction-lifted.v1"):
    """The law demands it no more; the request to delete stands again."""

    owner: Owner
    approver: Actor
