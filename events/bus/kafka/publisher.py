"""Entries to their topic, acknowledged by every replica in sync."""

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, ProducerClosed, UnknownTopicOrPartitionError

from events.bus.kafka.starting import started
from events.bus.kafka.topics import PARTITIONS, REPLICATION, Topics
from events.bus.records import headers

CLOSE_SECONDS = 10.0
BATCH_BYTES = 512 * 1024
Sent = asyncio.Future[object]
log = structlog.get_logger()


class KafkaPublisher:
    """What the relay publishes through; any number of ledgers side by side.

    While the broker is away it waits: an idempotent producer tries for ever, in order and
    without doubling. Every `patience` seconds without an answer the topic is looked after.
    """

    def __init__(  # noqa: PLR0913 - settings of one client, each by its name
        self, bootstrap: str, *, prefix: str = "mandate.", client_id: str = "mandate-relay",
        partitions: int = PARTITIONS, replication: int = REPLICATION,
        linger: float = 0.01, patience: float = 5.0,
    ) -> None:  # fmt: skip
        self._topics = Topics(bootstrap, prefix, client_id, partitions=partitions, replication=replication)
        self._linger, self._patience = linger, patience
        self._producer: AIOKafkaProducer | None = None
        self._starting, self._knowing = asyncio.Lock(), asyncio.Lock()
        self._known = set[str]()

    async def start(self) -> None:
        """Reach the cluster.

        Raises:
            ConnectionError: when it cannot be reached.

        """
        await self._started()

    async def publish(self, ledger: str, entries: Sequence[bytes]) -> None:
        """Send consecutive entries of one ledger; all are acknowledged when this returns.

        Raises:
            ConnectionError: when the broker refused, and how many it took is not known.

        """
        producer, sent = await self._started(), list[Sent]()
        try:
            await self._know(ledger.partition("/")[0])
            for entry in entries:
                sent.append(await self._send(producer, ledger, entry))
            await self._acknowledged(ledger, sent)
        except KafkaError as error:
            await self._replace(producer)
            raise ConnectionError(f"{ledger} was not taken: {type(error).__name__}") from error
        finally:
            for each in sent:
                each.cancel()  # nobody asks any more; what is answered is not touched

    async def close(self) -> None:
        """Send what waits, for at most ten seconds, and let go."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _know(self, service: str) -> None:
        async with self._knowing:
            if service not in self._known:
                await self._topics.ensure([service])
                self._known.add(service)

    async def _send(self, producer: AIOKafkaProducer, ledger: str, entry: bytes) -> Sent:
        service, congress = ledger.split("/")
        while True:
            try:
                sent: Sent = await producer.send(
                    self._topics.name(service), entry, congress.encode(), headers=headers(entry)
                )
            except (KafkaTimeoutError, UnknownTopicOrPartitionError):
                await self._look_after(service)
            else:
                return sent

    async def _acknowledged(self, ledger: str, sent: Sequence[Sent]) -> None:
        waiting = set(sent)
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=self._patience)
            for error in [each.exception() for each in done]:
                if error is not None:
                    raise error
            if not done:
                await self._look_after(ledger.partition("/")[0])

    async def _look_after(self, service: str) -> None:
        log.warning("not acknowledged", topic=self._topics.name(service), seconds=self._patience)
        try:
            await self._topics.ensure([service])
        except KafkaError as error:
            log.warning("broker away", error=type(error).__name__)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._topics.bootstrap, client_id=self._topics.client_id,
                    acks="all", enable_idempotence=True, compression_type="zstd",
                    linger_ms=int(self._linger * 1000), max_batch_size=BATCH_BYTES,
                )  # fmt: skip
                try:
                    await started(producer)
                    self._producer = producer
                except KafkaError as error:
                    raise ConnectionError("the broker cannot be reached") from error
                finally:
                    if self._producer is None:
                        await _stop(producer)
            return self._producer

    async def _replace(self, producer: AIOKafkaProducer) -> None:
        """Drop a producer that failed: it has given a number that the broker never saw."""
        if self._producer is producer:
            self._producer = None
            await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
    except TimeoutError:
        # An idempotent producer flushes for ever what no broker takes; only its parts let go.
        producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
        await producer._sender.close()  # noqa: SLF001
        await producer.client.close()
