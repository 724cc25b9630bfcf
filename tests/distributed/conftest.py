"""A browser, a house to look things up in, and a line through Kafka for who plants defects in it."""

from tests.events.conftest import line
from tests.journeys.browser import chromium, door
from tests.journeys.conftest import visit

__all__ = ["chromium", "door", "line", "visit"]
