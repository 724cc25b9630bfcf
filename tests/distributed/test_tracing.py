"""The trace of a request goes with its entry through Kafka to whoever folds it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.chassis import following
from services.chassis.shapes import Service
from tests.events.passing import passing
from tests.services.chassis.following import LEDGER, SEEN, issued, poisonous, settled
from tests.world import ports, running, say

OWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no view fold the number 2, which is tried again at once."""
    monkeypatch.setattr(following, "PAUSE", 0)
    poisonous.add(2)
    yield
    poisonous.clear()


@pytest.mark.usefixtures("poison")
async def test_a_view_tells_whose_entry_it_cannot_fold(kafka_bootstrap: str, tmp_path: Path) -> None:
    """What a projector says of an entry that came over Kafka carries the trace of the request behind it."""
    service = Service("suggestions", "Numbers", (), (SEEN,))
    async with ports(tmp_path) as standing, passing(standing.journal, kafka_bootstrap) as bus:
        with capture_logs() as logs:
            async with running(service, replace(standing, bus=bus)) as at_work:
                await say(standing, LEDGER, "numbering/1", issued(1), trace=OTHER)
                await say(standing, LEDGER, "numbering/2", issued(2), trace=OWN)
                async with asyncio.timeout(30):
                    while LEDGER not in at_work.followings["seen"].stopped:
                        await asyncio.sleep(0.02)
                await settled(at_work)
    told = {(each["entry"], each["trace"]) for each in logs if each["event"] == "entry refused"}
    assert told == {(f"{LEDGER}/2", OWN)}
