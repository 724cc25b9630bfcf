"""Whether the services of one process work, and how far they are behind."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from deploy.signing import Signatory
from events.journal.port import Head
from events.relay import Outbox
from services.chassis import metrics
from services.chassis.running import Running
from services.chassis.web.health import Ready


class Relayed(Protocol):
    """A journal that is relayed."""

    @property
    def outbox(self) -> Outbox:
        """Give how far it is."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`."""
        ...


def readiness(opened: Sequence[Running]) -> Ready:
    """Tell whether every task runs and the stores answer; lag and blocked ledgers are counted."""

    async def ready() -> Mapping[str, Any]:
        failed = [name for each in opened for name in each.failed()]
        blocked = [
            f"{name} {ledger}/{found.sequence}" for each in opened
            for name, following in each.followings.items() for ledger, found in following.stopped.items()
        ]  # fmt: skip
        lags = dict[str, int]()
        try:
            for each in opened:
                lags |= await _lags(each)
        except ConnectionError as error:
            failed.append(f"{type(error).__name__}: {error}")
        return {"ready": not failed, "failed": failed, "blocked": blocked, "lag": lags}

    return ready


def relaying(tasks: Sequence[asyncio.Task[None]], journals: Mapping[str, Relayed]) -> Ready:
    """Tell whether every relay runs, and how many entries of each service wait for the broker."""

    async def ready() -> Mapping[str, Any]:
        failed = [task.get_name() for task in tasks if task.done()]
        backlog = dict[str, int]()
        try:
            for name, journal in journals.items():
                behind, heads = await journal.outbox.behind(), await journal.heads(f"{name}/")
                backlog[name] = sum(heads[ledger].sequence - mark for ledger, mark in behind.items())
                metrics.BACKLOG.labels(name).set(backlog[name])
        except ConnectionError as error:
            failed.append(f"{type(error).__name__}: {error}")
        return {"ready": not failed, "failed": failed, "blocked": [], "backlog": backlog}

    return ready


def notarizing(signing: Signatory) -> Ready:
    """Tell whether the notary works; what is refused or not cosigned is counted."""

    async def ready() -> Mapping[str, Any]:
        failed, refused = list(signing.failed()), dict(signing.notary.refused)
        return {"ready": not failed, "failed": failed, "blocked": [], "refused": refused}

    return ready


async def _lags(running: Running) -> Mapping[str, int]:
    """Give how far each view is behind, in all; counted by ledger too."""
    lags, heads = dict[str, int](), dict[str, int]()
    for service in {each for following in running.followings.values() for each in following.services}:
        heads |= await running.ports.bus.heads([service])
    for name, following in running.followings.items():
        lags[name], marks = 0, await following.marks.refresh()
        for ledger, head in heads.items():
            if ledger.partition("/")[0] in following.services:
                lag = max(head - marks.get(ledger, 0), 0)
                metrics.LAG.labels(f"{running.service.name}/{name}", ledger).set(lag)
                lags[name] += lag
    return lags
