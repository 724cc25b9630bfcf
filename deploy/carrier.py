"""What of a house is needed by whoever carries a congress in or out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from events.journal.moving import KeyRow, Why
from events.journal.port import Head
from events.notary.proving import Proving
from events.vault.moving import MovingVault
from events.vault.port import Vault
from services.chassis.clock import Clock


class CarriedJournal(Protocol):
    """The ledgers of a house, whatever keeps them."""

    async def heads(self) -> Mapping[str, Head]:
        """Give the head of every ledger."""
        ...

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...

    async def mark(self, ledgers: Sequence[str], why: Why | None) -> None:
        """Mark ledgers, or open them."""
        ...

    async def marks(self) -> Mapping[str, Why]:
        """Give every marked ledger."""
        ...

    async def key_rows(self, ledger: str) -> Sequence[KeyRow]:
        """Give every key that was used in a ledger."""
        ...

    async def adopt(self, ledger: str, entries: Iterable[bytes], keys: Iterable[KeyRow], head: Head) -> None:
        """Write a ledger as it is."""
        ...


class CarriedVault(Vault, MovingVault, Protocol):
    """The words and keys of a house."""


class Carrier(Protocol):
    """A house that congresses come to and leave."""

    @property
    def name(self) -> str:
        """Give the name it was founded under."""
        ...

    @property
    def clock(self) -> Clock:
        """Give its time."""
        ...

    @property
    def journal(self) -> CarriedJournal:
        """Give its ledgers."""
        ...

    @property
    def vault(self) -> CarriedVault:
        """Give its vault."""
        ...

    @property
    def proving(self) -> Proving:
        """Give what was signed of its ledgers."""
        ...
