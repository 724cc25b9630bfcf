"""The stories of the embedded house again, through the gateway of the distributed one."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.distributed.houses import processes
from tests.journeys import test_erasure_story as ending
from tests.journeys import test_looking_back as past
from tests.journeys import test_saving as saving
from tests.journeys import test_story as story
from tests.journeys.browser import DESKTOP, PHONE, Door, Standing

pytestmark = [pytest.mark.browser, pytest.mark.serial, pytest.mark.timeout(580, func_only=True)]
SECONDS = 40
"""How long a page may take: a server that scans for every question shares two cores with all processes."""


@pytest.fixture(scope="module")
async def standing(
    haidong_folder: Path, tmp_path_factory: pytest.TempPathFactory, mongo_url: str, kafka_bootstrap: str
) -> AsyncIterator[Standing]:
    """Give the gateway of a house of processes, with the example carried over whole."""
    folder = tmp_path_factory.mktemp("processes")
    shutil.copytree(haidong_folder, folder / "example")
    async with processes(folder, mongo_url, kafka_bootstrap, "haidong") as house:
        await house.settled()
        yield Standing(house.composed.url, {}, SECONDS)


async def test_the_story_runs_through_every_process(door: Door) -> None:
    """The same clicks, from a citizen's words to a case that is closed."""
    await story.test_the_story(door, DESKTOP)


async def test_a_no_comes_back_through_every_process(door: Door) -> None:
    """The same clicks, to a suggestion that is not admitted."""
    await story.test_a_no_reaches_the_citizen(door, PHONE)


async def test_what_was_is_shown_by_every_process(door: Door) -> None:
    """The same clicks, on pages as of a day."""
    await past.test_a_citizen_looks_back_without_script(door)
    await past.test_a_case_as_it_was_offers_nothing(door)
    await past.test_every_dated_page_and_its_filters_keep_the_day(door)
    await past.test_a_day_that_cannot_be_shown(door)


async def test_a_draft_saves_itself_through_every_process(door: Door) -> None:
    """The same clicks, with an answer that is slow."""
    await saving.test_what_is_sent_is_not_saved_beside(door)


async def test_a_name_ends_in_every_process(door: Door) -> None:
    """The same clicks, to a name that is kept unread and then deleted."""
    await ending.test_a_name_is_kept_unread_and_then_deleted(door)
