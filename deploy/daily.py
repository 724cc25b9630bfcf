"""Once a day the house looks at its own record, in a process of its own, and says what does not hold."""

import asyncio
from collections.abc import Sequence

import structlog

from deploy import auditing
from deploy.services import PUBLISHING
from deploy.stored import Where
from services.chassis import metrics

FIRST_SECONDS, DAY_SECONDS = 300.0, 86_400.0
"""How long after its start the first time, how often after that."""
log = structlog.get_logger()


async def verifying(where: Where, services: Sequence[str] = PUBLISHING, first: float = FIRST_SECONDS) -> None:
    """Follow the ledgers of these services once a day, for ever."""
    await asyncio.sleep(first)
    while True:
        try:
            tell(await auditing.verify(where, 1, lambda _done, _of: None, services))
        except Exception:
            log.exception("the record could not be looked at; it is tried again tomorrow")
        await asyncio.sleep(DAY_SECONDS)


def tell(found: auditing.Found) -> None:
    """Count what does not hold, and log it."""
    metrics.UNSOUND.clear()
    for flaw in found.flaws:
        metrics.UNSOUND.labels("store").set(1)
        log.error("THE STORE IS DAMAGED", flaw=flaw)
    for each in found.verified:
        metrics.UNSOUND.labels(each["ledger"]).set(not each["sound"])
        if (fault := each["fault"]) is not None:
            log.error("A LEDGER DOES NOT HOLD", ledger=each["ledger"], **fault)
