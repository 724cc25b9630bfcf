"""The documents of the distributed journal, one per commit, and what is read from them; pure.

Each has the `_id` of its commit, `ledger`, `first` and `last`, the `entries` as bytes with their
`subjects` beside them, `hash` and `recorded` of the last one, `scope`, `key` and `fingerprint`.
"""

from collections.abc import Iterator, Sequence

from events.catalogue.envelope import Entry
from events.drivers.terms import Document, Index
from events.journal.group import Append, Tip, Used
from events.journal.moving import KeyRow, LedgerClosed
from events.journal.port import Head, JournalBroken, KeyReused, Once, Receipt
from events.proof.chain import START, Fault, Link, leaf, walk

INDEXES = (
    Index("place", (("ledger", 1), ("first", 1)), unique=True),
    Index("key", (("ledger", 1), ("scope", 1), ("key", 1)), unique=True),
    Index("stream", (("ledger", 1), ("subjects", 1), ("last", 1))),
)
MOST_BYTES = 12_000_000
PLACE_BYTES = 512
MARK = "mark"
"""The scope of a mark; no caller's, which all have a stroke or a blank in them."""


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
    """Write the receipt of a commit once more, or of what a key stands for; no entries are needed."""
    found = found.get("told", found)
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
    row = key_row(found)
    return Used(0, row.scope, row.key, row.fingerprint, row.first, row.size)


def key_row(found: Document) -> KeyRow:
    """Give the key of a commit, or one that stands beside the commits."""
    told = found.get("told", found)
    key = (found["scope"], found["key"], found["fingerprint"])
    return KeyRow(*key, told["first"], len(told["subjects"]))


def mark(ledger: str, why: str, head: Head, by: str = "") -> Document:
    """Write a mark: a commit of no entries in the place after the head. `by` is who takes it over."""
    first = head.sequence + 1
    return {
        "_id": f"{MARK} {ledger} {first}", "ledger": ledger, "first": first, "last": head.sequence,
        "hash": head.hash, "recorded": "", "scope": MARK, "key": str(first), "fingerprint": None,
        "subjects": [], "entries": [], "why": why, "by": by,
    }  # fmt: skip


def end(newest: Sequence[Document]) -> Head:
    """Give the end of a ledger by its newest commit, if there is one."""
    return Head(newest[0]["last"], newest[0]["hash"]) if newest else Head(0, "")


def closed(mark: Document, once: Once | None, found: Document | None) -> Receipt | KeyReused | LedgerClosed:
    """Answer who appends to a marked ledger: an old key as the first time, all others with the mark."""
    if once is None or found is None:
        return LedgerClosed(mark["ledger"], mark["why"], end([mark]))
    return receipt(found, repeated=True) if used(found).belongs_to(once) else KeyReused()


def adopted(ledger: str, entries: Sequence[bytes], keys: Sequence[KeyRow], by: str) -> Iterator[Document]:
    """Write the commits of a ledger taken over: those of the keys given, the rest entry by entry."""
    by_first = {row.first: row for row in reversed(keys)}
    first = 1
    while first <= len(entries):
        row = by_first.get(first)
        if row and sum(map(len, _of(entries, row))) > MOST_BYTES:
            row = None
        row = row or KeyRow("", f"{by}{first:08}", None, first, 1)
        yield {
            "_id": f"{by}{first:08}", "scope": row.scope or None, "key": row.key,
            "fingerprint": row.fingerprint, "entries": _of(entries, row), "by": by,
            **_told(ledger, row, entries),
        }  # fmt: skip
        first += row.size


def key_document(ledger: str, row: KeyRow, entries: Sequence[bytes], place: int, by: str) -> Document:
    """Write a key beside the commits, in a place below zero, with what its receipt tells."""
    return {
        "_id": f"{by}{place:08}", "ledger": ledger, "first": place, "last": place,
        "scope": row.scope, "key": row.key, "fingerprint": row.fingerprint,
        "subjects": [], "entries": [], "told": _told(ledger, row, entries), "by": by,
    }  # fmt: skip


def _of(entries: Sequence[bytes], row: KeyRow) -> Sequence[bytes]:
    return entries[row.first - 1 : row.first - 1 + row.size]


def _told(ledger: str, row: KeyRow, entries: Sequence[bytes]) -> Document:
    written = [Entry(raw) for raw in _of(entries, row)]
    return {
        "ledger": ledger, "first": row.first, "last": row.first + row.size - 1,
        "hash": leaf(entries[row.first + row.size - 2]).hex(), "recorded": written[-1].recordedtime,
        "subjects": [entry.subject for entry in written],
    }  # fmt: skip


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
