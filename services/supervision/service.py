"""Supervision, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.supervision.api import ROUTES
from services.supervision.references import REFERENCES
from services.supervision.views.board import BOARD
from services.supervision.views.dossier import DOSSIER

SERVICE = Service("supervision", "Supervision 监督看板", ROUTES, (BOARD, DOSSIER), REFERENCES)
