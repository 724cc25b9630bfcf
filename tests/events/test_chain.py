"""Whatever is changed in a ledger, the chain finds."""

from hashlib import sha256

import pytest

from events.catalogue.envelope import placed
from events.proof.chain import START, Fault, Link, Walk, leaf, walk
from tests.events.world import LEDGER, proposed


def ledger(size: int, ledger: str = LEDGER) -> list[bytes]:
    """Make a ledger that holds."""
    entries: list[bytes] = []
    for sequence in range(1, size + 1):
        entries.append(
            placed(
                ledger=ledger,
                sequence=sequence,
                recordedtime=f"2025-02-27T01:{2 + sequence // 60:02d}:{sequence % 60:02d}.000000Z",
                prevhash=leaf(entries[-1]).hex() if entries else None,
                decided=proposed(f"suggestion/{sequence}").decided,
            )
        )
    return entries


def test_leaf() -> None:
    """A leaf is SHA-256(0x00 ‖ entry), as in RFC 6962."""
    assert leaf(b"entry") == sha256(b"\0entry").digest()


def test_whole() -> None:
    """A ledger that holds gives its head; an empty one the beginning."""
    entries = ledger(5)
    assert walk(LEDGER, entries) == Link(5, leaf(entries[-1]).hex())
    assert walk(LEDGER, []) == START


def test_in_parts() -> None:
    """A ledger may be followed from any head kept before."""
    entries = ledger(5)
    middle = walk(LEDGER, entries[:3])
    assert isinstance(middle, Link)
    assert walk(LEDGER, entries[3:], middle) == walk(LEDGER, entries)
    assert walk(LEDGER, entries[3:], Link(3, "0" * 64)) == Fault(
        4, "prevhash is not the hash of the entry before", "not-chained"
    )


@pytest.mark.parametrize("number", [1, 2, 9, 10, 99, 100, 500, 998, 999, 1_000, 1_001])
def test_the_first_fault_among_many(number: int) -> None:
    """Of entries looked at together, the one after the changed one is the fault, and all before it hold."""
    entries = ledger(1_010)
    assert walk(LEDGER, entries) == Link(1_010, leaf(entries[-1]).hex())
    entries[number - 1] = entries[number - 1].replace(b',"data":{', b',"data":{"other":1,')
    walking, hashes = Walk(LEDGER), [leaf(raw) for raw in entries[:number]]
    assert walking.take(entries) == Fault(
        number + 1, "prevhash is not the hash of the entry before", "not-chained"
    )
    assert walking.leaves == hashes
    assert walking.head == Link(number, hashes[-1].hex())
    assert len(walking.ends) == number


def test_every_changed_byte() -> None:
    """A change of any byte of any entry shows as a fault, or in the head."""
    entries = ledger(3)
    head = walk(LEDGER, entries)
    for number, raw in enumerate(entries):
        for place in range(0, len(raw), 7):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            found = walk(LEDGER, [*entries[:number], changed, *entries[number + 1 :]])
            assert found != head
            assert isinstance(found, Fault) or number == 2


@pytest.mark.parametrize(
    ("kept", "fault"),
    [
        ([1, 3], Fault(2, "sequence 3 stands where 2 belongs", "other-sequence")),
        ([2, 1], Fault(1, "sequence 2 stands where 1 belongs", "other-sequence")),
        ([1, 1], Fault(2, "sequence 1 stands where 2 belongs", "other-sequence")),
    ],
)
def test_order(kept: list[int], fault: Fault) -> None:
    """An entry left out, moved or doubled is the first fault."""
    entries = ledger(3)
    assert walk(LEDGER, [entries[sequence - 1] for sequence in kept]) == fault


def test_foreign() -> None:
    """An entry of another ledger has no place in this one."""
    assert walk(LEDGER, ledger(1, "suggestions/630202")) == Fault(
        1, "it says that it is suggestions/630202/1", "other-entry"
    )


def test_time_goes_back() -> None:
    """An entry recorded before the one before it is a fault, though its hash is right."""
    first, second = ledger(2)
    back = second.replace(b"01:02:02", b"01:02:00")
    assert walk(LEDGER, [first, back]) == Fault(
        2, "it was recorded earlier than the entry before", "backdated"
    )


def test_no_entry() -> None:
    """Bytes that are no entry are a fault, not an exception."""
    for raw in (b"", b"{}", b'{"sequence":1,"data":{}}', b"\xff" * 80):
        assert walk(LEDGER, [raw]) == Fault(1, "it is no entry", "no-entry")
