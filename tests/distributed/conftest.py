"""A browser, and a house to look things up in, for whoever walks through the distributed house."""

from tests.journeys.browser import chromium
from tests.journeys.conftest import visit

__all__ = ["chromium", "visit"]
