"""The topics of a house: one per service, made where it lacks."""

from collections.abc import Collection
from functools import lru_cache

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import DefaultPartitioner

from events.bus.kafka.starting import started

PARTITIONS = 6
REPLICATION = -1
"""The broker's default, which knows how many brokers there are."""
CONFIG = {"cleanup.policy": "delete", "retention.ms": str(7 * 24 * 3600 * 1000)}
"""A topic is transport: what is gone from it after a week is fetched from the ledger."""
NO_ERROR = 0
log = structlog.get_logger()


class Topics:
    """The topics `<prefix><service>` of a cluster; `replication` -1 is the broker's default."""

    def __init__(
        self, bootstrap: str, prefix: str, client_id: str, *,
        partitions: int = PARTITIONS, replication: int = REPLICATION,
    ) -> None:  # fmt: skip
        self.bootstrap, self.client_id = bootstrap, client_id
        self._prefix, self._partitions, self._replication = prefix, partitions, replication

    def name(self, service: str) -> str:
        """Name the topic of a service."""
        return f"{self._prefix}{service}"

    def service(self, topic: str) -> str:
        """Name the service of a topic."""
        return topic.removeprefix(self._prefix)

    async def ensure(self, services: Collection[str]) -> None:
        """Make the topics of these services that do not exist.

        Raises:
            KafkaError: when the cluster cannot be asked, or refuses.

        """
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, client_id=self.client_id)
        try:
            await started(admin)
            lacking = {self.name(each) for each in services} - set(await admin.list_topics())
            if lacking:
                await self._make(admin, lacking)
        finally:
            await admin.close()

    async def _make(self, admin: AIOKafkaAdminClient, names: Collection[str]) -> None:
        # aiokafka takes -1 only beside a list of replicas; an empty one says nothing more.
        nothing: dict[int, list[int]] | None = {} if self._replication == -1 else None
        made = [
            NewTopic(name, self._partitions, self._replication, nothing, dict(CONFIG))
            for name in sorted(names)
        ]
        for name, code, *_ in (await admin.create_topics(made)).topic_errors:
            if code == NO_ERROR:
                log.info("topic made", topic=name)
            elif code != TopicAlreadyExistsError.errno:
                raise for_code(code)(name)


@lru_cache(maxsize=1 << 16)
def partition_of(congress: str, partitions: int) -> int:
    """Give the partition, of this many, to which every producer of Kafka brings this key."""
    every = range(partitions)
    found: int = DefaultPartitioner()(congress.encode(), every, every)
    return found
