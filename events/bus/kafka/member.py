"""One consumer of a group: what it holds between two rebalances, what it reads, what it commits."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from events.bus.kafka.starting import started
from events.bus.kafka.stopping import stopped
from events.bus.kafka.topics import Topics, partition_of
from events.bus.port import MOST_ENTRIES, Batch
from events.bus.progress import Progress

COMMIT_SECONDS = 1.0
FETCH_BYTES = 256 * 1024
log = structlog.get_logger()


class Stuck(Exception):  # noqa: N818 - it names what was found
    """The consumer reads nothing though there is something to read: it has to be replaced."""


class Held:
    """What a member holds from one assignment to the next; another assignment begins with nothing.

    A result that was on its way while the group was rebalanced ends in a `Held` that nobody
    looks at any more: this is the epoch by which everything is gated.
    """

    def __init__(self, partitions: Collection[TopicPartition] = ()) -> None:
        self.partitions = deque(partitions)
        self.progress = Progress()
        self.ready = deque[Batch]()
        self._waiting = Counter[str]()
        self.compared, self.compared_at = False, time.monotonic()
        """Whether and when the marks were compared with the owners' heads; at first, when this began."""
        self._read: dict[TopicPartition, int] = {}
        self.taken: dict[TopicPartition, int] = {}
        """The offsets below which every entry was taken, to be committed."""

    def add(self, batch: Batch) -> None:
        """Let a batch wait for its turn."""
        self.ready.append(batch)
        self._waiting[batch.ledger] += 1

    def next(self) -> Batch:
        """Give the batch whose turn it is, with the word whether more of its ledger waits."""
        self._waiting[(batch := self.ready.popleft()).ledger] -= 1
        return replace(batch, more=self._waiting[batch.ledger] > 0)

    def read(self, partition: TopicPartition, upto: int) -> None:
        """Note that all below an offset stands in `ready` or is needed no more."""
        self._read[partition] = upto

    def settle(self) -> None:
        """Note that the batch given last was taken."""
        if not self.ready:
            self.taken |= self._read
            self._read = {}


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """A consumer in its group. At most 500 records are read at once, from one partition after another.

    What waits in memory is what aiokafka has fetched ahead: per partition one answer of at most
    256 KiB, compressed; it fetches no more of a partition before that was read.
    """

    def __init__(self, consumer: AIOKafkaConsumer, topics: Topics, *, patience: float, grace: float) -> None:
        """Take a consumer not started. `grace` seconds a rebalance waits for the batch under way."""
        self._consumer, self._topics, self._patience, self._grace = consumer, topics, patience, grace
        self.held = self._given = Held()
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._quiet_since, self._ends = time.monotonic(), dict[TopicPartition, int]()
        self._committed = time.monotonic()

    async def start(self, services: Collection[str]) -> None:
        """Join the group."""
        self._consumer.subscribe([self._topics.name(each) for each in services], listener=self)
        await started(self._consumer)

    def give(self) -> Batch | None:
        """Give a batch that is ready, to the caller who took the one before."""
        self._given.settle()
        self._at_rest.set()
        if not self.held.ready:
            return None
        self._at_rest.clear()
        self._given = self.held
        return self.held.next()

    async def stop(self) -> None:
        """Commit what was taken and leave; again is harmless."""
        held, self.held = self.held, Held()
        self._at_rest.set()
        await self._commit(held)
        await stopped(self._consumer)

    async def on_partitions_revoked(self, _revoked: Collection[TopicPartition]) -> None:
        """Let the batch under way come to its end, keep what was taken, forget all else."""
        held, self.held = self.held, Held()
        try:
            async with asyncio.timeout(self._grace):
                await self._at_rest.wait()
        except TimeoutError:
            log.warning("a batch outlives its assignment")  # its late write meets a mark that has moved
        await self._commit(held)

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Begin anew. Records may have been read before this was called: nothing is sought here."""
        self.held = Held(sorted(assigned))
        self._quiet_since, self._ends = time.monotonic(), {}

    async def poll(self, wait: float) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]:
        """Give records, of the partition whose turn it is; wait at most `wait` seconds for some.

        Raises:
            Stuck: when the consumer does not answer at all.
            KafkaError: as aiokafka raises it.

        """
        try:
            async with asyncio.timeout(wait + self._patience):
                for partition in [*self.held.partitions]:
                    self.held.partitions.rotate(-1)
                    if found := await self._consumer.getmany(partition, max_records=MOST_ENTRIES):
                        return self._moving(found)
                found = await self._consumer.getmany(timeout_ms=int(wait * 1000), max_records=MOST_ENTRIES)
                return self._moving(found)
        except TimeoutError as error:
            raise Stuck from error

    def _moving(
        self, found: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]:
        if found:
            self._quiet_since, self._ends = time.monotonic(), {}
        return found

    async def watch(self) -> None:
        """Look, when nothing came for `patience` seconds, whether something should have come.

        Raises:
            Stuck: when what was there at the last look has not come since.

        """
        if time.monotonic() - self._quiet_since < self._patience or not self.held.partitions:
            return
        partitions, before = [*self.held.partitions], self._ends
        try:
            async with asyncio.timeout(self._patience):
                ends = await self._consumer.end_offsets(partitions)
                positions = {each: await self._consumer.position(each) for each in partitions}
        except TimeoutError as error:
            raise Stuck from error
        if any(positions.get(partition, end) < end for partition, end in before.items()):
            raise Stuck
        self._quiet_since, self._ends = time.monotonic(), ends

    async def commit(self) -> None:
        """Commit what was taken, not oftener than once a second: what is read again is dropped."""
        if time.monotonic() - self._committed >= COMMIT_SECONDS:
            self._committed = time.monotonic()
            await self._commit(self.held)

    async def _commit(self, held: Held) -> None:
        taken, held.taken = held.taken, {}
        try:
            if taken:
                async with asyncio.timeout(COMMIT_SECONDS):  # without a coordinator it tries for ever
                    await self._consumer.commit(taken)
        except (KafkaError, TimeoutError) as error:
            log.info("offsets not committed", error=type(error).__name__)  # the marks know as well

    def holds(self, service: str, congress: str) -> bool:
        """Tell whether a ledger lies in an assigned partition."""
        topic = self._topics.name(service)
        partitions = self._consumer.partitions_for_topic(topic)
        if not partitions:
            return False
        return TopicPartition(topic, partition_of(congress, len(partitions))) in self.held.partitions
