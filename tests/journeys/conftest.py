"""A house to visit: a copy of the loaded example that the tests of one file share."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.journeys.browser import chromium, door, standing
from tests.journeys.visiting import Visit, opened

__all__ = ["chromium", "door", "standing", "visit"]


@pytest.fixture(scope="module")
async def visit(haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """Give a house of this file's own, with a token for everybody."""
    copy = shutil.copytree(haidong_folder, tmp_path_factory.mktemp("visit") / "data")
    async with AsyncExitStack() as stack:
        yield await opened(copy, stack)
