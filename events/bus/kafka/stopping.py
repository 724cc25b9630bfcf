"""Stopping a consumer of aiokafka, which may hang over it, or pass on a cancellation that is not ours."""

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

CLOSE_SECONDS = 5.0
log = structlog.get_logger()


async def stopped(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer, in whatever state it is, within some seconds; again is harmless."""
    stopping = asyncio.create_task(consumer.stop())
    try:
        await asyncio.wait({stopping}, timeout=CLOSE_SECONDS)
    finally:
        stopping.cancel()
    fault: BaseException | None
    (fault,) = await asyncio.gather(stopping, return_exceptions=True)
    # A fetch of its own that paused when it was cancelled cancels whoever stops it.
    if isinstance(fault, KafkaError | asyncio.CancelledError):
        log.warning("consumer let go", error=type(fault).__name__)
        await _let_go(consumer)
    elif fault is not None:
        raise fault


async def _let_go(consumer: AIOKafkaConsumer) -> None:
    """Do what `stop` had yet to do: only its parts can do it."""
    if (coordinator := consumer._coordinator) is not None:  # noqa: SLF001
        await coordinator._stop_heartbeat_task()  # noqa: SLF001
        await coordinator._stop_commit_offsets_refresh_task()  # noqa: SLF001
    if (fetcher := consumer._fetcher) is not None:  # noqa: SLF001
        fetches = [*fetcher._pending_tasks]  # noqa: SLF001
        for each in fetches:
            each.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)
        fetcher._pending_tasks.clear()  # noqa: SLF001
        await fetcher.close()
    await consumer._client.close()  # noqa: SLF001
