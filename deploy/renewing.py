"""Services at work beside other processes of the same services: what those decide counts here too."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from deploy.readiness import spent
from deploy.serving import Broken
from services.chassis.running import Running

log = structlog.get_logger()
RENEW_SECONDS = 2.0


@asynccontextmanager
async def renewing(opened: Sequence[Running]) -> AsyncIterator[Sequence[Running]]:
    """Keep up with what operators and other processes decide; stop everything at the end.

    Raises:
        Broken: when a journal can promise nothing any more, or what follows ledgers died:
            a fresh process may open it again, and goes on.

    """

    async def renew() -> None:
        while not (why := spent(opened)):
            await asyncio.sleep(RENEW_SECONDS)
            for each in opened:
                try:
                    await each.renew()
                except ConnectionError:
                    log.warning("the shelf is away", service=each.service.name)
        raise Broken(why)

    task = asyncio.create_task(renew(), name="renew")
    task.add_done_callback(_told_to_stop)
    try:
        yield opened
    finally:
        task.remove_done_callback(_told_to_stop)
        task.cancel()
        for each in opened:
            await each.stop()
    with suppress(asyncio.CancelledError):
        await task


def _told_to_stop(_: object) -> None:
    signal.raise_signal(signal.SIGTERM)
