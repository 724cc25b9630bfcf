"""Ledgers between houses: what marks them, what goes with them, how they are checked; pure.

A ledger lives in one house. Elsewhere it is a copy, which nobody writes to; where it lived
before, it ends. What a house has *marked* takes no new entries, whether it exists or not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, NamedTuple, Protocol

from events.catalogue.envelope import MOST_BYTES, Entry
from events.journal.port import Head
from events.proof.chain import Fault, Walk

Why = Literal["arriving", "copied", "moved"]
"""It is being taken over; it lives elsewhere, and this is a copy; it went on elsewhere from here."""
CHUNK = 500
REACTION = "reaction/"


class LedgerClosed(Exception):  # noqa: N818 - it names what was found; callers answer 409, or 503
    """The ledger is marked: nothing was written. `head` is where it stands here."""

    def __init__(self, ledger: str, why: Why, head: Head) -> None:
        super().__init__(f"{ledger} is marked as {why}")
        self.ledger, self.why, self.head = ledger, why, head


class LedgerPresent(Exception):  # noqa: N818 - as above
    """There is such a ledger already, and it is not the same: nothing was written."""


class LedgerFaulty(Exception):  # noqa: N818 - as above
    """The chain does not hold, or does not end at the head that was told: nothing was written."""

    def __init__(self, ledger: str, fault: Fault) -> None:
        super().__init__(f"{ledger}/{fault.sequence}: {fault.why}")
        self.ledger, self.fault = ledger, fault


class KeyRow(NamedTuple):
    """An idempotency key with the entries written then: `size` of them from `first` on."""

    scope: str
    key: str
    fingerprint: bytes | None
    first: int
    size: int


class MovingJournal(Protocol):
    """What a journal is besides the port, for those who carry ledgers between houses."""

    async def mark(self, ledgers: Sequence[str], why: Why | None) -> None:
        """Mark ledgers, in place of what marked them, or open them (None); durable on return.

        `append` to a marked ledger raises `LedgerClosed`, unless its key was used before.
        """
        ...

    async def marks(self) -> Mapping[str, Why]:
        """Give every marked ledger."""
        ...

    async def key_rows(self, ledger: str) -> Sequence[KeyRow]:
        """Give every key that was used in a ledger."""
        ...

    async def adopt(self, ledger: str, entries: Iterable[bytes], keys: Iterable[KeyRow], head: Head) -> None:
        """Write a ledger as it is: its entries, its keys, and those of the reactions among them.

        All of it in one commit, or in steps that may be taken again. Asked again for what a
        marked ledger holds already, it adds the keys that are missing. `entries` may be read
        on another thread.

        Raises:
            LedgerFaulty: see `admitted`.
            LedgerPresent: when there is such a ledger, not marked or with another head.
            ValueError: when the name is not well-formed, or a key names entries that are not there.

        """
        ...


def admitted(
    ledger: str, entries: Iterable[bytes], head: Head, keep: Callable[[Sequence[tuple[str, bytes]]], None]
) -> list[KeyRow]:
    """Check the entries of a whole ledger one by one; give the keys of the reactions among them.

    `keep` gets (subject, entry) of those found sound, at most 500 at a time, in order.

    Raises:
        LedgerFaulty: at the first entry that is none, too large, out of place or chained to
            another one, or where the ledger does not end in `head`.

    """
    keys, seen, walking = list[KeyRow](), set[str](), Walk(ledger, strict=True)
    left = islice(entries, head.sequence + 1)
    while piece := list(islice(left, CHUNK)):
        _follow(walking, ledger, piece)
        rows = [(entry.subject, entry) for entry in map(Entry, piece)]
        for subject, entry in rows:
            keys.extend(reaction_keys(entry, new=subject not in seen))
            seen.add(subject)
        keep([(subject, entry.raw) for subject, entry in rows])
    end = walking.head
    if end.sequence != head.sequence:
        raise LedgerFaulty(
            ledger, Fault(end.sequence + 1, f"the ledger has {head.sequence} entries", "other-head")
        )
    if end.hash != head.hash:
        raise LedgerFaulty(ledger, Fault(end.sequence, "it is not the head that was told", "other-head"))
    return keys


def _follow(walking: Walk, ledger: str, piece: Sequence[bytes]) -> None:
    """Go on over entries that are sound and small enough, or raise what is wrong with the first."""
    long = next((n for n, raw in enumerate(piece) if len(raw) > MOST_BYTES), None)
    fault = walking.take(piece[:long])
    if fault is None and long is not None:
        why = f"it has more than {MOST_BYTES} bytes"
        fault = Fault(walking.head.sequence + 1, why, "too-long")
    if fault is not None:
        raise LedgerFaulty(ledger, fault)


def reaction_keys(entry: Entry, *, new: bool) -> Iterator[KeyRow]:
    """Give the keys under which a reaction wrote this entry; `new` says that it began its stream.

    A reaction's key is (name, causing entry, target): the stream, or for a new thing its kind.
    All of it stands in the entry, so a house that takes the ledger over refuses the key too.
    """
    if entry.actor.startswith(REACTION) and entry.causationid:
        targets = [entry.subject, *([entry.subject.partition("/")[0]] if new else [])]
        for target in targets:
            yield KeyRow(entry.actor, f"{entry.causationid} {target}", None, entry.sequence, 1)


def misplaced(keys: Iterable[KeyRow], head: Head) -> KeyRow | None:
    """Give the first key that names entries which the ledger does not have, if there is one."""
    return next((k for k in keys if not 1 <= k.first <= k.first + k.size - 1 <= head.sequence), None)
