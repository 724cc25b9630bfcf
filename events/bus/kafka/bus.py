"""The bus on Kafka: `follow` reads topics, `fetch` and `heads` ask the owners."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError, KafkaError

from events.bus import pages
from events.bus.kafka.follower import Follower, Work
from events.bus.kafka.member import FETCH_BYTES, Member, Stuck
from events.bus.kafka.topics import PARTITIONS, REPLICATION, Topics
from events.bus.port import After, Batch, Source

PAUSE_SECONDS = 1.0
MOST_SECONDS = 600
"""For a read of 500 entries a caller may take so long; then the group goes on without him."""
log = structlog.get_logger()


class KafkaBus:
    """The port on a cluster and the ledgers' owners.

    `compare`: seconds between two questions for the owners' heads; `patience`: how long a
    consumer may be silent before it is looked after; `session`: how long the group waits for
    a member; `counts`: records that were `poison`, entries `fetched`, consumers `replaced`.
    """

    def __init__(  # noqa: PLR0913 - settings of one client, each by its name
        self, bootstrap: str, source: Source, *, prefix: str = "mandate.", client_id: str = "mandate",
        partitions: int = PARTITIONS, replication: int = REPLICATION,
        compare: float = 60.0, patience: float = 30.0, session: float = 10.0,
    ) -> None:  # fmt: skip
        self._source, self._compare, self._patience, self._session = source, compare, patience, session
        self._topics = Topics(bootstrap, prefix, client_id, partitions=partitions, replication=replication)
        self._members = set[Member]()
        self.counts = Counter[str]()

    async def start(self) -> None:
        """Reach the cluster.

        Raises:
            ConnectionError: when it cannot be reached.

        """
        try:
            await self._topics.ensure(())
        except KafkaError as error:
            raise ConnectionError("the broker cannot be reached") from error

    async def close(self) -> None:
        """Leave the groups of those who follow no more, and of those who still do."""
        await asyncio.gather(*(member.stop() for member in self._members))

    async def follow(
        self, group: str, services: Collection[str], after: After
    ) -> AsyncGenerator[Batch, None]:
        """Give the entries of the ledgers of `services` that fall to this member; see the port."""
        work = Work(services, after, self._source, self._topics, self._compare)
        while True:
            member = self._member(group)
            self._members.add(member)
            try:
                await self._topics.ensure(services)
                await member.start(services)
                follower = Follower(member, work, self.counts)
                while True:
                    yield await follower.next()
            except (KafkaError, Stuck) as error:
                self.counts["replaced"] += 1
                log.warning("consumer replaced", group=group, error=type(error).__name__)
            except ConsumerStoppedError:
                return  # the bus was closed
            finally:
                await member.stop()
                self._members.discard(member)
            await asyncio.sleep(PAUSE_SECONDS)

    def _member(self, group: str) -> Member:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._topics.bootstrap, client_id=self._topics.client_id, group_id=group,
            auto_offset_reset="earliest", enable_auto_commit=False,
            session_timeout_ms=int(self._session * 1000), heartbeat_interval_ms=int(self._session * 250),
            max_poll_interval_ms=MOST_SECONDS * 1000, max_partition_fetch_bytes=FETCH_BYTES,
            metadata_max_age_ms=int(self._compare * 1000),
        )  # fmt: skip
        return Member(consumer, self._topics, patience=self._patience, grace=self._session / 2)

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`."""
        return await self._source.fetch(ledger, after, limit)

    async def heads(self, services: Collection[str]) -> Mapping[str, int]:
        """Give the last sequence of each ledger of `services`."""
        return await pages.heads(self._source, services)
