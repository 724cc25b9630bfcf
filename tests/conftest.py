"""What the whole house's tests share: the example congress, loaded once per run."""

import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.embedded import House, house
from deploy.examples import loading
from deploy.examples.notes import Notes
from deploy.folder import Folder
from services.chassis.logging import configure
from tests.distributed.brokers import kafka_bootstrap, mongo_url, pytest_terminal_summary
from tests.distributed.databases import databases

__all__ = ["databases", "kafka_bootstrap", "mongo_url", "pytest_terminal_summary"]

HAIDONG = Path(loading.__file__).parent / "haidong"


def pytest_configure() -> None:
    """Log as the house does: structlog's pictures of a traceback take a second each."""
    configure("INFO")


@pytest.fixture(scope="session")
async def haidong_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of a loaded example; to be copied, never opened."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "haidong.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        notes = Notes.read(shared / "haidong")
        if notes is None or not notes.loaded:
            await _load(shared / "haidong")
    return shared / "haidong"


async def _load(path: Path) -> None:
    folder = Folder.open(path, "haidong")
    try:
        async with house(folder) as standing:
            await loading.load(standing, HAIDONG, lambda *_: None)
    finally:
        folder.close()


@pytest.fixture(scope="session")
async def haidong(haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a house with the example at work; for tests that read, or write what harms no other."""
    copy = shutil.copytree(haidong_folder, tmp_path_factory.mktemp("haidong") / "data")
    folder = Folder.open(copy)
    try:
        async with house(folder) as standing:
            yield standing
    finally:
        folder.close()
