"""Whether the services of one process work, and how far they are behind."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from deploy.signing import Signatory
from events.journal.port import Head
from events.relay import Outbox
from gateway.accounts.port import Accounts
from services.chassis import metrics
from services.chassis.running import Running
from services.chassis.web.health import Ready

log = structlog.get_logger()


class Relayed(Protocol):
    """A journal that is relayed."""

    @property
    def outbox(self) -> Outbox:
        """Give how far it is."""
        ...

    async def hinted(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`, as far as it is told."""
        ...


def broken(opened: Sequence[Running]) -> BaseException | None:
    """Give what broke the journal of one of these services, if anything did."""
    return next(filter(None, (each.ports.journal.broken for each in opened)), None)


def spent(opened: Sequence[Running]) -> str:
    """Say why this process must end and a fresh one begin, if it must: a journal broke, or a task died."""
    if (cause := broken(opened)) is not None:
        return f"the store failed ({cause}); nothing more was promised"
    for each in opened:
        if (cause := each.died_of()) is not None:
            log.error("a task died", failed=each.failed(), exc_info=cause)
            return f"{', '.join(each.failed())} died ({cause!r}); a fresh process goes on where it stood"
    return ""


def readiness(opened: Sequence[Running]) -> Ready:
    """Tell whether every task runs and the stores answer; lag and blocked ledgers are counted."""

    async def ready() -> Mapping[str, Any]:
        failed = [name for each in opened for name in each.failed()]
        if (cause := broken(opened)) is not None:
            failed.append(f"journal: {type(cause).__name__}")
        blocked = [
            f"{name} {ledger}/{found.sequence}" for each in opened
            for name, following in each.followings.items() for ledger, found in following.stopped.items()
        ]  # fmt: skip
        lags = dict[str, int]()
        try:
            heads = await _heads(opened)
            for each in opened:
                await each.ports.journal.hinted(f"{each.service.name}/")  # it answers, whatever is followed
            for found in await asyncio.gather(*(_lags(each, heads) for each in opened)):
                lags |= found
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
                waiting = await journal.outbox.waiting()
                heads = await journal.hinted(f"{name}/") if waiting else {}
                backlog[name] = sum(heads[ledger].sequence - mark for ledger, mark in waiting.items())
                metrics.BACKLOG.labels(name).set(backlog[name])
        except ConnectionError as error:
            failed.append(f"{type(error).__name__}: {error}")
        return {"ready": not failed, "failed": failed, "blocked": [], "backlog": backlog}

    return ready


def letting_in(accounts: Accounts) -> Ready:
    """Tell whether people can sign in: the accounts answer."""

    async def ready() -> Mapping[str, Any]:
        failed = list[str]()
        try:
            await accounts.of("")
        except ConnectionError as error:
            failed.append(f"{type(error).__name__}: {error}")
        return {"ready": not failed, "failed": failed, "blocked": []}

    return ready


def notarizing(signing: Signatory) -> Ready:
    """Tell whether the notary works; what is refused or not cosigned is counted."""

    async def ready() -> Mapping[str, Any]:
        failed, refused = list(signing.failed()), dict(signing.notary.refused)
        return {"ready": not failed, "failed": failed, "blocked": [], "refused": refused}

    return ready


async def _heads(opened: Sequence[Running]) -> Mapping[str, int]:
    """Give the heads of all that is followed here; each owner is asked once."""
    followed = {name for each in opened for one in each.followings.values() for name in one.services}
    return await opened[0].ports.bus.heads(sorted(followed)) if followed else {}


async def _lags(running: Running, heads: Mapping[str, int]) -> Mapping[str, int]:
    """Give how far each view is behind, in all; counted by ledger too."""
    lags = dict[str, int]()
    for name, following in running.followings.items():
        lags[name], marks = 0, await following.marks.refresh()
        for ledger, head in heads.items():
            if ledger.partition("/")[0] in following.services:
                lag = max(head - marks.get(ledger, 0), 0)
                metrics.LAG.labels(f"{running.service.name}/{name}", ledger).set(lag)
                lags[name] += lag
    return lags
