"""A whole archive, read once and put to every check; commands stand on what comes of it."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from . import ledgers, rules
from .archive import Archive
from .entries import Entry, read
from .heads import HEADS, SIGNED, Ledger, brought
from .report import Found, Report, Unreadable, found
from .signing import cosigned, judged
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
        told.ledgers[name] = ledger = brought(archive, name, policy)
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
    for head in ledger.heads:
        for check, what in judged(head):
            report.add(check, what, ledger.name)
    for check, test in SIGNED.items() if policy is not None else ():
        report.add(check, test(ledger), ledger.name)


def _read(told: Verified, ledger: Ledger, wanted: Wanted) -> None:
    sizes = wanted.sizes | {each.checkpoint.size for each in ledger.heads}
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


def _members(told: Verified) -> Iterator[Found]:
    archive, second = told.archive, told.archive.manifest["format"] == "mandate-archive/2"
    expected = {"manifest.json", *(f"ledgers/{each}.jsonl" for each in archive.ledgers)}
    signed = archive.manifest.get("signed") or {}
    if second:
        expected |= {f"checkpoints/{each}.txt" for each in signed}
        expected |= {f"cosigned/{each}.txt" for each in signed} & {*archive.members}
        expected |= {f"schemas/{each}.json" for each in told.types if each}
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


def _absent(told: Verified) -> Iterator[Found]:
    """Miss ledgers that the auditor knows: who leaves one out writes the manifest too."""
    manifest, origins = told.archive.manifest, told.policy.origins if told.policy else ()
    signed = {each.checkpoint.origin for ledger in told.ledgers.values() for each in ledger.heads}
    houses = {str(manifest.get("house")), *(each.rsplit("/", 2)[0] for each in signed)}
    for origin in sorted(origins):
        house, *ledger = origin.rsplit("/", 2)
        known = house in houses and ledger[1:] == [manifest["congress"]]
        if known and "/".join(ledger) not in told.ledgers:
            yield found("absent.ledger", ledger="/".join(ledger), origin=origin)


def _remark(told: Verified) -> None:
    report = told.report
    if told.policy is None:
        report.remark("unsigned")
    for name, ledger in told.ledgers.items():
        size = ledger.head.checkpoint.size if ledger.head else 0
        if ledger.head and size < ledger.walk.tree.size:
            report.remark("tail", name, count=ledger.walk.tree.size - size, size=size)
        seen = ledger.seen.checkpoint.size if ledger.seen else size
        if seen < size:
            report.remark("unwitnessed", name, count=size - seen, size=seen)
    report.facts["ledgers"] = {
        name: {
            "entries": each.walk.tree.size, "hash": each.walk.link, "root": each.walk.tree.root().hex(),
            "signed": each.head.checkpoint.size if each.head else None,
            "witnessed": cosigned(each.witnessed) if each.witnessed else [],
        }
        for name, each in told.ledgers.items()
    }  # fmt: skip


WHOLE: dict[str, Callable[[Verified], Iterator[Found]]] = {"members": _members, "absent": _absent}
