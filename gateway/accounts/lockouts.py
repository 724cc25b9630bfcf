"""Failures that several gateways count together, on MongoDB.

A counter is a row of turns, the last of which says how often was failed; each is taken by an
insert that only one can make, so that of parallel guesses every one is counted.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress

from events.drivers.motor import Collection
from events.drivers.settling import settled
from events.drivers.terms import DuplicateKey, Index
from gateway.accounts.values import FORGOTTEN_SECONDS, Failures, counters

Step = Callable[[Failures], Failures | None]
INDEXES = (Index("turn", [("counter", 1), ("turn", 1)], unique=True), Index("last", [("last", 1)]))


class Lockouts:
    """The counters of logins and addresses in a collection."""

    def __init__(self, failures: Collection) -> None:
        self._failures = failures

    async def begin(self) -> None:
        """Look whether the indexes fit."""
        await self._failures.indexes(INDEXES)

    async def admit(self, login: str, address: str, now: int) -> int:
        """Count an attempt as failed and let it go ahead (0), or give the seconds to wait."""
        asked = counters(login, address)
        wait = max([(await self._stands(name)).wait(allowed, now) for name, allowed in asked.items()])
        counted = list[str]()
        for name, allowed in asked.items():
            if not wait:
                wait = await self._count(name, allowed, now)
                counted.append(name)
        if wait:  # of those counted the last was not, when somebody was faster
            for name in counted[:-1]:
                await self._change(name, _one_less)
        return wait

    async def _count(self, counter: str, allowed: int, now: int) -> int:
        def step(stands: Failures) -> Failures | None:
            return None if stands.wait(allowed, now) else stands.counted(now)

        stands = await self._change(counter, step)
        return 0 if stands is None else stands.wait(allowed, now)

    async def forgive(self, login: str, address: str) -> None:
        """Forget the login's failures, take one off the address."""
        for counter, step in zip(counters(login, address), (_none, _one_less), strict=True):
            await self._change(counter, step)

    async def forget(self, login: str) -> None:
        """Remove the login's own counter."""
        own, _ = counters(login, "")
        await self._failures.delete_many({"counter": own})

    async def sweep(self, now: int) -> None:
        """Remove what a day has passed over."""
        await self._failures.delete_many({"last": {"$lte": now - FORGOTTEN_SECONDS}})

    async def _stands(self, counter: str) -> Failures:
        return (await settled(lambda: self._last(counter)))[1]

    async def _last(self, counter: str) -> tuple[int, Failures, str]:
        """Give the last turn of a counter, what stands since, and who took it."""
        rows = await self._failures.find({"counter": counter}, sort=[("turn", -1)], limit=1)
        return next(((row["turn"], Failures(row["count"], row["last"]), row["by"]) for row in rows), NOTHING)

    async def _change(self, counter: str, step: Step) -> Failures | None:
        """Go on from what stands; where no step leads on, give what stands."""
        stamp = secrets.token_hex(8)  # tells after a lost answer who it was
        return await settled(lambda: self._changed(counter, step, stamp))

    async def _changed(self, counter: str, step: Step, stamp: str) -> Failures | None:
        while True:
            turn, stands, by = await self._last(counter)
            after = None if by == stamp else step(stands)
            if after is None:
                return None if by == stamp else stands
            row = {"_id": f"{counter}/{turn + 1}", "counter": counter, "turn": turn + 1}
            with suppress(DuplicateKey):  # somebody was faster: go on from his
                await self._failures.insert_one(row | {"count": after.count, "last": after.last, "by": stamp})
                return None


NOTHING = (0, Failures(), "")


def _none(stands: Failures) -> Failures | None:
    return Failures(0, stands.last) if stands.count else None


def _one_less(stands: Failures) -> Failures | None:
    return Failures(stands.count - 1, stands.last) if stands.count else None
