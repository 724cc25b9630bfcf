"""What of a vault goes with a congress to another house: owners' keys, records, the secret; pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class Owner(NamedTuple):
    """An owner with his key in the clear (32 bytes), or the instant when he was erased."""

    owner: str
    key: bytes | None
    erased: str | None


class Kept(NamedTuple):
    """A record as it is kept; its ciphertext is the one that entries name."""

    record: str
    owner: str
    media_type: str
    kept: str
    ciphertext: bytes


class MovingVault(Protocol):
    """What a vault is besides the port, for those who carry a congress between houses.

    What it gives in the clear must leave the process only encrypted.
    """

    async def owners(self, congress: str) -> Sequence[Owner]:
        """Give every owner of a congress, the erased too.

        Raises:
            VaultCorrupt: when a key was changed in the store.

        """
        ...

    async def records(self, congress: str, after: str, limit: int) -> Sequence[Kept]:
        """Give at most `limit` records of a congress with an id above `after`, by id."""
        ...

    async def adopt(self, congress: str, owners: Sequence[Owner], records: Iterable[Kept]) -> None:
        """Keep owners and records under this house's master key; kept twice is kept once.

        Who was erased here or there stays so, with his records. `records` may be read on
        another thread.

        Raises:
            KeyTaken: when an owner has another key here; nothing was kept.

        """
        ...

    async def adopt_secret(self, congress: str, secret: bytes) -> None:
        """Take a congress's secret over, in place of one that was made here."""
        ...
