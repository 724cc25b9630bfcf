"""`mandate audit`: every ledger looked at, in parallel over processes, and what was found kept.

Who audits reads beside the house and stops nothing. The last reports of each congress stand on the
shelf of each service, where the front door finds them; beside them what is wrong with the store itself.
"""

import asyncio
import contextlib
import multiprocessing
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any

from deploy import looking
from deploy.looking import Moved
from deploy.services import PUBLISHING
from deploy.stored import Kept, Where
from events.catalogue.envelope import instant
from events.drivers.apsw import Unreadable
from services.chassis.auditing.reports import DRIFT, EVERY, REPORTS, STORE, VERIFY, Drifted, Store, Verified
from services.chassis.clock import OffsetClock

BATCHES = 4  # for each process, so that a long one holds nobody up for long
POLL_SECONDS = 0.1
Progress = Callable[[int, int], None]
Task = tuple[str, str]
"""What is looked at (`VERIFY`, `DRIFT`), and in which view (`all`)."""
_told: "Queue[int] | None" = None


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit found: of the store itself, and of each ledger."""

    flaws: Sequence[str]
    verified: Sequence[Verified] = ()
    drifted: Sequence[Drifted] = ()

    @property
    def sound(self) -> bool:
        """Tell whether nothing differs."""
        whole = all(each["sound"] for each in self.verified)
        return not self.flaws and whole and not any(each["differing"] for each in self.drifted)


async def verify(
    where: Where, workers: int, progress: Progress, services: Sequence[str] = PUBLISHING
) -> Found:
    """Follow every ledger of these services, and look at the store itself meanwhile."""
    async with where.opened() as kept:
        every, unread = await _asked(kept.heads)
        heads = {name: head for name, head in (every or {}).items() if name.partition("/")[0] in services}
        checking = asyncio.create_task(_asked(kept.flaws))
        try:
            found = await _everywhere(where, (VERIFY, "all"), heads, workers, progress)
            said, unchecked = await checking
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
        flaws = list(dict.fromkeys((*(said or ()), *unchecked, *unread)))
        for service in services:
            report = Store(ran=instant(OffsetClock().now()), flaws=flaws)
            await _keep(kept, service, EVERY, STORE, report)
        for each in found:
            service, congress = each["ledger"].split("/")
            await _keep(kept, service, congress, VERIFY, each)
    return Found(flaws, verified=found)


async def _asked(ask: Callable[[], Awaitable[Any]]) -> tuple[Any, Sequence[str]]:
    """Give what the store says of itself; or None, and why it cannot."""
    try:
        return await ask(), ()
    except Unreadable as error:
        return None, (f"the journal cannot be read: {error}",)


async def drift(where: Where, view: str, workers: int, progress: Progress) -> Found:
    """Compare every view of this name, or `all`, with its replay."""
    async with where.opened() as kept:
        heads = await kept.heads()
        found: Sequence[Drifted] = await _everywhere(where, (DRIFT, view), heads, workers, progress)
        by_owner: dict[tuple[str, str], list[Drifted]] = {}
        for each in found:
            owner = each["service"], each["ledger"].partition("/")[2]
            by_owner.setdefault(owner, []).append(each)
        for (service, congress), views in by_owner.items():
            await _keep_views(kept, service, congress, views)
    return Found((), drifted=found)


async def _everywhere(
    where: Where, task: Task, heads: Mapping[str, int], workers: int, progress: Progress
) -> Sequence[Any]:
    """Look at ledgers in processes (0: in this one); the results by ledger."""
    total, done = sum(heads.values()), 0

    def moved(entries: int) -> None:
        nonlocal done
        done += entries
        progress(min(done, total), total)

    if workers == 0:
        found = await looked(where, task, heads, moved)
    else:
        found = await _shared(where, task, batches(heads, workers * BATCHES), workers, moved)
    return sorted(found, key=lambda each: (each["ledger"], each.get("service", ""), each.get("view", "")))


async def looked(where: Where, task: Task, heads: Mapping[str, int], moved: Moved) -> list[Any]:
    """Look at these ledgers, one after the other."""
    found = list[Any]()
    async with where.opened() as kept:
        for ledger, head in heads.items():
            if task[0] == VERIFY:
                of_ledger: Sequence[Any] = [await looking.verified(kept, ledger, head, moved)]
            else:
                of_ledger = await looking.drifted(kept, ledger, task[1], moved)
            ran = instant(OffsetClock().now())
            found += [{**each, "ran": ran} for each in of_ledger]
    return found


def batches(heads: Mapping[str, int], most: int) -> Sequence[Mapping[str, int]]:
    """Part ledgers into at most so many batches of about as many entries each, the longest first."""
    parts: list[dict[str, int]] = [{} for _ in range(min(most, len(heads)))]
    sizes = [0] * len(parts)
    for ledger, head in sorted(heads.items(), key=lambda each: -each[1]):
        least = sizes.index(min(sizes))
        parts[least][ledger] = head
        sizes[least] += head + 1
    return parts


async def _shared(
    where: Where, task: Task, parts: Sequence[Mapping[str, int]], workers: int, moved: Moved
) -> list[Any]:
    context = multiprocessing.get_context("spawn")
    told: Queue[int] = context.Queue()
    loop, most = asyncio.get_running_loop(), min(workers, len(parts)) or 1
    pool = ProcessPoolExecutor(most, context, _begin, (told,))
    try:
        jobs = [loop.run_in_executor(pool, _work, where, task, part) for part in parts]
        waiting: set[asyncio.Future[Any]] = set(jobs)
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=POLL_SECONDS)
            with contextlib.suppress(Empty):
                while True:
                    moved(told.get_nowait())
        await asyncio.to_thread(pool.shutdown)
        return [each for job in jobs for each in job.result()]
    except BaseException:  # who waits for them goes away: the pool's are all the children there are
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise


def _begin(told: "Queue[int]") -> None:
    global _told  # noqa: PLW0603 - a process of the pool is given it once, and nothing else lasts
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits


def _work(where: Where, task: Task, heads: Mapping[str, int]) -> list[Any]:
    return asyncio.run(looked(where, task, heads, _told.put if _told else lambda _entries: None))


async def _keep_views(kept: Kept, service: str, congress: str, views: Sequence[Drifted]) -> None:
    """Put what was found now in the place of what was found before of the views that there still are."""
    shelf = await kept.shelf(service)
    await shelf.declare(REPORTS)
    before = (await shelf.get(congress, REPORTS, service, [DRIFT])).get(DRIFT, {"views": []})
    named = {(each["view"], each["ledger"]): each for each in (*before["views"], *views)}
    standing = [each for _, each in sorted(named.items()) if _folded(service, each)]
    report = {"sound": not any(each["differing"] for each in standing), "views": standing}
    await _keep(kept, service, congress, DRIFT, report)


def _folded(service: str, report: Drifted) -> bool:
    """Tell whether a service folds the view of a report in this version still."""
    views = looking.folding(report["ledger"].partition("/")[0], report["view"])
    return (service, report["version"]) in {(owner, view.version) for owner, view in views}


async def _keep(kept: Kept, service: str, congress: str, name: str, report: Any) -> None:  # noqa: ANN401 - JSON
    shelf = await kept.shelf(service)
    await shelf.declare(REPORTS)
    mark = time.time_ns() // 1_000
    await shelf.put(congress, REPORTS, service, {name: (mark, report)}, mark)
