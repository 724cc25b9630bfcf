"""A line through Kafka for the tests of the bus, a room for those of the notary."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.events.line import Line, Owner
from tests.events.notes import room
from tests.events.passing import a_prefix, publishing
from tests.events.world import sqlite

__all__ = ["line", "room"]


@pytest.fixture
async def line(tmp_path: Path, kafka_bootstrap: str) -> AsyncIterator[Line]:
    """Give a line with topics of its own."""
    prefix = a_prefix()
    async with sqlite(tmp_path) as journal, publishing(kafka_bootstrap, prefix) as publisher:
        yield Line(journal, Owner(journal), kafka_bootstrap, prefix, publisher)
