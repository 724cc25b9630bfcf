"""`receipt` and `consistency`: one entry in a signed tree; one signed tree grown out of another."""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from . import ledgers, merkle
from .archive import opened
from .entries import Entry, read
from .proofs import Proof, content, hashes, proof
from .report import Found, Report, Unreadable, found
from .signing import Signed, cosigned, judged, signed
from .trust import Policy
from .verifying import Wanted, verified


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof with its entry, its signed head, and what the holder of the receipt brings."""

    proof: Proof
    entry: Entry
    head: Signed
    nonce: str | None = None
    words: bytes | None = None
    key: bytes = b""
    field: str = "words"

    @property
    def walk(self) -> ledgers.Walk:
        """Give the place where the entry should stand."""
        return ledgers.Walk("/".join(self.head.checkpoint.origin.split("/")[-2:]), self.proof.index)


def _inclusion(receipt: Receipt) -> Iterator[Found]:
    made, head = receipt.proof, receipt.head.checkpoint
    if not merkle.included(made.hash, made.index, head.size, head.root, made.path):
        yield found("inclusion.fails", index=made.index, size=head.size)


def _form(receipt: Receipt) -> Iterator[Found]:
    yield from ledgers.CHECKS["form"](receipt.walk, receipt.entry)


def _place(receipt: Receipt) -> Iterator[Found]:
    yield from ledgers.CHECKS["place"](receipt.walk, receipt.entry)


def _nonce(receipt: Receipt) -> Iterator[Found]:
    if receipt.nonce is not None:
        told = str(receipt.entry.data.get("nonce", ""))
        if not hmac.compare_digest(told.encode(), sha256(receipt.nonce.encode()).hexdigest().encode()):
            yield found("nonce.other" if told else "nonce.absent")


def _words(receipt: Receipt) -> Iterator[Found]:
    if receipt.words is not None:
        reference = receipt.entry.data.get(receipt.field)
        told = str(reference.get("commitment", "")) if isinstance(reference, dict) else ""
        own = hmac.digest(receipt.key, receipt.words, "sha256").hex()
        if not hmac.compare_digest(told.encode(), own.encode()):
            yield found("words.other" if told else "words.absent", field=receipt.field)


CHECKS: dict[str, Callable[[Receipt], Iterator[Found]]] = {
    "inclusion": _inclusion, "form": _form, "place": _place, "nonce": _nonce, "words": _words,
}  # fmt: skip


def holder(nonce: str | None, words: Path | None, key: str | None) -> tuple[str | None, bytes | None, bytes]:
    """Take what the holder brings: the nonce, and the words with the key that opens them.

    Raises:
        Unreadable: when the words come without key, or it is not 64 hexadecimal digits.

    """
    if (words is None) != (key is None) or (key and not re.fullmatch("[0-9a-f]{64}", key.strip().lower())):
        raise Unreadable("read.key")
    return nonce and nonce.strip(), content(words) if words else None, bytes.fromhex((key or "").strip())


def receipt(
    file: Path, policy: Policy, *, brought: tuple[str | None, bytes | None, bytes] = (None, None, b""),
    field: str = "words",
) -> tuple[Report, Receipt]:  # fmt: skip
    """Verify a receipt's proof.

    Raises:
        Unreadable: when the file is no proof.

    """
    made, report = proof(content(file)), Report("receipt", file.name)
    told = Receipt(made, read(made.entry), signed(made.note, policy), *brought, field)
    for check, what in judged(told.head):
        report.add(check, what)
    for check, test in CHECKS.items():
        report.add(check, test(told), told.entry.id)
    if told.nonce is None:
        report.remark("nonce-not-given", told.entry.id)
    if told.words is None:
        report.remark("words-not-given", told.entry.id)
    report.facts = {
        name: told.entry.text(name) for name in ("id", "type", "subject", "time", "recordedtime")
    } | {"hash": made.hash.hex(), "signed": told.head.checkpoint.size, "witnessed": cosigned(told.head)}
    return report, told


@dataclass(frozen=True, slots=True)
class Pair:
    """Two signed heads, the smaller first, and the roots that an archive has at their sizes."""

    old: Signed
    new: Signed
    path: list[bytes] | None = None
    roots: dict[int, bytes] | None = None


def _ledger(pair: Pair) -> Iterator[Found]:
    if pair.old.checkpoint.origin != pair.new.checkpoint.origin:
        yield found("ledger.two", first=pair.old.checkpoint.origin, second=pair.new.checkpoint.origin)


def _grown(pair: Pair) -> Iterator[Found]:
    old, new = pair.old.checkpoint, pair.new.checkpoint
    if pair.path is not None and not merkle.consistent(old.size, old.root, new.size, new.root, pair.path):
        yield found("grown.fails", old=old.size, new=new.size)


def _archived(pair: Pair) -> Iterator[Found]:
    for head in (pair.old.checkpoint, pair.new.checkpoint) if pair.roots is not None else ():
        root = (pair.roots or {}).get(head.size, merkle.EMPTY if head.size == 0 else b"")
        if not root:
            yield found("archived.short", size=head.size)
        elif root != head.root:
            yield found("archived.other", size=head.size)


PAIRS: dict[str, Callable[[Pair], Iterator[Found]]] = {
    "ledger": _ledger, "grown": _grown, "archived": _archived,
}  # fmt: skip


def consistency(
    files: tuple[Path, Path], policy: Policy, proof_file: Path | None, archive: Path | None
) -> Report:
    """Verify that one signed head grew out of another; two roots at one size are a fork.

    Raises:
        Unreadable: when nothing is given that could show it.

    """
    report = Report("consistency", " ".join(each.name for each in files))
    old, new = sorted((signed(content(each), policy) for each in files), key=lambda s: s.checkpoint.size)
    same = old.checkpoint.size == new.checkpoint.size
    if proof_file is None and archive is None and not same:
        raise Unreadable("read.nothing-shows")
    path = hashes(content(proof_file)) if proof_file else [] if same and archive is None else None
    roots = _roots(archive, policy, report, old, new) if archive else None
    for check, what in (*judged(old), *judged(new)):
        report.add(check, what)
    for name, test in PAIRS.items():
        report.add(name, test(Pair(old, new, path, roots)))
    trusted = not report.counts.keys() & {"origin", "signature", "witnesses", "ledger"}
    report.forked = trusted and same and old.checkpoint.root != new.checkpoint.root
    report.facts["sizes"] = [old.checkpoint.size, new.checkpoint.size]
    return report


def _roots(file: Path, policy: Policy, report: Report, old: Signed, new: Signed) -> dict[int, bytes]:
    ledger = "/".join(new.checkpoint.origin.split("/")[-2:])
    with opened(file) as archive:
        sizes = frozenset((old.checkpoint.size, new.checkpoint.size))
        told = verified(archive, policy, report, Wanted(sizes=sizes))
    return told.ledgers[ledger].walk.roots if ledger in told.ledgers else {}
