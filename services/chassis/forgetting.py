"""What the ledger says erased is erased: the vault's keys and records follow, each until it is done.

An owner's last fate in a batch counts, and erasure above all: taken again from the start, as after
the loss of the shelf, every owner ends as the ledger has it.
"""

from collections.abc import Awaitable, Callable, Sequence

from events.catalogue.envelope import Entry
from events.vault.port import Vault
from services.chassis import metrics
from services.chassis.marks import Marks
from services.chassis.shapes import Fate, Service
from services.chassis.shelf.port import Shelf, Table
from services.chassis.taking import Taker, wires

Forget = Callable[[str, str], Awaitable[None]]
"""Removes what else a house keeps of a person: (congress, person's id). Done twice is done once."""


async def nobody(_congress: str, _person: str) -> None:
    """Keep nothing else of anybody."""


class Forgetting(Taker):
    """Follows a service's own ledger; its marks stand on the shelf, and losing them costs only time."""

    def __init__(self, service: Service, vault: Vault, forget: Forget, shelf: Shelf, marks: Marks) -> None:
        """Take the events that erase, and whoever forgets."""
        self._service, self._vault, self._forget = service, vault, forget
        self._shelf, self.marks = shelf, marks
        self.wires = wires(service.fates)
        self._fates = {event.wire: fate for event, fate in service.fates.items()}

    @staticmethod
    def place(service: Service) -> Table:
        """Name the table that keeps the marks."""
        return Table(f"forgetting-{service.name}", 1, 1)

    async def take(self, ledger: str, entries: Sequence[Entry]) -> None:
        """Do what consecutive entries of one ledger say, then move its mark."""
        congress, last = ledger.partition("/")[2], entries[-1].sequence
        for owner, fate in self._due(entries, self.marks[ledger]).items():
            await self._do(congress, owner, fate)
            metrics.FORGOTTEN.labels(self._service.name, fate).inc()
        if last > self.marks[ledger]:
            await self._shelf.put(congress, self.place(self._service), self._service.name, {}, last)
            await self.marks.move(ledger, last)

    def _due(self, entries: Sequence[Entry], after: int) -> dict[str, Fate]:
        due: dict[str, Fate] = {}
        for entry in entries:
            if entry.sequence > after and (fate := self._fates.get(entry.type)):
                owner = entry.data["owner"]
                due[owner] = "erase" if due.get(owner) == "erase" else fate
        return due

    async def _do(self, congress: str, owner: str, fate: Fate) -> None:
        if fate != "erase":
            await self._vault.restrict(congress, owner, on=fate == "restrict")
            return
        kind, _, name = owner.partition("/")
        if kind == "person":
            await self._forget(congress, name)
        await self._vault.erase(congress, owner)
