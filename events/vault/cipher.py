"""The vault's cryptography, in memory only and shared by its adapters.

A congress's key-encryption key is HKDF-SHA256(master key, congress); it wraps the owners'
keys (AES-256-GCM), which encrypt records (AES-256-GCM). A record's commitment key is
HKDF-SHA256(owner's key, record id). GCM alone would let two keys open one ciphertext to two
texts; the commitment does not.
"""

import hashlib
import hmac
import secrets
from base64 import b32encode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.catalogue.vocabulary import Reference
from events.vault.chance import Chance, of_the_system
from events.vault.port import KeyTaken, Opened, OwnerErased, Sealed, VaultCorrupt, WrongMasterKey

HOUSE = ""  # stands for no congress: its secret only proves the master key
KEY_BYTES = 32
NONCE_BYTES = 12
RECORD_BYTES = 16


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """An owner's key (32 bytes), and the bytes in which a store may hold it."""

    key: bytes
    wrapped: bytes


class Keyring:
    """The master key and the owners' keys unwrapped last, at most `most` of them.

    A key made here for an owner who has none is held like any other, so that commands that
    meet in this process seal under the same one.

    Raises:
        ValueError: when the master key is not 32 bytes long.

    """

    def __init__(self, master: bytes, chance: Chance = of_the_system, most: int = 10_000) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"the master key has {len(master)} bytes, not {KEY_BYTES}")
        self._wrapping = lru_cache(1_000)(lambda congress: _derived(master, f"keys of {congress}"))
        self._held: OrderedDict[tuple[str, str], OwnerKey] = OrderedDict()
        self._chance, self._most = chance, most

    def held(self, congress: str, owner: str) -> OwnerKey | None:
        """Give the owner's key if it is at hand."""
        if found := self._held.get((congress, owner)):
            self._held.move_to_end((congress, owner))
        return found

    def made(self, congress: str, owner: str) -> OwnerKey:
        """Make a key for an owner who has none, and hold it."""
        key = self._chance(KEY_BYTES, f"key of {congress}/{owner}")
        return self._hold(congress, owner, OwnerKey(key, self.wrap(congress, owner, key)))

    def unwrapped(self, congress: str, owner: str, wrapped: bytes) -> OwnerKey:
        """Open an owner's key as the store has it, and hold it.

        Raises:
            VaultCorrupt: when it is not what was wrapped for this owner.

        """
        found = self.held(congress, owner)
        if found and found.wrapped == wrapped:
            return found
        key = self.unwrap(congress, owner, wrapped)
        return self._hold(congress, owner, OwnerKey(key, wrapped))

    def forget(self, congress: str, owner: str) -> None:
        """Let go of the owner's key."""
        self._held.pop((congress, owner), None)

    def wrap(self, congress: str, name: str, key: bytes) -> bytes:
        """Encrypt a key of a congress under its name there."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return _encrypted(self._wrapping(congress), f"{congress}/{name}", key, nonce)

    def unwrap(self, congress: str, name: str, wrapped: bytes) -> bytes:
        """Decrypt what `wrap` gave for the same congress and name.

        Raises:
            VaultCorrupt: when it gave something else.

        """
        return _decrypted(self._wrapping(congress), f"{congress}/{name}", wrapped)

    def fresh_secret(self, congress: str) -> bytes:
        """Make a secret for a congress, wrapped, to be put if it has none."""
        return self.wrap(congress, "secret", self._chance(KEY_BYTES, f"secret of {congress}"))

    def secret(self, congress: str, wrapped: bytes) -> bytes:
        """Open a congress's secret as the store has it, or raise VaultCorrupt."""
        return self.unwrap(congress, "secret", wrapped)

    def prove(self, wrapped: bytes) -> None:
        """Open the house's secret as the store has it.

        Raises:
            WrongMasterKey: when it was wrapped under another master key.

        """
        try:
            self.secret(HOUSE, wrapped)
        except VaultCorrupt:
            raise WrongMasterKey("the keys were wrapped under another master key") from None

    def sealed(self, key: OwnerKey, congress: str, owner: str, plaintext: bytes, media_type: str) -> Sealed:
        """Encrypt a record under a fresh random id (26 characters) and commit to its plaintext."""
        drawn = self._chance(RECORD_BYTES + NONCE_BYTES, f"{congress}/{owner} {plaintext.hex()}")
        record = b32encode(drawn[:RECORD_BYTES]).decode().rstrip("=").lower()
        ciphertext = _encrypted(key.key, f"{congress}/{record}/{media_type}", plaintext, drawn[RECORD_BYTES:])
        commitment = hmac.digest(_derived(key.key, record), plaintext, "sha256")
        reference = Reference(
            record=record,
            ciphertext=hashlib.sha256(ciphertext).hexdigest(),
            commitment=commitment.hex(),
        )
        return Sealed(congress, owner, reference, media_type, ciphertext, key.wrapped)

    def _hold(self, congress: str, owner: str, key: OwnerKey) -> OwnerKey:
        self._held[congress, owner] = key
        self._held.move_to_end((congress, owner))
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return key


def opened(key: OwnerKey, congress: str, record: str, media_type: str, ciphertext: bytes) -> Opened:
    """Decrypt a record kept under this id with this media type.

    Raises:
        VaultCorrupt: when the bytes, the id, the media type or the key are not those sealed.

    """
    plaintext = _decrypted(key.key, f"{congress}/{record}/{media_type}", ciphertext)
    return Opened(plaintext, media_type, _Derivation(key.key, record))


def objection(
    records: Sequence[Sealed], standing: Mapping[tuple[str, str], bytes | None]
) -> KeyTaken | OwnerErased | None:
    """Tell why records must not be kept beside the wrapped keys that stand, None if they may.

    `standing` holds the wrapped key of each (congress, owner) named, None if he was erased.
    """
    for one in records:
        wrapped = standing[one.congress, one.owner]
        if wrapped is None:
            return OwnerErased(one.owner)
        if wrapped != one.wrapped_key:
            return KeyTaken(one.owner)
    return None


@dataclass(frozen=True, slots=True, repr=False)
class _Derivation:
    """Derives a key when it is asked for; two that derive the same are equal."""

    key: bytes
    info: str

    def __call__(self) -> bytes:
        return _derived(self.key, self.info)


def _derived(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info.encode()).derive(key)


def _encrypted(key: bytes, bound_to: str, plaintext: bytes, nonce: bytes) -> bytes:
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to.encode())


def _decrypted(key: bytes, bound_to: str, nonce_and_ciphertext: bytes) -> bytes:
    nonce, ciphertext = nonce_and_ciphertext[:NONCE_BYTES], nonce_and_ciphertext[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, bound_to.encode())
    except (InvalidTag, ValueError):  # too short to hold a nonce is a ValueError
        raise VaultCorrupt(f"{bound_to} is not what was kept") from None
