"""Kafka brings what is new; what it does not bring is asked of the owner."""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from events.bus import pages, records
from events.bus.kafka.member import Held, Member
from events.bus.kafka.topics import Topics
from events.bus.port import After, Batch, Gap, Source

IDLE_SECONDS = 0.2
AT_HAND = 8
"""So many reads of 500 records are gathered while each brings some, so that views write them at once."""
PAUSE_SECONDS = 1.0
"""How long an owner that could not be asked is left alone."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Work:
    """What is followed, from where on, and how often the owners are asked for their heads."""

    services: Collection[str]
    after: After
    source: Source
    topics: Topics
    compare: float


class Follower:
    """One life of one member: gives batch after batch until its consumer has to be replaced."""

    def __init__(self, member: Member, work: Work, counts: Counter[str]) -> None:
        self._member, self._work, self._counts = member, work, counts
        self._asks_from = 0.0

    async def next(self) -> Batch:
        """Give the next batch; the one before was taken.

        Raises:
            Stuck, KafkaError: the consumer has to be replaced.
            Gap: an owner misses an entry.

        """
        while (batch := self._member.give()) is None:
            await self._member.commit()
            held = self._member.held
            for _ in range(AT_HAND):
                waiting = len(held.ready)
                try:
                    await self._gather(held)
                except Gap:
                    if not held.ready:  # else what is sound goes first
                        raise
                if held is not self._member.held or len(held.ready) == waiting:
                    break
        return batch

    async def _gather(self, held: Held) -> None:
        asked = bool(held.progress.lacking) and time.monotonic() >= self._asks_from
        found = await self._member.poll(0 if asked or held.ready else IDLE_SECONDS)
        if held is not self._member.held:
            return  # read under another assignment: whoever has the ledger now compares it with its owner
        for partition, each in found.items():
            await self._sort(held, partition, each)
        if not found:
            await self._member.watch()
        try:
            await self._ask(held, quiet=not found)
        except ConnectionError as error:
            log.warning("owner away", error=type(error).__name__)
            self._asks_from = time.monotonic() + PAUSE_SECONDS

    async def _sort(self, held: Held, partition: TopicPartition, found: Sequence[ConsumerRecord]) -> None:
        ledgers: dict[str, list[tuple[int, bytes]]] = {}
        service, progress = self._work.topics.service(partition.topic), held.progress
        for record in found:
            try:
                ledger = records.ledger_of(service, record.key)
                sequence = records.sequence_of(ledger, record.value)
            except ValueError as error:
                self._counts["poison"] += 1
                where = {"partition": partition.partition, "offset": record.offset}
                log.warning("record dropped", topic=partition.topic, **where, error=str(error))
            else:
                ledgers.setdefault(ledger, []).append((sequence, record.value))
        for ledger, entries in ledgers.items():
            if await self._known(held, ledger, entries[-1][0]) and (batch := progress.take(ledger, entries)):
                held.add(batch)
        held.read(partition, found[-1].offset + 1)

    async def _known(self, held: Held, ledger: str, sequence: int) -> bool:
        """Learn the mark of a ledger; one that cannot be learned now lacks an entry until later."""
        if ledger not in held.progress.marks:
            try:
                held.progress.marks[ledger] = await self._work.after(ledger)
            except ConnectionError as error:
                log.warning("mark not known", ledger=ledger, error=type(error).__name__)
                held.progress.lacks(ledger, sequence)
                return False
        return True

    async def _ask(self, held: Held, *, quiet: bool) -> None:
        if time.monotonic() < self._asks_from:
            return
        # First when Kafka has nothing more to give, so that it is spared what Kafka brings.
        late = time.monotonic() - held.compared_at > self._work.compare
        if late or (quiet and not held.compared):
            await self._compare(held)
        if (ledger := held.progress.turn()) is not None:
            batch = await self._page(held, ledger)
            if batch is not None:
                held.add(held.progress.passed(batch))

    async def _compare(self, held: Held) -> None:
        try:
            await self._work.topics.ensure(self._work.services)
        except KafkaError as error:
            log.warning("broker away", error=type(error).__name__)
        for ledger, head in (await pages.heads(self._work.source, self._work.services)).items():
            if self._member.holds(*ledger.split("/")):
                held.progress.lacks(ledger, head)
        held.compared, held.compared_at = True, time.monotonic()

    async def _page(self, held: Held, ledger: str) -> Batch | None:
        progress, upto = held.progress, held.progress.lacking[ledger]
        if ledger not in progress.marks:
            progress.marks[ledger] = await self._work.after(ledger)
        mark = progress.marks[ledger]
        if mark >= upto:
            progress.forget(ledger, upto)
            return None
        try:
            batch = await pages.page(self._work.source, ledger, mark)
        except Gap:
            head = (await self._work.source.heads(ledger)).get(ledger)
            if head is not None and head.sequence > mark:
                raise
            self._counts["poison"] += 1
            log.warning("record dropped", entry=f"{ledger}/{upto}", error="its owner does not know it")
            progress.forget(ledger, upto)
            return None
        self._counts["fetched"] += len(batch.entries)
        return batch
