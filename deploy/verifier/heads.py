"""A ledger of an archive with the signed heads that travel with it, and what is checked of these.

Witnesses come after the house: where the newest head is not cosigned yet, the newest that is travels too.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from . import ledgers
from .archive import Archive
from .ledgers import Walk
from .report import Found, found
from .signing import Signed, cosigned, signed
from .trust import Policy


@dataclass
class Ledger:
    """A ledger that is read: its newest head, and the one that witnesses have seen where that is another."""

    name: str
    archive: Archive
    walk: Walk
    head: Signed | None = None
    seen: Signed | None = None
    example: bool = False

    @property
    def heads(self) -> list[Signed]:
        """Give the heads that are there."""
        return [each for each in (self.head, self.seen) if each is not None]

    @property
    def witnessed(self) -> Signed | None:
        """Give the head that has to have been witnessed."""
        return self.seen or self.head


def brought(archive: Archive, name: str, policy: Policy | None) -> Ledger:
    """Give a ledger with its heads, before it is read; without a policy there are none.

    Raises:
        Unreadable: when a head is none.

    """
    ledger, raw, seen = Ledger(name, archive, Walk(name)), archive.checkpoint(name), archive.cosigned(name)
    if policy is not None and seen is not None:
        ledger.seen, policy = signed(seen, policy, name), replace(policy, need=0)
    if policy is not None and raw is not None:
        ledger.head = signed(raw, policy, name)
    return ledger


def _head(ledger: Ledger) -> Iterator[Found]:
    walk, told = ledger.walk, ledger.archive.ledgers[ledger.name]
    if (walk.tree.size, walk.link) != (told["sequence"], told["hash"]):
        yield found("head.other", told=told["sequence"], read=walk.tree.size)


def _covered(ledger: Ledger) -> Iterator[Found]:
    size = max((each.checkpoint.size for each in ledger.heads), default=0)
    if ledger.head is None:
        yield found("covered.unsigned")
    elif size > ledger.walk.tree.size:
        yield found("covered.cut", size=size, read=ledger.walk.tree.size)


def _root(ledger: Ledger) -> Iterator[Found]:
    for head in ledger.heads:
        size, root = head.checkpoint.size, head.checkpoint.root
        if ledger.walk.roots.get(size, root) != root:
            yield found("root.other", size=size)


def _dated(ledger: Ledger) -> Iterator[Found]:
    """Compare the house's clock with the witnesses'; an example has a time of its own."""
    for head in () if ledger.example else ledger.heads:
        for time in cosigned(head)[:1]:
            seen = dt.datetime.fromtimestamp(time, dt.UTC)
            covered = ledgers.instant(ledger.walk.times.get(head.checkpoint.size, ""))
            if covered and covered > seen + ledgers.APART:
                yield found("dated.later", recorded=covered.isoformat(), seen=seen.isoformat())


HEADS: dict[str, Callable[[Ledger], Iterator[Found]]] = {"head": _head}
SIGNED: dict[str, Callable[[Ledger], Iterator[Found]]] = {
    "covered": _covered, "root": _root, "dated": _dated,
}  # fmt: skip
