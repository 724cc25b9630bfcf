"""Reporting, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.reporting.api import ROUTES
from services.reporting.views.figures import FIGURES

SERVICE = Service("reporting", "Reporting 统计报告", ROUTES, (FIGURES,))
