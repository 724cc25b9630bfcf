"""Signed notes (C2SP signed-note) with Ed25519, and the timestamped cosignatures of witnesses.

A note is believed when a known key has signed it and no known key's signature fails.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
"""Signature types: of a note's text, and of a checkpoint seen at a time (cosignature/v1)."""
ID_BYTES, TIME_BYTES, SIGNATURE_BYTES, KEY_BYTES = 4, 8, 64, 32
MOST_BYTES, MOST_SIGNATURES = 1_000_000, 64
LATEST = 2**63 - 1
LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteFaulty(ValueError):  # noqa: N818 - it names what was found
    """It is no signed note, no key, or a known key's signature does not hold."""


class Signature(NamedTuple):
    """One line under a note, as it stands there; `signature` is what follows the key's id."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """Write the line, without its end."""
        return f"— {self.name} {base64.b64encode(self.id + self.signature).decode()}"


class Note(NamedTuple):
    """A note read, not believed yet. `text` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def whole(self) -> str:
        """Write the note."""
        return signed(self.text, self.signatures)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under its name: 32 bytes, and the type of signatures it makes."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Give the four bytes by which signatures name it."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:ID_BYTES]

    @property
    def vkey(self) -> str:
        """Write the key as trust policies have it."""
        material = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    def made(self, signature: Signature) -> bool:
        """Tell whether a signature says that it is of this key."""
        return signature.name == self.name and signature.id == self.id

    def holds(self, text: str, signature: Signature) -> bool:
        """Tell whether this key made the signature over the text."""
        told, message = signature.signature, text.encode()
        if self.type == COSIGNATURE:
            when, told = told[:TIME_BYTES], told[TIME_BYTES:]
            message = _seen(text, int.from_bytes(when, "big"))
        if len(told) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(told, message)
        except InvalidSignature:
            return False
        return self.type == ED25519 or int.from_bytes(signature.signature[:TIME_BYTES], "big") <= LATEST


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret key under its name, from a seed of 32 bytes."""

    name: str
    seed: bytes = field(repr=False)
    type: int = ED25519

    @property
    def key(self) -> Key:
        """Give the public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Key(self.name, self.type, public)

    def sign(self, text: str) -> Signature:
        """Sign a text."""
        made = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return Signature(self.name, self.key.id, made)

    def cosign(self, text: str, time: int) -> Signature:
        """Sign that a checkpoint's text was seen, consistent, at a time (POSIX seconds)."""
        made = Ed25519PrivateKey.from_private_bytes(self.seed).sign(_seen(text, time))
        return Signature(self.name, self.key.id, time.to_bytes(TIME_BYTES, "big") + made)


def _seen(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def seen_at(signature: Signature) -> int:
    """Give the POSIX time in a cosignature."""
    return int.from_bytes(signature.signature[:TIME_BYTES], "big")


def key(vkey: str) -> Key:
    """Read a key that a trust policy names.

    Raises:
        NoteFaulty: when it is none, or not of a type known here.

    """
    found = VKEY.fullmatch(vkey)
    material = decoded(found[3]) if found else b""
    if found is None or len(material) != KEY_BYTES + 1 or material[0] not in {ED25519, COSIGNATURE}:
        raise NoteFaulty("it is no verifier key of Ed25519")
    read = Key(found[1], material[0], material[1:])
    if read.id.hex() != found[2]:
        raise NoteFaulty("the verifier key's id is not that of its name and key")
    return read


def signed(text: str, signatures: Iterable[Signature]) -> str:
    """Write a note: the text, an empty line, a line for each signature."""
    return text + "\n" + "".join(f"{each.line}\n" for each in signatures)


def read(whole: str) -> Note:
    """Take a note apart.

    Raises:
        NoteFaulty: when it is none.

    """
    text, _, under = whole.rpartition("\n\n")
    lines = under.split("\n")
    sound = text and lines[-1] == "" and 1 < len(lines) <= MOST_SIGNATURES + 1 and len(whole) <= MOST_BYTES
    if not sound or CONTROL.search(whole):
        raise NoteFaulty("it is no signed note")
    return Note(text + "\n", tuple(line(each) for each in lines[:-1]))


def line(text: str) -> Signature:
    """Read one signature line; raises as `read`."""
    found = LINE.fullmatch(text)
    told = decoded(found[2]) if found else b""
    if found is None or len(told) <= ID_BYTES:
        raise NoteFaulty("a signature line cannot be read")
    return Signature(found[1], told[:ID_BYTES], told[ID_BYTES:])


def verified(note: Note, keys: Sequence[Key]) -> list[tuple[Key, Signature]]:
    """Give the signatures by known keys, every one of them checked; others are passed over.

    Raises:
        NoteFaulty: when a known key's signature does not hold.

    """
    known = [(each, made) for made in note.signatures for each in keys if each.made(made)]
    if not all(each.holds(note.text, made) for each, made in known):
        raise NoteFaulty("a signature does not hold")
    return known


def decoded(text: str) -> bytes:
    """Read base64, of which bytes have only one form; raises as `read`."""
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error:
        found = b""
    if base64.b64encode(found).decode() != text:
        raise NoteFaulty("it is no base64")
    return found
