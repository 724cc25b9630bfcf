"""The embedded bus: the journal itself, tailed; no copy, no second truth."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from typing import Protocol

from events.bus.port import Batch, Gap
from events.catalogue.envelope import opening

MOST_ENTRIES = 500


class Position(Protocol):
    """Where a ledger stands."""

    @property
    def sequence(self) -> int:
        """Give the sequence of its last entry."""
        ...


class Source(Protocol):
    """What the bus needs of a journal."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, Position]:
        """Give the position of every ledger whose name begins with `prefix`."""
        ...

    async def changed(self, seen: int) -> int:
        """Wait until there were more than `seen` commits; give their count, from 0."""
        ...


class EmbeddedBus:
    """The port on a journal of the same process."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def follow(self, services: Collection[str], after: Callable[[str], int]) -> AsyncIterator[Batch]:
        """Give every entry of the ledgers of `services`; see the port.

        Ledgers that are behind take turns, a batch of at most 500 entries each.
        """
        marks: dict[str, int] = {}
        seen = -1
        while True:
            # The count comes before the heads: what is committed in between wakes us again.
            seen = await self._source.changed(seen)
            while behind := await self._behind(services, after, marks):
                for ledger in behind:
                    batch = await self._next(ledger, marks[ledger])
                    marks[ledger] += len(batch.entries)
                    yield batch

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`."""
        return await self._source.fetch(ledger, after, limit)

    async def heads(self, services: Collection[str]) -> Mapping[str, int]:
        """Give the last sequence of each ledger of `services`."""
        return {
            ledger: position.sequence
            for service in services
            for ledger, position in (await self._source.heads(f"{service}/")).items()
        }

    async def _behind(
        self, services: Collection[str], after: Callable[[str], int], marks: dict[str, int]
    ) -> Sequence[str]:
        heads = await self.heads(services)
        marks |= {ledger: after(ledger) for ledger in heads.keys() - marks.keys()}
        return [ledger for ledger, head in heads.items() if marks[ledger] < head]

    async def _next(self, ledger: str, mark: int) -> Batch:
        entries = await self._source.fetch(ledger, mark, MOST_ENTRIES)
        if not entries:
            raise Gap(f"{ledger}/{mark + 1} is missing")
        for sequence, entry in enumerate(entries, mark + 1):
            if not entry.startswith(opening(ledger, sequence)):
                raise Gap(f"{ledger}/{sequence} is missing")
        return Batch(ledger, entries)
