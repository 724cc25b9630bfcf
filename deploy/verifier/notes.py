"""Signed notes and checkpoints as C2SP describes them (signed-note, tlog-checkpoint, tlog-cosignature).

Ed25519 only: type 01 signs the text of the note, type 04 is a witness's cosignature with its time.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .merkle import HASH
from .report import Unreadable

LOG, WITNESS = 1, 4
MOST_BYTES, MOST_SIGNATURES = 1 << 18, 64
ID, SIGNATURE, TIME = 4, 64, 8
LINE = re.compile("— ([^ \n]+) ([A-Za-z0-9+/=]+)")
NAME = re.compile(r"[^\s+]+")
SIZE = re.compile("0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: name, the four bytes that stand for it, its kind, 32 bytes of Ed25519."""

    name: str
    id: bytes
    kind: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and what was signed under it: (name, key id, signature)."""

    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a ledger's tree."""

    origin: str
    size: int
    root: bytes


def unpacked(text: str, size: int | None = None) -> bytes:
    """Decode base64 that is written in the one right way.

    Raises:
        ValueError: when it is not, or has another size.

    """
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text or (size is not None and len(raw) != size):
        raise ValueError("it is no base64 of the right size")
    return raw


def key(vkey: str) -> Key:
    """Read a verifier key, `name+id+key`.

    Raises:
        Unreadable: when it is none, of a kind that is not known, or its id is not its own.

    """
    name, _, rest = vkey.partition("+")
    told, _, packed = rest.partition("+")
    try:
        raw = unpacked(packed, 1 + HASH)
    except (ValueError, binascii.Error) as error:
        raise Unreadable("read.vkey", vkey=vkey) from error
    own = sha256(name.encode() + b"\n" + raw).digest()[:ID]
    if not NAME.fullmatch(name) or own.hex() != told or raw[0] not in {LOG, WITNESS}:
        raise Unreadable("read.vkey", vkey=vkey)
    return Key(name, own, raw[0], raw[1:])


def note(raw: bytes) -> Note:
    """Read a signed note; the signatures are not yet verified.

    Raises:
        Unreadable: when it is none.

    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("read.note") from error
    body, gap, signed = text.rpartition("\n\n")
    lines = signed.removesuffix("\n").split("\n")
    told = [LINE.fullmatch(each) for each in lines]
    if not gap or not body or not signed.endswith("\n") or len(raw) > MOST_BYTES:
        raise Unreadable("read.note")
    if any(each < " " and each != "\n" for each in text) or len(told) > MOST_SIGNATURES:
        raise Unreadable("read.note")
    return Note((body + "\n").encode(), tuple(_signature(each) for each in told), raw)


def _signature(line: re.Match[str] | None) -> tuple[str, bytes, bytes]:
    try:
        raw = unpacked(line[2]) if line and NAME.fullmatch(line[1]) else b""
    except (ValueError, binascii.Error):
        raw = b""
    if line is None or len(raw) <= ID:
        raise Unreadable("read.note")
    return line[1], raw[:ID], raw[ID:]


def checkpoint(signed: Note) -> Checkpoint:
    """Read the text of a note as a checkpoint.

    Raises:
        Unreadable: when it is none.

    """
    lines = signed.text.decode().split("\n")[:-1]
    try:
        origin, size, root, *more = lines
        if not origin or not SIZE.fullmatch(size) or "" in more:
            raise Unreadable("read.checkpoint")
        return Checkpoint(origin, int(size), unpacked(root, HASH))
    except (ValueError, binascii.Error) as error:
        raise Unreadable("read.checkpoint") from error


def verified(signed: Note, by: Key) -> list[int | None]:
    """Verify what this key signed: None for each signature that does not hold.

    One that holds gives its time (seconds since 1970; 0 for a log's, which tells none). An empty
    list: this key signed nothing here.
    """
    found = [raw for name, told, raw in signed.signatures if (name, told) == (by.name, by.id)]
    return [_holds(signed.text, by, raw) for raw in found]


def _holds(text: bytes, by: Key, raw: bytes) -> int | None:
    time = 0
    if by.kind == WITNESS:
        time, raw = int.from_bytes(raw[:TIME], "big"), raw[TIME:]
        text = b"cosignature/v1\ntime %d\n" % time + text
    if len(raw) != SIGNATURE or time >= 1 << 63:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(by.public).verify(raw, text)
    except (InvalidSignature, ValueError):
        return None
    return time
