"""The notary signs what goes on from what it signed, and nothing else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import apsw
import pytest

from events.journal.sqlite import SqliteJournal
from events.notary.proving import Proving
from events.notary.signing import MOST_ENTRIES
from events.proof import inclusion, note, tree
from events.proof.chain import leaf
from tests.events.notes import HOUSE, ORIGIN, Room, edit, grow, notary, standing
from tests.events.world import LEDGER, now


async def test_what_was_added_is_signed_and_proven(room: Room) -> None:
    """Over several rounds and full tiles: root, note and every proof are those of the entries."""
    signing, proving = notary(room.journal, room.notes), Proving(HOUSE, room.notes)
    for count in (1, 5, 250, 300):
        await grow(room.journal, count)
        await signing.round()
    found = await standing(room)
    entries = await room.journal.fetch(LEDGER, 0, 1_000)
    hashes = tree.over([leaf(each) for each in entries])
    assert (found.signed.size, found.signed.root) == (556, tree.root(556, hashes))
    keys = [note.key(each) for each in found.signed.vkeys]
    for sequence in (1, 2, 255, 256, 257, 512, 513, 556):
        proven = await proving.prove(found, sequence, entries[sequence - 1])
        assert proven.sound
        told = inclusion.verified(inclusion.read(proven.proof.text), keys)
        assert (told.origin, told.size, proven.proof.index) == (ORIGIN, 556, sequence - 1)
    assert await proving.tile(LEDGER, (0, 1), 256) == b"".join(leaf(each) for each in entries[256:512])
    assert await proving.tile(LEDGER, (0, 2), 44) == b"".join(leaf(each) for each in entries[512:556])
    assert await proving.tile(LEDGER, (0, 0), 3) == b"".join(leaf(each) for each in entries[:3])
    assert await proving.tile(LEDGER, (0, 2), 45) is None
    assert await proving.tile(LEDGER, (1, 0), 2) == hashes((8, 0)) + hashes((8, 1))


async def test_a_long_ledger_is_signed_a_part_at_a_time(room: Room) -> None:
    """Nothing waits for the whole of it."""
    await grow(room.journal, MOST_ENTRIES + 3)
    signing = notary(room.journal, room.notes)
    assert (await signing.round(), (await standing(room)).signed.size) == (True, MOST_ENTRIES)
    assert signing.unsigned == MOST_ENTRIES + 3
    assert (await signing.round(), (await standing(room)).signed.size) == (False, MOST_ENTRIES + 3)


async def test_nothing_new_is_not_signed_anew(room: Room) -> None:
    """A ledger that rests keeps its checkpoint."""
    await grow(room.journal, 3)
    signing = notary(room.journal, room.notes)
    await signing.round()
    before = await standing(room)
    assert not await signing.round()
    assert await standing(room) == before


async def test_two_notaries_share_the_work(room: Room) -> None:
    """Whoever is overtaken looks again; the checkpoints are one line."""
    one, two = notary(room.journal, room.notes), notary(room.journal, room.notes)
    for _ in range(20):
        await grow(room.journal, 7)
        await asyncio.gather(one.round(), two.round())
    assert ((await standing(room)).signed.size, one.refused, two.refused) == (140, {}, {})


async def test_it_signs_beside_the_commits(room: Room) -> None:
    """The task wakes at a commit and takes in what came meanwhile."""
    signing, proving = notary(room.journal, room.notes), Proving(HOUSE, room.notes)
    task = asyncio.create_task(signing.run(room.journal.changed, 0.01))
    await grow(room.journal, 40)
    assert await proving.signed(LEDGER, 40, 5)
    await grow(room.journal, 1)
    assert await proving.signed(LEDGER, 41, 5)
    assert await proving.signed(LEDGER, 42, 0.05) is None
    task.cancel()


CHANGE = """
    UPDATE entry SET raw = CAST(replace(CAST(raw AS TEXT), 'deputy', 'leader') AS BLOB)
    WHERE place % 4294967296 = 5"""
FORGERIES: dict[str, str] = {
    "the last signed entry is changed": CHANGE,
    "the tail is cut off": "DELETE FROM entry WHERE place = (SELECT max(place) FROM entry)",
    "the ledger is gone": "DELETE FROM entry",
}


def restore(room: Room, entries: Sequence[bytes]) -> None:
    """Put the ledger's first entries back as they were."""
    place = "(SELECT number << 32 FROM ledger)"
    for sequence, raw in enumerate(entries, 1):
        row = f"{place} + {sequence}, 'suggestion/{sequence - 1:06d}', x'{raw.hex()}'"
        edit(room, f"INSERT OR REPLACE INTO entry (place, subject, raw) SELECT {row}")


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES)
async def test_a_fork_is_refused_for_good(room: Room, statement: str) -> None:
    """It says which entry; the next notary refuses too, until the ledger is what it was."""
    await grow(room.journal, 5)
    await notary(room.journal, room.notes).round()
    signed = (await standing(room)).signed
    last = await room.journal.fetch(LEDGER, 0, 5)
    edit(room, statement)
    await grow(room.journal, 2)
    signing = notary(room.journal, room.notes)
    await signing.round()
    assert signing.refused[LEDGER].startswith("entry 5 was signed")
    assert ((await standing(room)).signed, (await standing(room)).refused) == (
        signed,
        signing.refused[LEDGER],
    )
    another = notary(room.journal, room.notes)
    await another.round()
    assert another.refused == signing.refused
    assert await another.readmit(LEDGER)
    assert another.refused[LEDGER].startswith("entry 5 was signed")
    restore(room, last)
    assert await another.readmit(LEDGER)
    assert another.refused == {}
    assert (await standing(room)).signed.size == 7
    assert not await another.readmit(LEDGER)


async def test_what_does_not_follow_is_refused(room: Room) -> None:
    """A new entry that was changed before it was signed: the one after it tells."""
    await grow(room.journal, 3)
    signing = notary(room.journal, room.notes)
    await signing.round()
    await grow(room.journal, 3)
    edit(room, CHANGE)
    await signing.round()
    assert signing.refused == {LEDGER: "entry 6: prevhash is not the hash of the entry before"}
    assert (await standing(room)).signed.size == 3


async def test_a_ledger_that_vanishes_is_missed(room: Room, tmp_path: Path) -> None:
    """An empty journal under notes that know more: an old disk was put in."""
    await grow(room.journal, 3)
    await notary(room.journal, room.notes).round()
    (tmp_path / "other").mkdir()
    other = SqliteJournal(tmp_path / "other" / "journal.db", now)
    signing = notary(other, room.notes)
    await signing.round()
    await other.close()
    assert signing.refused[LEDGER].startswith("entry 3 was signed")


class Faltering(SqliteJournal):
    """A journal that is away for one ledger, the first time."""

    away = LEDGER

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        if ledger == self.away:
            self.away = ""
            await asyncio.sleep(0.2)  # the others are signed
            raise ConnectionError("away")
        return await super().fetch(ledger, after, limit)


async def test_one_that_vanished_is_missed_after_a_round_cut_short(room: Room, tmp_path: Path) -> None:
    """What a first round had signed before the store was away is not all there is."""
    await grow(room.journal, 3)
    await notary(room.journal, room.notes).round()
    (tmp_path / "other").mkdir()
    other, beside = Faltering(tmp_path / "other" / "journal.db", now), "suggestions/630202"
    await grow(other, 2, beside)
    signing = notary(other, room.notes)
    with pytest.raises(ConnectionError):
        await signing.round()
    known = await room.notes.get(f"{HOUSE}/{beside}")
    assert known
    assert (known.signed.size, signing.refused) == (2, {})
    await signing.round()
    await other.close()
    assert signing.refused.keys() == {LEDGER}
    assert signing.refused[LEDGER].startswith("entry 3 was signed")


async def test_a_tree_that_was_changed_is_not_signed_on(room: Room) -> None:
    """What is kept of the tree is not believed: it must come to the signed root."""
    await grow(room.journal, 300)
    await notary(room.journal, room.notes).round()
    with apsw.Connection(str(room.folder / "notes.db")) as connection:
        connection.execute("UPDATE tile SET hashes = zeroblob(8192)")
    await grow(room.journal, 1)
    signing, proving = notary(room.journal, room.notes), Proving(HOUSE, room.notes)
    await signing.round()
    assert await proving.signed(LEDGER, 301, 0) is not None
    found, stored = await standing(room), (await room.journal.fetch(LEDGER, 0, 1))[0]
    assert (await proving.prove(found, 1, stored)).why == "tree-changed"


async def test_a_proof_says_what_does_not_hold(room: Room) -> None:
    """Bytes that were changed, bytes that are gone; the file for them is not believed by others."""
    await grow(room.journal, 9)
    await notary(room.journal, room.notes).round()
    proving, found = Proving(HOUSE, room.notes), await standing(room)
    keys = [note.key(each) for each in found.signed.vkeys]
    raw = (await room.journal.fetch(LEDGER, 4, 1))[0]
    for stored, why in (
        (raw, None),
        (raw.replace(b"deputy", b"leader"), "entry-changed"),
        (None, "entry-missing"),
    ):
        proven = await proving.prove(found, 5, stored)
        assert (proven.why, proven.sound) == (why, why is None)
        if why:
            with pytest.raises(note.NoteFaulty):
                inclusion.verified(proven.proof, keys)
