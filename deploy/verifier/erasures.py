"""`erasure`: who was erased, by whose word, and that nothing of him travels; his entries still stand."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .archive import Archive, opened
from .entries import Entry
from .report import Found, Report, Unreadable, found
from .trust import Policy
from .verifying import Wanted, verified

ERASED = {"opinion.erased.v1", "erasure.approved.v1"}
REQUESTED = {"opinion.erasure-requested.v1", "erasure.requested.v1"}
GIVEN = {"words", "contact", "place", "name"}
"""What an owner gave of himself; reasons and answers are records of office and outlive him."""
LAW = "个人信息保护法"
RECORD, DIGEST = re.compile("[a-z0-9][a-z0-9-]{0,63}"), re.compile("[0-9a-f]{64}")


@dataclass
class Erasures:
    """What the ledgers tell of erasures, and what of owners travels sealed."""

    granted: dict[str, Entry] = field(default_factory=dict)
    """The event that erased, by owner."""
    requests: dict[str, Entry] = field(default_factory=dict)
    """The last request, by stream."""
    references: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    keys: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    """By owner: a key of his is there; the vault says that he is erased."""
    records: list[tuple[str, str]] = field(default_factory=list)
    """Record and owner."""

    def hear(self, entry: Entry) -> None:
        """Go on by one entry."""
        if entry.type in ERASED:
            self.granted[str(entry.data.get("owner", ""))] = entry
        if entry.type in REQUESTED:
            self.requests[entry.subject] = entry
        person = entry.data.get("person")
        owner = f"person/{person}" if person else entry.subject
        for name in GIVEN & entry.data.keys():
            if isinstance(reference := entry.data[name], dict):
                self.references.setdefault(owner, []).append(reference)

    def open(self, archive: Archive, secret: bytes) -> None:
        """Take what travels sealed.

        Raises:
            Unreadable: when the secret is another, or a row is none.

        """
        try:
            for owner, key, erased in archive.sealed("owners", secret):
                self.keys[str(owner)] = key is not None, erased is not None
            for record, owner, *_ in archive.sealed("records", secret):
                self.records.append((str(record), str(owner)))
        except (TypeError, ValueError) as error:
            raise Unreadable("read.sealed", name="owners, records") from error


def _granted(told: Erasures) -> Iterator[Found]:
    for owner, entry in told.granted.items():
        basis = entry.data.get("basis")
        law = str(basis.get("law", "")) if isinstance(basis, dict) else ""
        if not (owner and entry.data.get("approver") and entry.data.get("ground") and LAW in law):
            yield found("granted.unsaid", entry.id, owner=owner)


def _asked(told: Erasures) -> Iterator[Found]:
    for owner, entry in told.granted.items():
        request = told.requests.get(entry.subject)
        requester = str(request.data.get("requester", "")) if request else ""
        if not requester:
            yield found("asked.never", entry.id, owner=owner)
        elif requester.partition("/")[2] == str(entry.data.get("approver", "")).partition("/")[2]:
            yield found("asked.alone", entry.id, owner=owner)


def _keys(told: Erasures) -> Iterator[Found]:
    for owner in told.granted:
        key, erased = told.keys.get(owner, (False, True))
        if key or not erased:
            yield found("keys.kept", owner=owner)


def _records(told: Erasures) -> Iterator[Found]:
    for owner in told.granted:
        named = {str(each.get("record")) for each in told.references.get(owner, ())}
        for record, whose in told.records:
            if whose == owner or record in named:
                yield found("records.kept", owner=owner, record=record)


def _unsaid(told: Erasures) -> Iterator[Found]:
    for owner, (_, erased) in told.keys.items():
        if erased and owner not in told.granted:
            yield found("unsaid.erased", owner=owner)


def _references(told: Erasures) -> Iterator[Found]:
    for owner in told.granted:
        for each in told.references.get(owner, ()):
            digests = [str(each.get(name)) for name in ("ciphertext", "commitment")]
            if not RECORD.fullmatch(str(each.get("record"))) or not all(map(DIGEST.fullmatch, digests)):
                yield found("references.lost", owner=owner)


CHECKS: dict[str, Callable[[Erasures], Iterator[Found]]] = {
    "granted": _granted, "asked": _asked, "keys": _keys, "records": _records, "unsaid": _unsaid,
    "references": _references,
}  # fmt: skip


def erasure(file: Path, policy: Policy | None, secret: bytes | None) -> Report:
    """Verify every erasure of an archive, and the archive itself.

    Raises:
        Unreadable: when personal data travels in it and no secret, or another, was given.

    """
    report, told = Report("erasure", file.name), Erasures()
    with opened(file) as archive:
        if archive.manifest.get("personal") or "sealed/owners" in archive.members:
            if secret is None:
                raise Unreadable("read.secret")
            told.open(archive, secret)
        else:
            report.remark("nothing-sealed")
        verified(archive, policy, report, Wanted(listeners=(told.hear,)))
    for name, test in CHECKS.items():
        report.add(name, test(told))
    report.facts["erased"] = {
        owner: {"by": entry.id, "references": len(told.references.get(owner, ()))}
        for owner, entry in told.granted.items()
    }
    return report
