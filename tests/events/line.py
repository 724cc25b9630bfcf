"""A journal whose entries the test itself brings to Kafka, in whatever order, and a bus that reads them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.port import Position
from events.catalogue.envelope import Entry
from events.journal.port import Journal
from tests.events.world import LEDGER, proposed


class Owner:
    """The owner's ledgers, who can be away."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self.away = journal, False

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        if self.away:
            raise ConnectionError
        return await self._journal.fetch(ledger, after, limit)

    async def heads(self, prefix: str = "") -> Mapping[str, Position]:
        if self.away:
            raise ConnectionError
        return await self._journal.heads(prefix)


@dataclass
class Line:
    """A journal, a publisher that sends what the test tells it, and a bus."""

    journal: Journal
    owner: Owner
    bootstrap: str
    prefix: str
    publisher: KafkaPublisher

    @property
    def topic(self) -> str:
        return f"{self.prefix}suggestions"

    async def append(self, count: int, ledger: str = LEDGER) -> list[bytes]:
        """Add entries to a ledger; give all it has."""
        await self.journal.append(ledger, [proposed(f"suggestion/{n}") for n in range(count)], {})
        return list(await self.journal.fetch(ledger, 0, 100_000))

    async def publish(self, entries: Sequence[bytes]) -> None:
        """Send entries one by one, in whatever order."""
        for entry in entries:
            await self.publisher.publish(Entry(entry).ledger, [entry])

    async def raw(self, *records: tuple[bytes | None, bytes | None]) -> None:
        """Put records (key, value) on the topic that no relay would."""
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap) as producer:
            for key, value in records:
                await producer.send_and_wait(self.topic, value, key)

    def bus(self, **settings: Any) -> KafkaBus:  # noqa: ANN401 - as the bus takes them
        return KafkaBus(self.bootstrap, self.owner, prefix=self.prefix, **settings)


@asynccontextmanager
async def admin_of(line: Line) -> AsyncIterator[AIOKafkaAdminClient]:
    """Ask the cluster itself."""
    admin = AIOKafkaAdminClient(bootstrap_servers=line.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
