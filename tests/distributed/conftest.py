"""A browser for whoever walks through the distributed house."""

from tests.journeys.browser import chromium

__all__ = ["chromium"]
