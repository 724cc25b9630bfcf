"""A distributed house as it lies in its stores, for who audits it: opened beside the processes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy.services import PUBLISHING
from deploy.signing import beside
from deploy.stored import PAGE, Kept, Noted
from events.journal.port import Stored
from events.notary.port import Notes
from services.chassis.shelf.port import Shelf

if TYPE_CHECKING:
    from deploy.backing import Backing, Stores
    from events.journal.mongo import MongoJournal


@dataclass(frozen=True, slots=True)
class InStores:
    """A distributed house: by its settings, or those of the environment."""

    backing: "Backing | None" = None
    master: bytes | None = field(default=None, repr=False)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Kept]:
        """Open the stores beside the processes."""
        from deploy.backing import Stores  # noqa: PLC0415 - the embedded house has no driver of MongoDB

        async with AsyncExitStack() as closing:
            yield _Databases(await Stores.open(closing, self.backing, self.master))

    async def keyed(self) -> None:
        """See that who audits beside the notary has the house's keys.

        Raises:
            KeyElsewhere: when he has not.

        """
        from deploy.backing import Stores  # noqa: PLC0415 - as above

        async with AsyncExitStack() as closing:
            stores = await Stores.open(closing, self.backing, self.master)
            await beside(stores.identity.name, stores.identity.master, await stores.notes())


class _Databases(Noted):
    def __init__(self, stores: "Stores") -> None:
        self.stores, self.name, self.master = stores, stores.identity.name, stores.identity.master
        self._journals: dict[str, MongoJournal] = {}
        self._shelves: dict[str, Shelf] = {}
        self._notes: Notes | None = None

    async def notes(self) -> Notes | None:
        self._notes = self._notes or await self.stores.notes()
        return self._notes

    async def heads(self) -> Mapping[str, int]:
        found = dict(await self.missed())
        for service in PUBLISHING:
            heads = await (await self._journal(service)).heads()
            found |= {ledger: head.sequence for ledger, head in heads.items()}
        return found

    async def rows(self, ledger: str, after: int) -> Sequence[Stored]:
        journal = await self._journal(ledger.partition("/")[0])
        return await journal.stored(ledger, after, PAGE)

    async def flaws(self) -> Sequence[str]:
        return ()  # a server looks after its own files

    async def shelf(self, service: str, *, again: bool = False) -> Shelf:  # noqa: ARG002 - it asks each time
        if service not in self._shelves:
            self._shelves[service] = await self.stores.shelf(service)
        return self._shelves[service]

    async def _journal(self, service: str) -> "MongoJournal":
        if service not in self._journals:
            self._journals[service] = await self.stores.journal(service)
        return self._journals[service]
