"""`mandate export | import --distributed`: a congress goes into, or out of, a distributed house.

The stores are opened beside the processes, which see a mark at their next append and relay and
fold what was taken over by themselves.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from deploy import moving, recomputing
from deploy.backing import Stores
from deploy.services import PUBLISHING
from deploy.signing import beside
from events.journal.mongo import MongoJournal
from events.journal.moving import KeyRow, Why
from events.journal.port import Head
from events.notary.proving import Proving
from events.notary.signing import readmitted
from events.proof.checkpoint import origin
from events.proof.note import Signer
from events.vault.mongo import MongoVault
from services.chassis.clock import Clock

HINT_SECONDS, HINTS_ASKED = 0.5, 20


@dataclass(frozen=True, slots=True)
class Journals:
    """The journals of all services as one: each ledger is its own service's."""

    by_service: Mapping[str, MongoJournal]

    @classmethod
    async def open(cls, stores: Stores) -> "Journals":
        """Open the journal of every service that publishes."""
        return cls({name: await stores.journal(name) for name in PUBLISHING})

    def of(self, ledger: str) -> MongoJournal:
        """Give the journal that a ledger is in."""
        return self.by_service[ledger.partition("/")[0]]

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`."""
        found = dict[str, Head]()
        for name, each in self.by_service.items():
            if f"{name}/".startswith(prefix) or prefix.startswith(f"{name}/"):
                found |= await each.heads(prefix)
        return found

    async def changed(self, seen: int) -> int:
        """Wait until hints tell of more than `seen` entries, or for a while, as a hint may be lost."""
        for _ in range(HINTS_ASKED):
            told = [await each.outbox.hinted() for each in self.by_service.values()]
            hinted = sum(head.sequence for heads in told for head in heads.values())
            if hinted != seen:
                return hinted
            await asyncio.sleep(HINT_SECONDS)
        return seen

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give entries of a ledger in order."""
        return await self.of(ledger).fetch(ledger, after, limit)

    async def mark(self, ledgers: Sequence[str], why: Why | None) -> None:
        """Mark ledgers, or open them."""
        for ledger in ledgers:
            await self.of(ledger).mark([ledger], why)

    async def marks(self) -> Mapping[str, Why]:
        """Give every marked ledger."""
        return {name: why for each in self.by_service.values() for name, why in (await each.marks()).items()}

    async def key_rows(self, ledger: str) -> Sequence[KeyRow]:
        """Give every key that was used in a ledger."""
        return await self.of(ledger).key_rows(ledger)

    async def adopt(self, ledger: str, entries: Iterable[bytes], keys: Iterable[KeyRow], head: Head) -> None:
        """Write a ledger as it is."""
        await self.of(ledger).adopt(ledger, entries, keys, head)


@dataclass(frozen=True, slots=True)
class DistributedCarrier:
    """What `moving` needs of a distributed house."""

    journal: Journals
    vault: MongoVault
    clock: Clock
    name: str
    proving: Proving

    @classmethod
    async def open(cls, stores: Stores) -> "DistributedCarrier":
        """Open every journal, the vault and the notes."""
        journals = await Journals.open(stores)
        name = stores.identity.name
        proving = Proving(name, await stores.notes())
        return cls(journals, await stores.vault(), stores.clock, name, proving)


async def vkeys() -> Mapping[str, Sequence[str]]:
    """Give the keys of each ledger in the house that the environment names, the present one first.

    Raises:
        KeyElsewhere: when the notary signs with a key that is not given here.

    """
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing)
        house, master = stores.identity.name, stores.identity.master
        seeds = await beside(house, master, await stores.notes())
        ledgers = sorted(await (await Journals.open(stores)).heads())
        return {name: [Signer(origin(house, name), each).key.vkey for each in seeds] for name in ledgers}


async def readmit(ledger: str) -> None:
    """Let the notary of the house that the environment names look at a refused ledger again.

    Raises:
        Refused: when it is not refused.

    """
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing)
        if not await readmitted(await stores.notes(), origin(stores.identity.name, ledger)):
            raise moving.Refused(f"{ledger} is not refused here")


DEEDS: Mapping[str, Any] = {**moving.DEEDS, **recomputing.DEEDS}


async def carried(moved: moving.Moved, /, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Export, import or compute again in the house that the environment names."""
    async with AsyncExitStack() as closing:
        carrier = await DistributedCarrier.open(await Stores.open(closing))
        report: dict[str, Any] = await DEEDS[asked["do"]](carrier, asked, moved)
        return report
