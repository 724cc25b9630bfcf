"""A ledger's proofs over HTTP: what any tool reads, and what is said of an entry that was changed."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.embedded import House, house
from deploy.folder import Folder
from gateway.api.document import BASE
from tests.journeys.visiting import CITY

LEDGER = f"suggestions/{CITY}"
PATH = f"{BASE}/{CITY}/ledgers/suggestions"


@pytest.fixture
async def standing(haidong_folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Give a house of the test's own, with all it has signed."""
    folder = Folder.open(shutil.copytree(haidong_folder, tmp_path / "data"))
    try:
        async with house(folder) as opened:
            head = (await opened.journal.heads(LEDGER))[LEDGER]
            assert await opened.running["suggestions"].desk.proving.signed(LEDGER, head.sequence, 10)
            yield opened
    finally:
        folder.close()


async def entries(house: House) -> list[bytes]:
    """Give the ledger's entries."""
    return list(await house.journal.fetch(LEDGER, 0, 10_000))
