"""Deputies, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.deputies.api import ROUTES
from services.deputies.views.congress import CONGRESS
from services.deputies.views.people import PEOPLE
from services.deputies.views.roster import ROSTER

SERVICE = Service("deputies", "Deputies 人大代表", ROUTES, (CONGRESS, ROSTER, PEOPLE))
