"""How a process of the distributed house says how it stands, in its answer and in what it counts."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from deploy import renewing
from deploy.readiness import letting_in, readiness, relaying
from deploy.serving import Broken
from events.journal.port import Head
from events.journal.sqlite import SqliteJournal
from gateway.accounts.values import Account
from services.chassis import following
from services.chassis.following import Following
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service
from services.suggestions.service import SERVICE as SUGGESTIONS
from tests.cast import COSIGNER, LEAD
from tests.events.passing import MemoryOutbox
from tests.services.chassis.following import LEDGER, OTHER, SEEN, issued, poisonous, settled
from tests.world import Client, found, ports, running, say

SERVICE = Service("suggestions", "Numbers", (), (SEEN,))
Breaking = Callable[[pytest.MonkeyPatch, Ports, Running], Awaitable[None]]
WORDS = {"title": "关于改善供热的建议", "text": "情况、问题、建议。"}


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no view fold the number 2, which is tried again at once."""
    monkeypatch.setattr(following, "PAUSE", 0)
    poisonous.add(2)
    yield
    poisonous.clear()


def counted(name: str, **labels: str) -> float:
    """Give what Prometheus would read."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.usefixtures("poison")
async def test_lag_by_view_and_ledger(tmp_path: Path) -> None:
    """A view that stopped in one ledger is behind in that one only; the process itself is well."""
    async with ports(tmp_path) as standing, running(SERVICE, standing) as at_work:
        await say(standing, LEDGER, "numbering/1", *map(issued, (1, 2, 3, 4)))
        await say(standing, OTHER, "numbering/1", *map(issued, (11, 12)))
        await settled(at_work)
        said = await readiness([at_work])()
    assert said == {"ready": True, "failed": [], "blocked": [f"seen {LEDGER}/2"], "lag": {"seen": 3}}
    for ledger, lag in ((LEDGER, 3), (OTHER, 0)):
        assert counted("mandate_view_lag_entries", view="suggestions/seen", ledger=ledger) == lag


class Relayed:
    """A journal of two ledgers whose relay is at some marks."""

    def __init__(self, heads: dict[str, int], marks: dict[str, int]) -> None:
        self._heads, self.outbox = heads, MemoryOutbox(self)
        self.outbox.marks = marks

    async def heads(self, prefix: str = "") -> dict[str, Head]:
        return {name: Head(head, "") for name, head in self._heads.items() if name.startswith(prefix)}

    hinted = heads

    async def fetch(self, _ledger: str, _after: int, _limit: int) -> list[bytes]:
        return []


async def test_backlog_of_the_relay() -> None:
    """What waits for the broker is counted by service; a relay that ended is told."""
    journal = Relayed({"liaison/630200": 9, "liaison/630222": 4}, {"liaison/630200": 2, "liaison/630222": 4})
    task = asyncio.create_task(asyncio.sleep(60), name="relay:liaison")
    ready = relaying([task], {"liaison": journal})
    assert await ready() == {"ready": True, "failed": [], "blocked": [], "backlog": {"liaison": 7}}
    assert counted("mandate_relay_backlog_entries", service="liaison") == 7
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (await ready())["failed"] == ["relay:liaison"]


class Away:
    """A store that does not answer."""

    async def of(self, _congress: str) -> list[Account]:
        raise ConnectionError("nobody there")


async def test_who_needs_a_store_is_not_ready_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that follows nothing, and a gateway, send nobody to a store that does not answer."""
    gateway: Any = Away()
    assert (await letting_in(gateway)())["failed"] == ["ConnectionError: nobody there"]
    async with ports(tmp_path) as standing:
        at_work = await Running.open(SERVICE, standing)
        ready = readiness([at_work])
        assert (await ready())["ready"]
        monkeypatch.setattr(standing.journal, "hinted", gateway.of)
        assert (await ready())["failed"] == ["ConnectionError: nobody there"]


async def test_commands_are_counted_by_what_came_of_them(tmp_path: Path) -> None:
    """An append is timed by service, a refusal is counted by its code."""

    def counts() -> tuple[float, float]:
        return (
            counted("mandate_append_seconds_count", service="suggestions"),
            counted("mandate_refusals_total", code="mandate-not-active"),
        )

    async with ports(tmp_path) as standing:
        await found(standing, "ma")
        async with running(SUGGESTIONS, standing) as at_work:
            client, (appended, refused) = Client(at_work), counts()
            assert (await client.post(LEAD, "/suggestions", WORDS)).status == 201
            assert counts() == (appended + 1, refused)
            assert (await client.post(COSIGNER, "/suggestions", WORDS)).status == 409
            assert counts() == (appended + 1, refused + 1)


async def the_disk_is_gone(patch: pytest.MonkeyPatch, _: Ports, __: Running) -> None:
    """Break the journal."""
    patch.setattr(SqliteJournal, "broken", OSError("the disk is gone"))


async def a_task_dies(patch: pytest.MonkeyPatch, standing: Ports, at_work: Running) -> None:
    """Let what follows ledgers meet a defect that nobody foresaw."""

    async def defective(*_: object) -> bool:
        raise LookupError("nobody foresaw it")

    patch.setattr(Following, "_guarded", defective)
    await say(standing, LEDGER, "numbering/1", issued(1))
    async with asyncio.timeout(5):
        while not at_work.failed():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("breaks", "failed", "why"),
    [
        (the_disk_is_gone, "journal: OSError", "the disk is gone"),
        (a_task_dies, "suggestions:seen", "suggestions:seen died .*nobody foresaw it"),
    ],
)
async def test_what_cannot_go_on_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: Breaking, failed: str, why: str
) -> None:
    """What can promise nothing, or follows nothing any more, makes room for a fresh process."""
    told_to_stop, said = asyncio.Event(), list[Mapping[str, Any]]()
    monkeypatch.setattr(renewing, "RENEW_SECONDS", 0.01)
    monkeypatch.setattr(signal, "raise_signal", lambda _: told_to_stop.set())

    async def part(standing: Ports, at_work: Running) -> None:
        async with renewing.renewing([at_work]):
            said.append(await readiness([at_work])())
            await breaks(monkeypatch, standing, at_work)
            said.append(await readiness([at_work])())
            async with asyncio.timeout(5):
                await told_to_stop.wait()

    async with ports(tmp_path) as standing, running(SERVICE, standing) as at_work:
        with pytest.raises(Broken, match=why):
            await part(standing, at_work)
    assert [(each["ready"], each["failed"]) for each in said] == [(True, []), (False, [failed])]
