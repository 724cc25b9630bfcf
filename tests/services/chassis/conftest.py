"""Every shelf in turn, for the tests of this folder."""

from tests.services.chassis.shelves import opened, shelf

__all__ = ["opened", "shelf"]
