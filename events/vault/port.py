"""The vault: somebody's own words and personal data, readable while a key lives.

A record is bytes with a media type, addressed by (congress, id) and encrypted under the
key of its *owner* (`person/…`, `opinion/…`, `suggestion/…`). Entries name it by a
`Reference`. Destroying the owner's key erases every record of his and breaks no proof.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from events.catalogue.vocabulary import Reference


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record encrypted in memory, not kept yet.

    `wrapped_key` is the owner's key as the store has it or will have it: `keep` puts it if
    there is none, and sees by it whether the record can ever be opened.
    """

    congress: str
    owner: str
    reference: Reference
    media_type: str
    nonce_and_ciphertext: bytes
    wrapped_key: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A record read: its plaintext, its media type, and what derives the key of its commitment."""

    plaintext: bytes
    media_type: str
    commitment_key: Callable[[], bytes] = field(repr=False)


class VaultBusy(Exception):  # noqa: N818 - it names what was found
    """More is waiting than the vault will hold, or its store failed; nothing was kept."""


class OwnerErased(Exception):  # noqa: N818 - it names what was found
    """The owner was erased: nothing can be sealed for him again."""


class KeyTaken(Exception):  # noqa: N818 - it names what was found
    """Another process made this owner's key first: seal again and decide again."""


class VaultCorrupt(Exception):  # noqa: N818 - it names what was found
    """A stored record or key is not what was kept: somebody or something changed its bytes."""


class WrongMasterKey(Exception):  # noqa: N818 - it names what was found
    """The store was made under another master key; nothing was read or written."""


class Vault(Protocol):
    """The port that SQLite and MongoDB fill."""

    async def seal(self, congress: str, owner: str, texts: Sequence[tuple[bytes, str]]) -> Sequence[Sealed]:
        """Encrypt (plaintext, media type) pairs under the owner's key, in memory only.

        Every record gets a fresh random id, nonce and commitment key.

        Raises:
            OwnerErased: when the owner's key was destroyed.
            VaultCorrupt: when the owner's key was changed in the store.

        """
        ...

    async def keep(self, records: Sequence[Sealed]) -> None:
        """Make keys, then records durable. Kept twice is kept once.

        Raises:
            KeyTaken: when another key for the owner was put first.
            OwnerErased: when the owner was erased meanwhile.

        """
        ...

    async def open(self, congress: str, records: Sequence[str]) -> Mapping[str, Opened]:
        """Open many records at once; an erased, restricted or unknown one is absent from the answer.

        Raises:
            VaultCorrupt: when a record or its key was changed in the store.

        """
        ...

    async def erase(self, congress: str, owner: str) -> int:
        """Destroy the owner's key and ciphertexts for ever; give the number of records.

        When this returns, neither can be read from the store again (embedded: neither is left
        in any file of it). After an error, or a crash, ask again: asked twice is erased once.
        """
        ...

    async def restrict(self, congress: str, owner: str, *, on: bool) -> None:
        """Keep the owner's records and open none of them, or open them again; an erased one stays erased."""
        ...

    async def secret(self, congress: str) -> bytes:
        """Give the congress's secret (32 bytes), made at first need; receipt codes hang on it."""
        ...

    async def orphans(self, before: str, after: str = "") -> Sequence[tuple[str, str]]:
        """Give (congress, record) of records kept at or after one instant and before another.

        The sweeper asks the journal which of them an entry names, and discards the others;
        `after` spares it what it has asked of before.
        """
        ...

    async def discard(self, records: Sequence[tuple[str, str]]) -> None:
        """Remove records that no entry names, and keys that then own nothing."""
        ...

    async def close(self) -> None:
        """Let go of the store."""
        ...
