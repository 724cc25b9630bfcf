"""Training, plugged together: a value that opens nothing."""

from services.chassis.shapes import Service
from services.training.api import ROUTES
from services.training.reactions import REACTIONS
from services.training.references import REFERENCES
from services.training.views.courses import COURSES
from services.training.views.learners import LEARNERS

SERVICE = Service("training", "Training 履职培训", ROUTES, (COURSES, LEARNERS), REFERENCES, REACTIONS)
