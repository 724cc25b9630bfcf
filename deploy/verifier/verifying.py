"""A whole archive, read once and put to every check; commands stand on what comes of it."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from . import ledgers, rules
from .archive import Archive
from .entries import Entry, read
from .ledgers import Walk
from .report import Found, Report, Unreadable, found
from .signing import Signed, cosigned, judged, signed
from .story import Story
from .trust import Policy

SHAPES = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
Listener = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command wants beside the checks.

    `until` (0: no end) is the last entry of the suggestions that counts in figures; of the `sizes`
    the roots are kept; `listeners` hear every entry.
    """

    until: int = 0
    sizes: frozenset[int] = frozenset()
    listeners: tuple[Listener, ...] = ()


PLAIN = Wanted()


@dataclass
class Ledger:
    """A ledger that was read to its end, with the signed head that travels with it."""

    name: str
    archive: Archive
    walk: Walk
    head: Signed | None = None
    example: bool = False


@dataclass
class Verified:
    """An archive that was read to its end, with what was found on the way."""

    archive: Archive
    report: Report
    story: Story
    policy: Policy | None
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)


def verified(archive: Archive, policy: Policy | None, report: Report, wanted: Wanted = PLAIN) -> Verified:
    """Read an archive and put it to every check; without a policy no signature is verified.

    Raises:
        Unreadable: when it breaks off.

    """
    told = Verified(archive, report, Story(wanted.until), policy)
    for name in archive.ordered:
        told.ledgers[name] = ledger = Ledger(name, archive, Walk(name))
        raw = archive.checkpoint(name)
        if raw is not None and policy is not None:
            ledger.head = signed(raw, policy, name)
        _read(told, ledger, wanted)
        ledger.example = told.story.example
        _judge(ledger, policy, report)
    for check, over in WHOLE.items():
        report.add(check, over(told))
    _remark(told)
    return told


def _judge(ledger: Ledger, policy: Policy | None, report: Report) -> None:
    for check, test in HEADS.items():
        report.add(check, test(ledger), ledger.name)
    if ledger.head is not None:
        for check, what in judged(ledger.head):
            report.add(check, what, ledger.name)
    for check, test in SIGNED.items() if policy is not None else ():
        report.add(check, test(ledger), ledger.name)


def _read(told: Verified, ledger: Ledger, wanted: Wanted) -> None:
    sizes = wanted.sizes | ({ledger.head.checkpoint.size} if ledger.head else set())
    walk, report = ledger.walk, told.report
    for raw in told.archive.entries(ledger.name):
        where = f"{ledger.name}/{walk.number + 1}"
        try:
            entry = read(raw)
        except Unreadable:
            entry = Entry(raw, {}, ("json",))
        for check, test in ledgers.CHECKS.items():
            report.add(check, test(walk, entry), where)
        _told(told, entry, where)
        told.types.add(entry.type)
        for listener in wanted.listeners:
            listener(entry)
        walk.take(entry, sizes)
    sys.stderr.write(f"· {ledger.name} {walk.tree.size}\n")


def _told(told: Verified, entry: Entry, where: str) -> None:
    """Put what an entry claims to the rules, then follow it; what lacks its shape is said once."""
    service = where.partition("/")[0]
    if service not in {"deputies", "suggestions"}:
        return
    try:
        if service == "suggestions":
            for check, test in rules.CHECKS.items():
                told.report.add(check, list(test(told.story, entry)), where)
        told.story.take(entry)
    except SHAPES:
        told.report.add("shape", [found("shape.other", type=entry.type)], where)


def _head(ledger: Ledger) -> Iterator[Found]:
    walk, told = ledger.walk, ledger.archive.ledgers[ledger.name]
    if (walk.tree.size, walk.link) != (told["sequence"], told["hash"]):
        yield found("head.other", told=told["sequence"], read=walk.tree.size)


def _covered(ledger: Ledger) -> Iterator[Found]:
    if ledger.head is None:
        yield found("covered.unsigned")
    elif ledger.head.checkpoint.size > ledger.walk.tree.size:
        yield found("covered.cut", size=ledger.head.checkpoint.size, read=ledger.walk.tree.size)


def _root(ledger: Ledger) -> Iterator[Found]:
    if ledger.head is not None:
        size, root = ledger.head.checkpoint.size, ledger.head.checkpoint.root
        if ledger.walk.roots.get(size, root) != root:
            yield found("root.other", size=size)


def _dated(ledger: Ledger) -> Iterator[Found]:
    """Compare the house's clock with the witnesses'; an example has a time of its own."""
    times = cosigned(ledger.head) if ledger.head is not None and not ledger.example else []
    if ledger.head is None or not times:
        return
    seen, size = dt.datetime.fromtimestamp(times[0], dt.UTC), ledger.head.checkpoint.size
    covered = ledgers.instant(ledger.walk.times.get(size, ""))
    if covered and covered > seen + ledgers.APART:
        yield found("dated.later", recorded=covered.isoformat(), seen=seen.isoformat())


def _members(told: Verified) -> Iterator[Found]:
    archive, second = told.archive, told.archive.manifest["format"] == "mandate-archive/2"
    expected = {"manifest.json", *(f"ledgers/{each}.jsonl" for each in archive.ledgers)}
    heads = {f"checkpoints/{each}.txt" for each in archive.manifest.get("signed") or {}}
    if second:
        expected |= heads | {f"schemas/{each}.json" for each in told.types if each}
    present = [each for each in archive.members if not each.startswith("sealed/")]
    for name in sorted({each for each in present if present.count(each) > 1}):
        yield found("members.twice", name=name)
    for name in sorted(expected - {*present}):
        yield found("members.missing", name=name)
    for name in sorted({*present} - expected):
        yield found("members.surplus", name=name)
    for ledger in archive.ledgers:
        if not ledger.endswith(f"/{archive.manifest['congress']}"):
            yield found("members.congress", ledger=ledger)


def _remark(told: Verified) -> None:
    report = told.report
    if told.policy is None:
        report.remark("unsigned")
    for name, ledger in told.ledgers.items():
        size = ledger.head.checkpoint.size if ledger.head else 0
        if ledger.head and size < ledger.walk.tree.size:
            report.remark("tail", name, count=ledger.walk.tree.size - size, size=size)
    report.facts["ledgers"] = {
        name: {
            "entries": each.walk.tree.size, "hash": each.walk.link, "root": each.walk.tree.root().hex(),
            "signed": each.head.checkpoint.size if each.head else None,
            "witnessed": cosigned(each.head) if each.head else [],
        }
        for name, each in told.ledgers.items()
    }  # fmt: skip


HEADS: dict[str, Callable[[Ledger], Iterator[Found]]] = {"head": _head}
SIGNED: dict[str, Callable[[Ledger], Iterator[Found]]] = {
    "covered": _covered, "root": _root, "dated": _dated,
}  # fmt: skip
WHOLE: dict[str, Callable[[Verified], Iterator[Found]]] = {"members": _members}
