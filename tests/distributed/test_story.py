"""The story of an opinion again, through the gateway of the distributed house."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.distributed.houses import processes
from tests.journeys import test_erasure_story as ending
from tests.journeys import test_story as story
from tests.journeys.browser import DESKTOP, PHONE, Door, Standing

pytestmark = [pytest.mark.browser, pytest.mark.serial, pytest.mark.timeout(290)]


async def test_the_story_runs_through_every_process(
    chromium: Browser, haidong_folder: Path, tmp_path: Path, mongo_url: str, kafka_bootstrap: str
) -> None:
    """The example carried over whole, then the same clicks to a yes, to a no, and to a name's end."""
    shutil.copytree(haidong_folder, tmp_path / "example")
    async with processes(tmp_path, mongo_url, kafka_bootstrap, "haidong") as standing:
        await standing.settled()
        door = Door(chromium, Standing(standing.composed.url, {}))
        try:
            await story.test_the_story(door, DESKTOP)
            await story.test_a_no_reaches_the_citizen(door, PHONE)
            await ending.test_a_name_is_kept_unread_and_then_deleted(door)
        finally:
            await door.close()
        assert not door.faults, "\n".join(door.faults)
