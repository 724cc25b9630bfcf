"""Suggestions, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.suggestions.api import ROUTES
from services.suggestions.reactions import REACTIONS
from services.suggestions.references import REFERENCES
from services.suggestions.views.cases import CASES

SERVICE = Service("suggestions", "Suggestions 代表建议", ROUTES, (CASES,), REFERENCES, REACTIONS)
