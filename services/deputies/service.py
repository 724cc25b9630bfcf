"""Deputies, plugged together: a value that opens nothing."""

from events.catalogue.deputies import ErasureApproved, ErasureRestricted, ErasureRestrictionLifted
from events.catalogue.event import Event
from services.chassis.shapes import Fate, Service
from services.deputies.api import ROUTES
from services.deputies.references import REFERENCES
from services.deputies.views.congress import CONGRESS
from services.deputies.views.erasures import ERASURES
from services.deputies.views.people import PEOPLE
from services.deputies.views.roster import ROSTER

VIEWS = (CONGRESS, ROSTER, PEOPLE, ERASURES)
FATES: dict[type[Event], Fate] = {
    ErasureApproved: "erase", ErasureRestricted: "restrict", ErasureRestrictionLifted: "release",
}  # fmt: skip
SERVICE = Service("deputies", "Deputies 人大代表", ROUTES, VIEWS, REFERENCES, fates=FATES)
