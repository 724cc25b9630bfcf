"""The relay: entries from a journal to the bus, each ledger in order, at least once.

A mark per ledger moves after the broker's acknowledgement. Relays share the work by leases; one
that dies loses them, and what it had sent without moving the mark is sent again.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from events.bus.port import MOST_ENTRIES, Gap
from events.catalogue.envelope import opening

PAUSE_SECONDS = 1.0
"""How long a ledger is left alone that another relay holds, or whose entries were not taken."""
log = structlog.get_logger()


class Kept(Protocol):
    """What the relay needs of a journal."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...


class Outbox(Protocol):
    """How far each ledger was relayed, and who relays it; kept in the journal's store."""

    async def waiting(self) -> Mapping[str, int]:
        """Give ledgers hinted to hold entries not relayed yet, with their relay mark.

        Cheap; a hint may be missed.
        """
        ...

    async def behind(self) -> Mapping[str, int]:
        """Give every ledger whose head is above its relay mark, exactly; dearer; asked once a minute."""
        ...

    async def lease(self, ledger: str, owner: str, seconds: float) -> int | None:
        """Take or renew a ledger; give its mark, or None while another holds it."""
        ...

    async def relayed(self, ledger: str, owner: str, mark: int) -> bool:
        """Move the mark after the broker's acknowledgement, never backwards; False: the lease was lost."""
        ...

    async def release(self, owner: str) -> None:
        """Let go of every ledger that `owner` holds."""
        ...


class Publisher(Protocol):
    """Where the relay brings entries."""

    async def publish(self, ledger: str, entries: Sequence[bytes]) -> None:
        """Send consecutive entries of one ledger; all are acknowledged when this returns.

        Raises:
            ConnectionError: when they were refused, and how many were taken is not known.

        """
        ...


class Relay:
    """Relays one journal. `owner` names this relay among those that share the work.

    Every `poll` seconds it looks for hints, every `sweep` seconds for what no hint told;
    `at_once` ledgers are under way at a time; a lease is for `lease` seconds.
    """

    def __init__(  # noqa: PLR0913 - ports and settings, each by its name
        self, journal: Kept, outbox: Outbox, publisher: Publisher, owner: str, *,
        poll: float = 0.15, sweep: float = 60.0, lease: float = 15.0, at_once: int = 32,
    ) -> None:  # fmt: skip
        self._journal, self._outbox, self._publisher, self._owner = journal, outbox, publisher, owner
        self._poll, self._sweep, self._lease, self._at_once = poll, sweep, lease, at_once
        self._ledgers: asyncio.Queue[str] = asyncio.Queue()
        self._known = set[str]()
        self._rests = dict[str, float]()
        self.sent = 0
        """How many entries this relay has sent."""

    async def run(self) -> None:
        """Relay for ever; let go of the ledgers when cancelled."""
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self._at_once):
                    workers.create_task(self._work())
                await self._look()
        finally:
            try:
                await self._outbox.release(self._owner)
            except ConnectionError as error:
                log.warning("leases not released", error=type(error).__name__)  # they end by themselves

    async def _look(self) -> None:
        swept = -self._sweep
        while True:
            try:
                if time.monotonic() - swept >= self._sweep:
                    found = await self._outbox.behind()
                    swept = time.monotonic()
                else:
                    found = await self._outbox.waiting()
                self._hand_out(found)
            except ConnectionError as error:
                log.warning("outbox away", error=type(error).__name__)
            await asyncio.sleep(self._poll)

    def _hand_out(self, found: Mapping[str, int]) -> None:
        now = time.monotonic()
        self._rests = {ledger: until for ledger, until in self._rests.items() if until > now}
        for ledger in found.keys() - self._known - self._rests.keys():
            self._known.add(ledger)
            self._ledgers.put_nowait(ledger)

    async def _work(self) -> None:
        while True:
            ledger = await self._ledgers.get()
            rest = PAUSE_SECONDS
            try:
                if await self._carry(ledger):
                    rest = 0
            except ConnectionError as error:
                log.warning("ledger not relayed", ledger=ledger, error=str(error))
            except Gap:
                log.exception("the journal misses an entry", ledger=ledger)
                rest = self._sweep
            self._rests[ledger] = time.monotonic() + rest
            self._known.discard(ledger)

    async def _carry(self, ledger: str) -> bool:
        """Send what a ledger has; tell whether this relay held it to the end."""
        full = True
        while full:
            mark = await self._outbox.lease(ledger, self._owner, self._lease)
            if mark is None:
                return False
            entries = await self._journal.fetch(ledger, mark, MOST_ENTRIES)
            if entries:
                _assert_consecutive(ledger, mark, entries)
                await self._publisher.publish(ledger, entries)
                if not await self._outbox.relayed(ledger, self._owner, mark + len(entries)):
                    return False
                self.sent += len(entries)
            full = len(entries) == MOST_ENTRIES
        return True


def _assert_consecutive(ledger: str, mark: int, entries: Sequence[bytes]) -> None:
    for sequence, entry in enumerate(entries, mark + 1):
        if not entry.startswith(opening(ledger, sequence)):
            raise Gap(f"{ledger}/{sequence} is missing")
