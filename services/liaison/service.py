"""Liaison, plugged together: a value that opens nothing."""

from events.catalogue.event import Event
from events.catalogue.liaison import OpinionErased, OpinionRestricted, OpinionRestrictionLifted
from services.chassis.shapes import Fate, Service
from services.liaison.api import ROUTES
from services.liaison.reactions import REACTIONS
from services.liaison.references import REFERENCES
from services.liaison.views.opinions import OPINIONS
from services.liaison.views.receipts import RECEIPTS
from services.liaison.views.stations import STATIONS

VIEWS = (STATIONS, OPINIONS, RECEIPTS)
FATES: dict[type[Event], Fate] = {
    OpinionErased: "erase", OpinionRestricted: "restrict", OpinionRestrictionLifted: "release",
}  # fmt: skip
SERVICE = Service("liaison", "Liaison 代表联络站", ROUTES, VIEWS, REFERENCES, REACTIONS, FATES)
