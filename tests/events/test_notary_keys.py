"""Keys are changed while ledgers grow or rest; the record stays one line, and no damage is signed over."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

import apsw
import pytest

from events.journal.port import Head
from events.journal.sqlite import SqliteJournal
from events.notary.signing import Notary, readmitted
from events.proof import checkpoint, note, tiles
from tests.events.notes import HOUSE, NEXT, ORIGIN, SEED, Room, grow, notary, standing
from tests.events.world import LEDGER, now


async def test_keys_overlap_while_they_are_changed(room: Room) -> None:
    """Old key, both, new key: who trusts either of them can follow; old notes verify as they did."""
    notes = []
    for seeds in ((SEED,), (NEXT, SEED), (NEXT,)):
        await grow(room.journal, 2)
        await notary(room.journal, room.notes, *seeds).round()
        notes.append(note.read((await standing(room)).signed.note))
    old, new = (notary(room.journal, room.notes, seed).signers(LEDGER)[0].key for seed in (SEED, NEXT))
    known: Callable[[note.Key], list[int]] = lambda key: [len(note.verified(each, [key])) for each in notes]  # noqa: E731
    assert (known(old), known(new)) == ([1, 1, 0], [0, 1, 1])
    assert [checkpoint.read(each.text).size for each in notes] == [2, 4, 6]
    assert tiles.WIDTH == 256


async def test_a_ledger_at_rest_follows_its_keys(room: Room) -> None:
    """Nothing is added: the same tree is signed under each set of keys once, and entries go on from it."""
    await grow(room.journal, 300)
    await notary(room.journal, room.notes).round()
    tree_of_first = (await standing(room)).signed
    for seeds in ((NEXT, SEED), (NEXT,)):
        signing = notary(room.journal, room.notes, *seeds)
        await signing.round()
        found = (await standing(room)).signed
        keys = [each.key for each in signing.signers(LEDGER)]
        assert (found.vkeys, found.checkpoint, found.edge) == (
            tuple(each.vkey for each in keys), tree_of_first.checkpoint, tree_of_first.edge,
        )  # fmt: skip
        read = note.read(found.note)
        assert [key for key, _ in note.verified(read, keys)] == keys
        assert len(read.signatures) == len(keys)
        before = await standing(room)
        await notary(room.journal, room.notes, *seeds).round()
        assert await standing(room) == before
    await grow(room.journal, 1)
    await notary(room.journal, room.notes, NEXT).round()
    assert ((await standing(room)).signed.size, (await standing(room)).refused) == (301, None)


SPOILT: dict[str, str] = {
    "the note's text": """
        UPDATE standing SET signed = json_set(signed, '$.note', replace(signed ->> '$.note', '3', '4'))""",
    "no note": "UPDATE standing SET signed = json_set(signed, '$.note', '')",
    "the root beside it": "UPDATE standing SET signed = json_set(signed, '$.root', hex(zeroblob(32)))",
}


@pytest.mark.parametrize("statement", SPOILT.values(), ids=SPOILT)
async def test_what_was_changed_in_the_notes_is_not_signed_over(room: Room, statement: str) -> None:
    """New keys make no damaged checkpoint good: the note must hold, and be of the tree that is kept."""
    await grow(room.journal, 3)
    await notary(room.journal, room.notes).round()
    with apsw.Connection(str(room.folder / "notes.db")) as connection:
        connection.execute(statement)
    before = (await standing(room)).signed
    signing = notary(room.journal, room.notes, NEXT)
    await signing.round()
    assert signing.refused[LEDGER].startswith("the note of what was signed")
    assert (await standing(room)).signed == before


class Replaced:
    """The ledgers of whichever journal stands now: a backup was put back."""

    def __init__(self, journal: SqliteJournal) -> None:
        self.journal = journal

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        return await self.journal.heads(prefix)

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        return await self.journal.fetch(ledger, after, limit)


async def test_who_is_let_in_elsewhere_is_looked_at_again(room: Room) -> None:
    """A refusal taken back in the notes is seen by the running notary, also where it knows the head."""
    await grow(room.journal, 5)
    (room.folder / "kept").mkdir()
    with closing(apsw.Connection(str(room.folder / "journal.db"))) as connection:
        connection.execute("VACUUM INTO ?", (str(room.folder / "kept" / "journal.db"),))
    source = Replaced(room.journal)
    signing = Notary(HOUSE, source, room.notes, [SEED])
    await signing.round()
    await room.notes.refuse(ORIGIN, "somebody said so")
    await grow(room.journal, 1)
    await signing.round()
    assert signing.refused == {LEDGER: "somebody said so"}
    source.journal = SqliteJournal(room.folder / "kept" / "journal.db", now)
    assert await readmitted(room.notes, ORIGIN)
    await signing.round()
    await source.journal.close()
    assert (signing.refused, (await standing(room)).refused) == ({}, None)
    assert not await readmitted(room.notes, ORIGIN)
