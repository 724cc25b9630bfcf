"""Every fault has a defect that its test catches: planted here, one at a time, and the test must fail."""

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaError
from pydantic_core import from_json

from deploy.brokers.ferret import Server
from events.bus import records
from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.follower import Follower
from events.bus.kafka.member import Held, Member
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.kafka.topics import Topics
from events.bus.port import Batch
from events.bus.progress import Progress
from events.journal.port import Once
from events.relay import Relay
from services.chassis import handling, reacting
from services.chassis.projecting import Fold
from services.suggestions.service import SERVICE
from tests.events import test_kafka, test_kafka_groups, test_mongo, test_relay
from tests.events.line import Line
from tests.events.world import sqlite
from tests.services.chassis import test_handling, test_projecting, test_reacting
from tests.services.chassis.following import SEEN, Crashing
from tests.world import Client, found, ports, running

SECONDS = 12.0
"""What a defect makes wait for ever is given up after so long; sound, these tests need less."""
Patch = pytest.MonkeyPatch
Defect = Callable[[Patch], None]


def in_place_of(owner: object, name: str, defect: object) -> Defect:
    """Plant something where the house has another."""
    return lambda patch: patch.setattr(owner, name, defect)


async def nothing(*_: object, **__: object) -> None:
    """Do not what should be done."""


def all_that_came(self: Progress, ledger: str, came: Sequence[tuple[int, bytes]]) -> Batch:
    """Pass on whatever Kafka brings."""
    return self.passed(Batch(ledger, [entry for _, entry in came]))


def over_holes(self: Progress, ledger: str, came: Sequence[tuple[int, bytes]]) -> Batch | None:
    """Take what is newer for what is next."""
    entries = [entry for sequence, entry in came if sequence > self.marks[ledger]]
    self.marks[ledger] = max([self.marks[ledger], *(sequence for sequence, _ in came)])
    return Batch(ledger, entries) if entries else None


def of_any_ledger(_ledger: str, value: bytes | None) -> int:
    """Ask for a number only."""
    match from_json(value or b""):
        case {"sequence": str(digits)}:
            return int(digits)
    raise ValueError


async def from_zero(_self: Follower, held: Held, ledger: str, _sequence: int) -> bool:
    """Do not ask how far a ledger was taken."""
    held.progress.marks.setdefault(ledger, 0)
    return True


def made_once(patch: Patch) -> None:
    """Make a topic the first time only."""
    make, made = Topics._make, set[str]()

    async def once(self: Topics, admin: Any, names: Collection[str]) -> None:  # noqa: ANN401
        if fresh := {*names} - made:
            made.update(fresh)
            await make(self, admin, fresh)

    patch.setattr(Topics, "_make", once)


async def marked_first(self: Relay, ledger: str) -> bool:
    """Move the mark before the broker has said yes."""
    mark = await self._outbox.lease(ledger, self._owner, self._lease) or 0
    entries = await self._journal.fetch(ledger, mark, 500)
    await self._outbox.relayed(ledger, self._owner, mark + len(entries))
    await self._publisher.publish(ledger, entries)
    return True


async def hoarding(self: Follower) -> Batch:
    """Read all there is before giving any."""
    while (batch := self._member.give()) is None:
        quiet = 0
        while quiet < 50:
            waiting = len(self._member.held.ready)
            await self._gather(self._member.held)
            await asyncio.sleep(0.01)
            quiet = quiet + 1 if len(self._member.held.ready) == waiting else 0
    return batch


def forgotten(patch: Patch, folder: Path) -> None:
    """Say yes before it stands on the disk."""
    kill = Server.kill

    async def killed(self: Server) -> None:
        await kill(self)
        shutil.rmtree(folder)
        folder.mkdir()

    patch.setattr(Server, "kill", killed)


def folded_again(patch: Patch) -> None:
    """Do not look at how far a document has come."""
    step = Fold._step  # noqa: SLF001

    def stepped(part: Any, *rest: Any) -> None:  # noqa: ANN401
        part.mark = 0
        step(part, *rest)

    patch.setattr(Fold, "_step", staticmethod(stepped))


def another(scope: str, *_: object) -> Once:
    """Give a key that nobody can give again."""
    return Once(scope, secrets.token_hex(16), b"")


LINE: dict[str, tuple[Callable[[Line], Awaitable[None]], Defect]] = {
    "duplicated": (test_kafka.test_duplicates_and_disorder, in_place_of(Progress, "take", all_that_came)),
    "reordered": (test_kafka.test_duplicates_and_disorder, in_place_of(Progress, "take", over_holes)),
    "missing": (test_kafka.test_missing_record, in_place_of(Progress, "lacks", lambda *_: None)),
    "lost": (test_kafka.test_lost_record_and_missed_hint, in_place_of(Follower, "_compare", nothing)),
    "topic-deleted": (test_kafka.test_deleted_topic, made_once),
    "poison": (test_kafka.test_poison, in_place_of(records, "sequence_of", of_any_ledger)),
    "slow": (test_kafka_groups.test_slow_consumer, in_place_of(Follower, "next", hoarding)),
    "rebalanced": (test_kafka_groups.test_members_share_the_work, in_place_of(Follower, "_known", from_zero)),
    "under-way": (
        test_kafka_groups.test_batch_under_way, in_place_of(Member, "on_partitions_revoked", nothing)
    ),
}  # fmt: skip


async def caught(fault: Awaitable[None], seconds: float = SECONDS) -> None:
    """Let a fault's test run on what was planted: it fails, or waits for what never comes.

    What it leaves at work, since it came to no end, is ended here.
    """
    before = asyncio.all_tasks()
    try:
        with pytest.raises((AssertionError, TimeoutError, LookupError, ValueError, KafkaError)):
            await asyncio.wait_for(fault, seconds)
    finally:
        left = asyncio.all_tasks() - before
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@pytest.mark.parametrize(("fault", "defect"), LINE.values(), ids=LINE)
async def test_on_the_way_through_kafka(
    line: Line, fault: Callable[[Line], Awaitable[None]], defect: Defect, monkeypatch: Patch
) -> None:
    """Records doubled, disordered, lost or poisoned, a topic gone, members that come, go and are slow."""
    defect(monkeypatch)
    await caught(fault(line), 60 if "slow" in fault.__name__ or "share" in fault.__name__ else SECONDS)


@pytest.mark.serial
@pytest.mark.usefixtures("kafka_bootstrap")
async def test_a_broker_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A relay that does not wait for the broker's yes."""
    monkeypatch.setattr(Relay, "_carry", marked_first)
    await caught(test_kafka_groups.test_broker_killed(tmp_path), 60)


@pytest.mark.serial
@pytest.mark.chaos
@pytest.mark.usefixtures("kafka_bootstrap")
async def test_one_of_three_brokers_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A topic with one copy: it is away with its broker."""
    for made in (KafkaPublisher, KafkaBus):  # whoever comes first makes the topic
        told = {**(made.__init__.__kwdefaults__ or {}), "replication": 1}
        monkeypatch.setattr(made.__init__, "__kwdefaults__", told)
    monkeypatch.setattr(test_kafka_groups, "GO_ON_SECONDS", 10)
    await caught(test_kafka_groups.test_each_of_three_brokers_is_killed(tmp_path), 120)


@pytest.mark.usefixtures("mongo_url")
async def test_a_store_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A store that had said yes too early."""
    forgotten(monkeypatch, tmp_path / "server" / "data")
    await caught(test_mongo.test_killed_under_writers(tmp_path, "motor"), 60)


async def test_a_relay_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A relay that marks before it sends: what it died over is never sent."""
    monkeypatch.setattr(Relay, "_carry", marked_first)
    async with sqlite(tmp_path) as journal:
        await caught(test_relay.test_refused(journal))


async def test_a_projector_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A fold that counts again what a document holds already."""
    folded_again(monkeypatch)
    shelf = Crashing(tmp_path / "shelf.db")
    await caught(test_projecting.test_a_crash_in_between(shelf, SEEN, 0))
    await shelf.close()


@pytest.mark.parametrize("fault", [test_reacting.test_died_before_the_mark, test_reacting.test_marks_lost])
async def test_a_reactor_is_killed(
    tmp_path: Path, monkeypatch: Patch, fault: Callable[[Any], Awaitable[None]]
) -> None:
    """A reaction whose key is not its cause's."""
    monkeypatch.setattr(reacting, "Once", another)
    async with ports(tmp_path) as standing:
        await found(standing, "ma")
        await caught(fault(standing))


async def test_a_service_is_killed(tmp_path: Path, monkeypatch: Patch) -> None:
    """A service that does not know a retry again after it has written and not answered."""
    monkeypatch.setattr(handling, "keyed", lambda once, _secret: another(once.scope))
    async with ports(tmp_path) as standing:
        await found(standing, "ma", "li")
        async with running(SERVICE, standing) as at_work:
            await caught(test_handling.test_the_same_request_gets_the_first_answer(Client(at_work), standing))
