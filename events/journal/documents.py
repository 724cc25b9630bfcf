"""The documents of the distributed journal, one per commit, and what is read from them; pure.

Each has the `_id` of its commit, `ledger`, `first` and `last`, the `entries` as bytes with their
`subjects` beside them, `hash` and `recorded` of the last one, `scope`, `key` and `fingerprint`.
"""

from collections.abc import Sequence

from events.catalogue.envelope import Entry
from events.drivers.terms import Document, Index
from events.journal.group import Append, Tip, Used
from events.journal.port import JournalBroken, Receipt
from events.proof.chain import START, Fault, Link, leaf, walk

INDEXES = (
    Index("place", (("ledger", 1), ("first", 1)), unique=True),
    Index("key", (("ledger", 1), ("scope", 1), ("key", 1)), unique=True),
    Index("stream", (("ledger", 1), ("subjects", 1), ("last", 1))),
)
MOST_BYTES = 12_000_000
PLACE_BYTES = 512


def fits(append: Append) -> bool:
    """Tell whether the commit has room in one document, which holds at most 16 MB."""
    return sum(len(entry.decided) + PLACE_BYTES for entry in append.entries) <= MOST_BYTES


def document(commit: str, append: Append, entries: Sequence[bytes], receipt: Receipt) -> Document:
    """Write a commit; one without a key has its own id for it, in no scope, so that none is taken twice."""
    once = append.once
    return {
        "_id": commit,
        "ledger": append.ledger,
        "first": receipt.first,
        "last": receipt.last,
        "hash": receipt.hash,
        "recorded": receipt.recorded,
        "scope": once.scope if once else None,
        "key": once.key if once else commit,
        "fingerprint": once.fingerprint if once else None,
        "subjects": [entry.subject for entry in append.entries],
        "entries": list(entries),
    }


def receipt(found: Document, *, repeated: bool = False) -> Receipt:
    """Write the receipt of a commit once more; its entries are not needed."""
    return Receipt(
        found["ledger"],
        found["first"],
        found["last"],
        found["hash"],
        found["recorded"],
        {subject: found["first"] + n for n, subject in enumerate(found["subjects"])},
        repeated=repeated,
    )


def used(found: Document) -> Used:
    """Give what the key of this commit stands for."""
    size = len(found["subjects"])
    return Used(0, found["scope"], found["key"], found["fingerprint"], found["first"], size)


def tip(ledger: str, newest: Sequence[Document]) -> Tip | None:
    """Give the end of a ledger from its last two commits, newest first; None when it has none.

    Raises:
        JournalBroken: when the last one does not hold.

    """
    if not newest:
        return None
    last, before = newest[0], [Link(each["last"], leaf(each["entries"][-1]).hex()) for each in newest[1:]]
    head = walk(ledger, last["entries"], *before or [START])
    if isinstance(head, Fault) or head != Link(last["last"], last["hash"]):
        raise JournalBroken(f"{ledger}: {head}")
    return Tip(0, head.sequence, head.hash, Entry(last["entries"][-1]).recordedtime)


def streamed(found: Sequence[Document], subject: str, after: int) -> list[bytes]:
    """Take the entries of one stream with a sequence above `after` out of its commits."""
    return [
        entry
        for commit in found
        for sequence, (of, entry) in enumerate(
            zip(commit["subjects"], commit["entries"], strict=True), commit["first"]
        )
        if of == subject and sequence > after
    ]


def backwards(commit: Document) -> list[tuple[int, str]]:
    """Give (sequence, subject) of a commit's entries, the last one first."""
    return list(enumerate(commit["subjects"], commit["first"]))[::-1]


def joined(found: Sequence[Document], after: int) -> list[bytes]:
    """Take all entries with a sequence above `after` out of commits in order, up to a hole."""
    entries: list[bytes] = []
    for commit in found:
        expected = after + len(entries) + 1
        if commit["first"] > expected:
            break
        entries += commit["entries"][expected - commit["first"] :]
    return entries
