"""A distributed house of processes for tests, and how one waits until it stands still."""

import asyncio
import secrets
from base64 import b64decode
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from deploy.backing import Stores
from deploy.cluster import backing, clustered
from deploy.composed import Composed
from deploy.ledgers import Ledgers
from deploy.services import PUBLISHING, SERVICES
from events.bus.port import After, Batch
from events.journal.mongo import MongoJournal

SETTLING_SECONDS = 120.0


@dataclass(slots=True)
class Processes:
    """The parts at work; the stores under them, opened beside them; the ledgers as they are published."""

    composed: Composed
    stores: Stores
    ledgers: Ledgers
    journals: Mapping[str, MongoJournal]

    @property
    def source(self) -> "Owners":
        """Give the published ledgers as a bus to fold from."""
        return Owners(self)

    async def settled(self) -> None:
        """Wait until every entry is relayed, folded and reacted to, and none has come meanwhile.

        What the parts say of themselves stands on hints, which die with who should give them.
        """
        async with asyncio.timeout(SETTLING_SECONDS):
            before = None
            while (now := await self.heads()) != before or await self._behind():
                await self.composed.settled()
                before = now

    async def heads(self) -> Mapping[str, int]:
        """Give the last sequence of every ledger, from the stores."""
        found = [await each.heads() for each in self.journals.values()]
        return {name: head.sequence for heads in found for name, head in heads.items()}

    async def _behind(self) -> bool:
        return any([await each.outbox.behind() for each in self.journals.values()])


@dataclass(frozen=True, slots=True)
class Owners:
    """A bus of which only the owners' ledgers are asked, and the stores for their heads."""

    standing: Processes

    def follow(self, _group: str, _services: Collection[str], _after: After) -> AsyncGenerator[Batch, None]:
        """Follow nothing."""
        raise NotImplementedError

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give entries as their owner publishes them."""
        return await self.standing.ledgers.fetch(ledger, after, limit)

    async def heads(self, services: Collection[str]) -> Mapping[str, int]:
        """Give the last sequence of each ledger of services."""
        found = await self.standing.heads()
        return {name: head for name, head in found.items() if name.partition("/")[0] in services}


async def dropped(stores: Stores) -> None:
    """Drop every database of a house: `MONGO_URL` may be of a server that stays."""
    names = ["house", "vault", "keys", "accounts", "notes"]
    names += [*(f"journal_{name}" for name in PUBLISHING), *(f"shelf_{each.name}" for each in SERVICES)]
    for name in names:
        await (await stores.kept(stores.database(name))).drop()


@asynccontextmanager
async def processes(
    folder: Path, mongo: str, kafka: str, example: str | None = None, **settings: str
) -> AsyncIterator[Processes]:
    """Run a house of its own names on these servers; its databases are dropped afterwards."""
    told = {"MANDATE_HOUSE": f"t{secrets.token_hex(6)}", "MANDATE_MONGO_STANDALONE": "true", **settings}
    out = Console(quiet=True)
    async with (
        AsyncExitStack() as closing,
        clustered(folder, mongo, kafka, example, settings=told, out=out) as standing,
    ):
        master = (folder / "parts" / "secrets" / "master_key").read_bytes()
        reached = backing(mongo, kafka, told).model_copy(update={"services": standing.services})
        stores = await Stores.open(closing, reached, b64decode(master))
        closing.push_async_callback(dropped, stores)
        journals = {name: await stores.journal(name) for name in PUBLISHING}
        yield Processes(standing, stores, await stores.ledgers(), journals)
