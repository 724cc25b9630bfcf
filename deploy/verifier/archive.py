"""The file in which a congress travels, formats `mandate-archive/1` and `/2`, read byte by byte."""

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .entries import MOST_BYTES
from .report import Unreadable

FORMATS = ("mandate-archive/1", "mandate-archive/2")
"""What is sealed is bound to the name of the first, in the second too."""
MANIFEST = "manifest.json"
MOST_MANIFEST, MOST_SEALED, MOST_NOTE = 1 << 20, 1 << 24, 1 << 18
NONCE, LENGTH = 12, 4
LEDGER = re.compile("[a-z]+/([0-9]{6}|[0-9]{9})")
DIGEST = re.compile("[0-9a-f]{64}")


class Archive:
    """An archive that was opened; what it says of itself is material to check, never trusted."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.members = file.namelist()
        self.manifest: Mapping[str, Any] = _manifest(self._read(MANIFEST, MOST_MANIFEST))
        self.ledgers: Mapping[str, Mapping[str, Any]] = self.manifest["ledgers"]

    @property
    def ordered(self) -> list[str]:
        """Give the ledgers, that of the deputies first: the others stand on its rules."""
        return sorted(self.ledgers, key=lambda each: (not each.startswith("deputies/"), each))

    def entries(self, ledger: str) -> Iterator[bytes]:
        """Give the lines of a ledger; an entry that is too long is cut."""
        with self._member(f"ledgers/{ledger}.jsonl") as member:
            while line := member.readline(MOST_BYTES + 2):
                yield line.removesuffix(b"\n")

    def checkpoint(self, ledger: str) -> bytes | None:
        """Give the newest signed head that travels with a ledger; None where there is none."""
        return self._note(f"checkpoints/{ledger}.txt")

    def cosigned(self, ledger: str) -> bytes | None:
        """Give the newest that witnesses have seen, where that is an older one; None where it is not."""
        return self._note(f"cosigned/{ledger}.txt")

    def _note(self, name: str) -> bytes | None:
        return self._read(name, MOST_NOTE) if name in self.members else None

    def sealed(self, name: str, secret: bytes) -> Iterator[Any]:
        """Give what is sealed in a member, value by value.

        Raises:
            Unreadable: when the secret is not the right one, or the member is damaged.

        """
        cipher, number, form = AESGCM(self._transport(secret)), 0, FORMATS[0]
        with self._member(f"sealed/{name}") as member:
            while True:
                size = int.from_bytes(member.read(LENGTH), "big")
                frame = member.read(size) if NONCE < size <= MOST_SEALED else b""
                try:
                    bound = f"{form} {name} {number}".encode()
                    plain = cipher.decrypt(frame[:NONCE], frame[NONCE:], bound)
                    if not plain:
                        return
                    yield json.loads(plain)
                except (InvalidTag, ValueError) as error:
                    raise Unreadable("read.sealed", name=name) from error
                number += 1

    def _transport(self, secret: bytes) -> bytes:
        try:
            salt, info = bytes.fromhex(self.manifest["salt"]), FORMATS[0].encode()
            if self.manifest["kdf"] == "scrypt":
                return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(secret)
            return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("read.manifest") from error

    def _read(self, name: str, most: int) -> bytes:
        with self._member(name) as member:
            return member.read(most)

    @contextmanager
    def _member(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.members:
            raise Unreadable("read.member", name=name)
        try:
            with self._file.open(name) as member:
                yield member
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Unreadable("read.member", name=name) from error


def _manifest(raw: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(raw)
        sound = told["format"] in FORMATS and all(
            LEDGER.fullmatch(ledger) and type(place["sequence"]) is int and DIGEST.fullmatch(place["hash"])
            for ledger, place in told["ledgers"].items()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable("read.manifest") from error
    heads = told.get("signed", {})
    if not (sound and isinstance(told.get("congress"), str) and told["ledgers"] and isinstance(heads, dict)):
        raise Unreadable("read.manifest")
    found: Mapping[str, Any] = told
    return found


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive.

    Raises:
        Unreadable: when it is none.

    """
    try:
        with zipfile.ZipFile(path) as file:
            yield Archive(file)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise Unreadable("read.archive", name=path.name) from error
