"""The embedded bus: the journal itself, tailed; no copy, no second truth."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Protocol

from events.bus import pages
from events.bus.port import After, Batch, Source

TURN = 40
"""So many batches in a row a ledger may have that is behind, before the next one has its turn."""
GATHERING = 0.02
"""Who follows comes at most so often (seconds): what many commits wrote is folded and written once."""


class Tailed(Source, Protocol):
    """What the bus needs of a journal."""

    async def changed(self, seen: int) -> int:
        """Wait until there were more than `seen` commits; give their count, from 0."""
        ...


class EmbeddedBus:
    """The port on a journal of the same process."""

    def __init__(self, source: Tailed) -> None:
        self._source = source

    async def follow(
        self,
        group: str,  # noqa: ARG002 - nobody shares the work of one process
        services: Collection[str],
        after: After,
    ) -> AsyncGenerator[Batch, None]:
        """Give every entry of the ledgers of `services`; see the port.

        Ledgers that are behind take turns, those first that lack least.
        """
        marks: dict[str, int] = {}
        seen, began = -1, 0.0
        while True:
            # The count comes before the heads: what is committed in between wakes us again.
            seen = await self._source.changed(seen)
            if began + GATHERING > (now := monotonic()):
                await asyncio.sleep(began + GATHERING - now)
            began = monotonic()
            while behind := await self._behind(services, after, marks):
                for ledger in sorted(behind, key=lambda each: behind[each] - marks[each]):
                    for _ in range(TURN):
                        batch = await pages.page(self._source, ledger, marks[ledger])
                        marks[ledger] += len(batch.entries)
                        yield (batch := replace(batch, more=marks[ledger] < behind[ledger]))
                        if not batch.more:
                            break

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`."""
        return await self._source.fetch(ledger, after, limit)

    async def heads(self, services: Collection[str]) -> Mapping[str, int]:
        """Give the last sequence of each ledger of `services`."""
        return await pages.heads(self._source, services)

    async def _behind(
        self, services: Collection[str], after: After, marks: dict[str, int]
    ) -> Mapping[str, int]:
        heads = await self.heads(services)
        for ledger in heads.keys() - marks.keys():
            marks[ledger] = await after(ledger)
        return {ledger: head for ledger, head in heads.items() if marks[ledger] < head}
