"""The file in which ledgers travel: see docs/archive.md, which says what each byte means.

Ledgers lie in it as they are stored, readable by anyone. What is secret is sealed under a
transport key that is in no file: it comes from a passphrase, or a key file of the operator's.
"""

import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import ValidationError

from deploy.manifest import Manifest
from events.catalogue.envelope import MOST_BYTES

MANIFEST = "manifest.json"
MOST_TEXT, MOST_SEALED = 1 << 20, 1 << 24
NONCE, LENGTH = 12, 4
EPOCH = (1980, 1, 1, 0, 0, 0)
Transport = tuple[str, str, bytes]
"""How the transport key was made (`scrypt`, `hkdf`), its salt (hexadecimal), the key (32 bytes)."""


class ArchiveFaulty(Exception):  # noqa: N818 - it names what was found
    """The file is no archive, is damaged, or is sealed under another key."""


def transport(kdf: str, secret: bytes, salt: str | None = None) -> Transport:
    """Make the transport key of one archive: from a passphrase (`scrypt`) or a file's key (`hkdf`)."""
    salt = salt or secrets.token_hex(16)
    raw = bytes.fromhex(salt)
    if kdf == "scrypt":
        return kdf, salt, Scrypt(salt=raw, length=32, n=2**17, r=8, p=1).derive(secret)
    return kdf, salt, HKDF(hashes.SHA256(), 32, raw, b"mandate-archive/1").derive(secret)


class Writing:
    """An archive being written: members one after the other, the manifest last."""

    def __init__(self, file: zipfile.ZipFile, key: bytes | None) -> None:
        self._file, self._key = file, key

    @classmethod
    @contextmanager
    def to(cls, path: Path, key: bytes | None) -> "Iterator[Writing]":
        """Write beside `path`, owner-only, and put it there when all of it is on the disk."""
        fresh = path.with_name(path.name + ".new")
        try:
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as raw:
                with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
                    yield cls(file, key)
                raw.flush()
                os.fsync(raw.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    @contextmanager
    def entries(self, ledger: str) -> "Iterator[Callable[[bytes], object]]":
        """Write a ledger, an entry at a time."""
        with self._member(f"ledgers/{ledger}.jsonl") as member:
            yield lambda raw: member.write(raw + b"\n")

    def text(self, name: str, text: str) -> None:
        """Write a member that is one text."""
        with self._member(name) as member:
            member.write(text.encode())

    @contextmanager
    def sealed(self, name: str) -> "Iterator[Callable[[Any], object]]":
        """Write what is secret, a JSON value at a time."""
        if self._key is None:
            raise ValueError("nothing is sealed without a transport key")
        cipher, number = AESGCM(self._key), 0
        with self._member(f"sealed/{name}") as member:

            def put(plaintext: bytes) -> None:
                nonlocal number
                nonce = secrets.token_bytes(NONCE)
                frame = nonce + cipher.encrypt(nonce, plaintext, _bound(name, number))
                member.write(len(frame).to_bytes(LENGTH, "big") + frame)
                number += 1

            yield lambda value: put(json.dumps(value, ensure_ascii=False).encode())
            put(b"")

    def manifest(self, manifest: Manifest) -> None:
        """Write the manifest: the archive is whole."""
        self.text(MANIFEST, manifest.model_dump_json(indent=1) + "\n")

    def _member(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        return self._file.open(info, "w", force_zip64=True)


class Reading:
    """An archive being read; what is wrong with it shows where it is met."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        try:
            self.manifest = Manifest.model_validate_json(self.text(MANIFEST))
        except ValidationError as error:
            raise ArchiveFaulty("its manifest is not of a format that this release reads") from error

    @classmethod
    @contextmanager
    def of(cls, path: Path) -> "Iterator[Reading]":
        """Open an archive; raises ArchiveFaulty when it is none, here and while it is read."""
        try:
            with zipfile.ZipFile(path) as file:
                yield cls(file)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ArchiveFaulty(f"{path.name} is no archive, or is damaged: {error}") from error

    def entries(self, ledger: str) -> Iterator[bytes]:
        """Give a ledger's entries, as they lie there."""
        with self._member(f"ledgers/{ledger}.jsonl") as member:
            while line := member.readline(MOST_BYTES + 2):
                yield line.removesuffix(b"\n")

    def text(self, name: str) -> str:
        """Give a member that is one text."""
        with self._member(name) as member:
            try:
                return member.read(MOST_TEXT).decode()
            except UnicodeDecodeError as error:
                raise ArchiveFaulty(f"{name} is no text") from error

    def sealed(self, name: str, key: bytes) -> Iterator[Any]:
        """Give what was sealed, value by value."""
        cipher, number = AESGCM(key), 0
        with self._member(f"sealed/{name}") as member:
            while True:
                size = int.from_bytes(member.read(LENGTH), "big")
                frame = member.read(size) if NONCE < size <= MOST_SEALED else b""
                try:
                    plain = cipher.decrypt(frame[:NONCE], frame[NONCE:], _bound(name, number))
                except (InvalidTag, ValueError) as error:
                    raise ArchiveFaulty(f"sealed/{name} is damaged, or the key is another one") from error
                if not plain:
                    return
                yield json.loads(plain)
                number += 1

    def _member(self, name: str) -> IO[bytes]:
        if name not in self._file.namelist():
            raise ArchiveFaulty(f"{name} is missing")
        try:
            return self._file.open(name)
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in another way
            raise ArchiveFaulty(f"{name} cannot be read: {error}") from error


def _bound(name: str, number: int) -> bytes:
    return f"mandate-archive/1 {name} {number}".encode()
