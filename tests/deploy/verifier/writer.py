"""A second writer of archives, heads and proofs, and a signer: by the book, with code of its own.

Trees are computed by the recursions of RFC 6962 as they stand there; the tool counts otherwise.
"""

import base64
import json
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
HOUSE = "house.example"
SEEN = 1_748_000_000
"""When the witnesses cosign: May 2025."""
SECRET, SALT = b"s" * 32, bytes(16)
Value = dict[str, Any]


def packed(raw: bytes) -> str:
    """Write base64."""
    return base64.b64encode(raw).decode()


@dataclass(frozen=True)
class Signer:
    """A key pair made of a word, so that it is the same in every run."""

    name: str
    word: str = ""
    kind: int = 1

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(f"{self.word} {self.name}".encode()).digest())

    @property
    def _public(self) -> bytes:
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return bytes([self.kind]) + self._private.public_key().public_bytes(*raw)

    @property
    def _id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self._public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Give the verifier key."""
        return f"{self.name}+{self._id.hex()}+{packed(self._public)}"

    def line(self, text: str, time: int = SEEN) -> str:
        """Sign, or cosign, a text: a line of a note."""
        if self.kind == 1:
            signature = self._private.sign(text.encode())
        else:
            told = f"cosignature/v1\ntime {time}\n{text}".encode()
            signature = time.to_bytes(8, "big") + self._private.sign(told)
        return f"— {self.name} {packed(self._id + signature)}\n"


def node(left: bytes, right: bytes) -> bytes:
    """Hash two children."""
    return sha256(b"\1" + left + right).digest()


def leaves(lines: Sequence[bytes]) -> list[bytes]:
    """Hash entries."""
    return [sha256(b"\0" + each).digest() for each in lines]


def split(size: int) -> int:
    """Give the largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def root(of: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if len(of) < 2:
        return of[0] if of else sha256(b"").digest()
    return node(root(of[: split(len(of))]), root(of[split(len(of)) :]))


def inclusion(index: int, of: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(of) == 1:
        return []
    k = split(len(of))
    if index < k:
        return [*inclusion(index, of[:k]), root(of[k:])]
    return [*inclusion(index - k, of[k:]), root(of[:k])]


def consistency(old: int, of: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(of):
        return [] if whole else [root(of)]
    k = split(len(of))
    if old <= k:
        return [*consistency(old, of[:k], whole=whole), root(of[k:])]
    return [*consistency(old - k, of[k:], whole=False), root(of[:k])]


def head(origin: str, of: Sequence[bytes], by: Sequence[Signer]) -> bytes:
    """Write a signed head."""
    text = f"{origin}\n{len(of)}\n{packed(root(of))}\n"
    return (text + "\n" + "".join(each.line(text) for each in by)).encode()


def receipt(lines: Sequence[bytes], number: int, note: bytes) -> bytes:
    """Write the proof of an entry, by its number from 1, as a file."""
    path = [packed(each) for each in inclusion(number - 1, leaves(lines))]
    told = ["c2sp.org/tlog-proof@v1", f"extra {packed(lines[number - 1])}", f"index {number - 1}", *path]
    return "\n".join([*told, "", ""]).encode() + note


LOG, WITNESSES = "log", tuple(Signer(f"witness.example/{each}", "w", 4) for each in "abc")


def signer(ledger: str, house: str = HOUSE) -> Signer:
    """Give the key of a ledger: its name is the origin."""
    return Signer(f"{house}/{ledger}", LOG)


@dataclass
class Congress:
    """Ledgers as values that a test may change; written and signed as they then are."""

    ledgers: dict[str, list[Value]]
    relink: bool = True
    """Compute every prevhash anew when it is written: who rewrites would."""
    house: str = HOUSE
    sizes: dict[str, int] = field(default_factory=dict)
    """How much of a ledger is signed; by default all."""
    signers: dict[str, Sequence[Signer]] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)
    more: dict[str, bytes] = field(default_factory=dict)
    manifest: Value = field(default_factory=dict)
    owners: list[list[Any]] | None = None
    records: list[list[Any]] = field(default_factory=list)
    raw: dict[str, list[bytes]] = field(default_factory=dict)
    """Lines that stand in place of a ledger's values."""

    @classmethod
    def golden(cls) -> "Congress":
        """Give the congress of the archive that is kept for ever."""
        with zipfile.ZipFile(GOLDEN / "archive-1.zip") as file:
            manifest = json.loads(file.read("manifest.json"))
            return cls({
                each: [json.loads(line) for line in file.read(f"ledgers/{each}.jsonl").splitlines()]
                for each in manifest["ledgers"]
            })  # fmt: skip

    def named(self, service: str) -> str:
        """Give a service's ledger."""
        return next(each for each in self.ledgers if each.startswith(service + "/"))

    def of(self, service: str) -> list[Value]:
        """Give a service's entries."""
        return self.ledgers[self.named(service)]

    def first(self, service: str, wire: str) -> Value:
        """Give the first entry of a type."""
        return next(each for each in self.of(service) if each["type"] == wire)

    def append(self, service: str, wire: str, subject: str, data: Value, **more: str) -> Value:
        """Add an entry, taken when the last one was."""
        last, ledger = self.of(service)[-1], self.named(service)
        number = len(self.of(service)) + 1
        place = {"sequence": f"{number:010d}", "id": f"{ledger}/{number}", "prevhash": ""}
        entry = (
            last | place | {"type": wire, "subject": subject, "dataschema": f"/schemas/{wire}", "data": data}
        )
        self.of(service).append(entry | more)
        return self.of(service)[-1]

    def renumber(self, service: str) -> None:
        """Give every entry the number of its place."""
        ledger = self.named(service)
        for number, each in enumerate(self.of(service), 1):
            each["sequence"], each["id"] = f"{number:010d}", f"{ledger}/{number}"

    def lines(self, ledger: str) -> list[bytes]:
        """Give a ledger's bytes."""
        if ledger in self.raw:
            return self.raw[ledger]
        lines: list[bytes] = []
        for each in self.ledgers[ledger]:
            value = each
            if self.relink:
                link = {"prevhash": leaves(lines[-1:])[0].hex()} if lines else {}
                value = {name: link.get(name, it) for name, it in each.items() if name != "prevhash" or link}
            lines.append(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        return lines

    def head(self, ledger: str) -> bytes:
        """Sign a ledger: its own key and all witnesses, unless the test says otherwise."""
        if ledger in self.heads:
            return self.heads[ledger]
        hashed = leaves(self.lines(ledger))
        by = self.signers.get(ledger, [signer(ledger, self.house), *WITNESSES])
        return head(f"{self.house}/{ledger}", hashed[: self.sizes.get(ledger, len(hashed))], by)

    def write(self, path: Path) -> Path:
        """Write the archive, format 2."""
        lines = {each: self.lines(each) for each in self.ledgers}
        types = {each["type"] for ledger in self.ledgers.values() for each in ledger}
        members = {f"ledgers/{each}.jsonl": b"".join(it + b"\n" for it in lines[each]) for each in lines}
        members |= {f"checkpoints/{each}.txt": self.head(each) for each in self.ledgers}
        members |= {f"schemas/{each}.json": b"{}" for each in types} | self._sealed()
        members["manifest.json"] = json.dumps(self._manifest(lines) | self.manifest).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in (members | self.more).items():
                file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return path

    def _manifest(self, lines: Mapping[str, list[bytes]]) -> Value:
        personal = self.owners is not None
        return {
            "format": "mandate-archive/2", "congress": next(iter(lines)).partition("/")[2],
            "house": self.house, "made": "2025-05-20T09:00:00.000000Z", "closed": False, "personal": personal,
            "kdf": "hkdf" if personal else None, "salt": SALT.hex() if personal else None,
            "ledgers": {
                each: {"sequence": len(it), "hash": leaves(it[-1:])[0].hex()} for each, it in lines.items()
            },
            "signed": {
                each: {
                    "origin": f"{self.house}/{each}", "size": self.sizes.get(each, len(it)),
                    "keys": [signer(each, self.house).vkey],
                }
                for each, it in lines.items()
            },
        }  # fmt: skip

    def _sealed(self) -> dict[str, bytes]:
        if self.owners is None:
            return {}
        key = HKDF(hashes.SHA256(), 32, SALT, b"mandate-archive/1").derive(SECRET)
        rows = {"owners": self.owners, "records": self.records}
        return {f"sealed/{name}": _frames(key, name, rows[name]) for name in rows}


def _frames(key: bytes, name: str, values: Sequence[Any]) -> bytes:
    made = b""
    for number, plain in enumerate([*(json.dumps(each).encode() for each in values), b""]):
        nonce = secrets.token_bytes(12)
        bound = f"mandate-archive/1 {name} {number}".encode()
        frame = nonce + AESGCM(key).encrypt(nonce, plain, bound)
        made += len(frame).to_bytes(4, "big") + frame
    return made


def trust(path: Path, congress: Congress, need: int = 2) -> Path:
    """Write the trust file of an auditor who knows the ledgers' keys and three witnesses."""
    origins = [
        f'"{congress.house}/{each}" = ["{signer(each, congress.house).vkey}"]' for each in congress.ledgers
    ]
    keys = ", ".join(f'"{each.vkey}"' for each in WITNESSES)
    path.write_text("\n".join([f"need = {need}", f"witnesses = [{keys}]", "[origins]", *origins]), "utf-8")
    return path
