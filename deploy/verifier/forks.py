"""`fork`: two archives, or two receipts' proofs, of one ledger: do they tell the same history.

Where they do not, and trusted keys signed both, two proofs are written that anyone can compare: that
is evidence, for a ledger's key must never sign two histories.
"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from . import merkle
from .archive import Archive, opened
from .heads import Ledger
from .proofs import Proof, written
from .receipts import Receipt, receipt
from .report import Report, Unreadable, found
from .signing import Signed
from .trust import Policy
from .verifying import verified


def fork(files: tuple[Path, Path], policy: Policy | None, evidence: Path) -> Report:
    """Compare two of a kind; what is not sound in itself is found too.

    Raises:
        Unreadable: when they are not two archives or two proofs.

    """
    proofs = [each.suffix == ".tlog-proof" for each in files]
    if all(proofs):
        if policy is None:
            raise Unreadable("read.trust-needed")
        return _receipts(files, policy)
    if any(proofs):
        raise Unreadable("read.two-kinds")
    return _archives(files, policy, evidence)


def _receipts(files: tuple[Path, Path], policy: Policy) -> Report:
    report, told = Report("fork", " ".join(each.name for each in files)), list[Receipt]()
    for file in files:
        each, made = receipt(file, policy)
        told.append(made)
        for check, what in each.findings:
            report.add(check, [what], file.name)
    first, second = told
    heads = first.head.checkpoint, second.head.checkpoint
    if report.counts:
        return report
    if heads[0].origin != heads[1].origin:
        report.remark("two-ledgers")
    elif heads[0].size == heads[1].size and heads[0].root != heads[1].root:
        report.add("fork", [found("fork.roots", heads[0].origin, size=heads[0].size)])
    elif first.proof.index == second.proof.index and first.proof.entry != second.proof.entry:
        report.add("fork", [found("fork.entries", first.entry.id)])
    else:
        report.remark("no-fork")
    report.forked = bool(report.counts)
    return report


def _archives(files: tuple[Path, Path], policy: Policy | None, evidence: Path) -> Report:
    report = Report("fork", " ".join(each.name for each in files))
    with opened(files[0]) as one, opened(files[1]) as other:
        both = []
        for file, archive in zip(files, (one, other), strict=True):
            each = Report("export", file.name)
            both.append(verified(archive, policy, each))
            for check, what in each.findings:
                report.add(check, [what], file.name)
        common = [each for each in both[0].ledgers if each in both[1].ledgers]
        if not common:
            report.remark("two-ledgers")
        for name in common:
            _compared(report, (both[0].ledgers[name], both[1].ledgers[name]), evidence)
    if policy is None:
        report.remark("unsigned")
    if not report.counts:
        report.remark("no-fork")
    return report


def _compared(report: Report, two: tuple[Ledger, Ledger], evidence: Path) -> None:
    number = _parting(two[0].archive, two[1].archive, two[0].name)
    if not number:
        return
    where = f"{two[0].name}/{number}"
    seen = (each.witnessed for each in two)
    heads = [each for each in seen if each and each.checkpoint.size >= number]
    untrusted = {"origin", "signature", "witnesses", "root", "covered"} & report.counts.keys()
    origins = {each.checkpoint.origin for each in heads}
    if len(heads) < len(two) or untrusted or len(origins) > 1:
        report.add("fork", [found("fork.unsigned", where)])
        return
    written_to = list(_evidence(two, heads, number, evidence))
    report.add("fork", [found("fork.signed", where, files=" ".join(written_to))])
    report.facts.setdefault("evidence", []).extend(written_to)
    report.forked = True


def _parting(one: Archive, other: Archive, ledger: str) -> int:
    """Give the number of the first entry that differs; 0 where one ledger continues the other."""
    pairs = zip_longest(one.entries(ledger), other.entries(ledger))
    for number, (first, second) in enumerate(pairs, 1):
        if first is None or second is None:
            return 0
        if first != second:
            return number
    return 0


def _evidence(two: tuple[Ledger, Ledger], heads: list[Signed], number: int, evidence: Path) -> Iterator[str]:
    try:
        evidence.mkdir(parents=True, exist_ok=True)
        for side, ledger, head in zip("ab", two, heads, strict=True):
            size = head.checkpoint.size
            raws = [raw for raw, _ in zip(ledger.archive.entries(ledger.name), range(size), strict=False)]
            path = merkle.path([merkle.leaf(raw) for raw in raws], number - 1)
            made = Proof(raws[number - 1], number - 1, tuple(path), head.note.raw)
            file = evidence / f"{ledger.name.replace('/', '-')}-{side}.tlog-proof"
            file.write_bytes(written(made))
            yield str(file)
    except OSError as error:
        raise Unreadable("read.file", name=evidence) from error
