"""Liaison, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.liaison.api import ROUTES
from services.liaison.reactions import REACTIONS
from services.liaison.references import REFERENCES
from services.liaison.views.opinions import OPINIONS
from services.liaison.views.receipts import RECEIPTS
from services.liaison.views.stations import STATIONS

VIEWS = (STATIONS, OPINIONS, RECEIPTS)
SERVICE = Service("liaison", "Liaison 代表联络站", ROUTES, VIEWS, REFERENCES, REACTIONS)
