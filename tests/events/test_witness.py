"""A witness cosigns each ledger as it grows, and only so; whoever asks it waits for nobody."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from structlog.testing import capture_logs

from events.journal.sqlite import SqliteJournal
from events.notary.cosigning import Cosigning
from events.notary.port import Signed
from events.notary.proving import Proving
from events.notary.sqlite import SqliteNotes
from events.notary.witnessing import Witness
from events.proof import checkpoint, inclusion, note, tree
from events.proof.checkpoint import Checkpoint
from events.proof.note import COSIGNATURE, Key, Signer
from tests.events.notes import HOUSE, NEXT, ORIGIN, SEED, grow, notary, sqlite
from tests.events.world import LEDGER, now

LOG = Signer(ORIGIN, SEED)
SEES = Signer("witness.example/630000", bytes(range(2, 34)), COSIGNATURE)
CONTRADICTED = "A WITNESS HAS SEEN ANOTHER HISTORY"
LEAVES = [hashlib.sha256(bytes([each])).digest() for each in range(40)]


class Near:
    """A witness in the same process, asked as over HTTP; `away` while nobody answers."""

    def __init__(self, witness: Witness, signer: Signer = SEES) -> None:
        self.witness, self.key, self.away, self.asked = witness, signer.key, False, list[int]()

    async def add(self, body: str) -> tuple[int, str]:
        if self.away:
            raise ConnectionError("away")
        reply = await self.witness.add(body.encode())
        self.asked.append(reply.status)
        return reply.status, reply.body


class Place(NamedTuple):
    """A house that signs, and a witness with notes of its own."""

    journal: SqliteJournal
    notes: SqliteNotes
    near: Near
    kept: SqliteNotes


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Give both."""
    for each in ("here", "there"):
        (tmp_path / each).mkdir()
    journal = SqliteJournal(tmp_path / "here" / "journal.db", now)
    async with sqlite(tmp_path / "here") as notes, sqlite(tmp_path / "there") as kept:
        yield Place(journal, notes, Near(Witness(SEES, [LOG.key], kept)), kept)
    await journal.close()


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[Witness]:
    """Give a witness that has seen nothing."""
    async with sqlite(tmp_path) as kept:
        yield Witness(SEES, [LOG.key], kept, lambda: 1_700_000_000)


def request(
    old: int, size: int, *, leaves: list[bytes] = LEAVES, signer: Signer = LOG, path: str = ""
) -> bytes:
    """Write a request; `path` instead of the right one."""
    hashes = tree.over(leaves[:size])
    text = Checkpoint(signer.name, size, tree.root(size, hashes)).text
    spans = tree.consistency(old, size) if old <= size else []
    found = "".join(f"{base64.b64encode(tree.folded(each, hashes)).decode()}\n" for each in spans)
    return f"old {old}\n{path or found}\n{note.signed(text, [signer.sign(text)])}".encode()


async def test_it_cosigns_what_grows(witness: Witness) -> None:
    """Its line verifies under its key at its time; the monitor gets the whole note."""
    for old, size in ((0, 3), (3, 8), (8, 8), (8, 21)):
        reply = await witness.add(request(old, size))
        assert reply.status == 200
        whole = request(old, size).decode().split("\n\n", 1)[1] + reply.body
        known = note.verified(note.read(whole), [LOG.key, SEES.key])
        assert [key for key, _ in known] == [LOG.key, SEES.key]
        assert note.seen_at(known[1][1]) == 1_700_000_000
        shown = await witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
        assert shown == (200, whole, "text/plain; charset=utf-8")


STRANGER = Signer("other/suggestions/630200", SEED)
FORGER = Signer(ORIGIN, bytes(32))
OTHERS = [*LEAVES[:5], *reversed(LEAVES[5:])]
HASH = base64.b64encode(bytes(32)).decode() + "\n"
ANSWERS: dict[str, tuple[bytes, int]] = {
    "no request": (b"", 400),
    "no text": (b"\xff", 400),
    "a size with a zero before it": (request(8, 9).replace(b"old 8", b"old 08"), 400),
    "64 hashes": (request(8, 9, path=HASH * 64), 400),
    "no checkpoint": (b"old 8\n\nhello\n\n\xe2\x80\x94 a AAAAAAAA\n", 400),
    "an old size above the new": (request(8, 5), 400),
    "a stranger's ledger": (request(0, 9, signer=STRANGER), 404),
    "an unknown key": (request(8, 9, signer=FORGER), 403),
    "a signature that does not hold": (request(8, 9).replace(b"\n9\n", b"\n10\n"), 403),
    "another old size": (request(7, 9), 409),
    "nothing seen yet, it says": (request(0, 9), 409),
    "another history": (request(8, 9, leaves=OTHERS), 422),
    "another root of the same size": (request(8, 8, leaves=OTHERS), 422),
    "no path": (request(8, 9, path="\n").replace(b"old 8\n\n\n", b"old 8\n\n"), 422),
    "a wrong path": (request(8, 9, path=HASH * 2), 422),
    "a path where none belongs": (request(8, 8, path=HASH), 422),
}


@pytest.mark.parametrize(("body", "status"), ANSWERS.values(), ids=ANSWERS)
async def test_everything_else_is_answered_as_specified(witness: Witness, body: bytes, status: int) -> None:
    """And leaves what it has cosigned as it was; a conflict says how far that is."""
    assert (await witness.add(request(0, 8))).status == 200
    before = await witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
    reply = await witness.add(body)
    assert reply.status == status
    if status == 409:
        assert reply == (409, "8\n", "text/x.tlog.size")
    assert await witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest()) == before


async def test_a_path_to_the_first_checkpoint_is_refused(witness: Witness) -> None:
    """From nothing, nothing needs a proof; and nothing was cosigned before."""
    assert (await witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())).status == 404
    assert (await witness.checkpoint("00")).status == 404
    assert (await witness.add(request(0, 8, path=HASH))).status == 422
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    assert (await witness.add(f"old 0\n\n{note.signed(text, [LOG.sign(text)])}".encode())).status == 422
    assert (await witness.add(request(0, 0))).status == 200


async def test_of_two_histories_at_once_one_is_cosigned(witness: Witness) -> None:
    """Many requests race from the same old size: the record moves once, never back."""
    await witness.add(request(0, 5))
    asked = [request(5, 6 + each, leaves=LEAVES if each % 2 else OTHERS) for each in range(16)]
    replies = await asyncio.gather(*(witness.add(each) for each in asked))
    assert sorted(each.status for each in replies) == [200] + [409] * 15
    shown = await witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
    won = next(place for place, each in enumerate(replies) if each.status == 200)
    assert checkpoint.read(note.read(shown.body).text).size == 6 + won


async def test_the_notary_has_its_checkpoints_cosigned(place: Place) -> None:
    """Proofs are by what the witness saw, until they are of newer entries."""
    signing, asking = notary(place.journal, place.notes), Cosigning(place.notes, [place.near], (HOUSE,))
    await grow(place.journal, 300)
    await signing.round()
    await asking.round()
    await asking.round()
    await grow(place.journal, 5)
    await signing.round()
    found = await place.notes.get(ORIGIN)
    assert found
    assert (found.cosigned_size, found.signed.size, place.near.asked) == (300, 305, [200])
    assert [(each.name, each.vkey, each.size) for each in found.seen] == [(SEES.name, SEES.key.vkey, 300)]
    proving = Proving(HOUSE, place.notes)
    for sequence, size, lines in ((41, 300, 2), (300, 300, 2), (301, 305, 1)):
        stored = (await place.journal.fetch(LEDGER, sequence - 1, 1))[0]
        proven = await proving.prove(found, sequence, stored)
        assert inclusion.verified(proven.proof, [LOG.key]).size == size
        assert len(note.verified(proven.proof.note, [LOG.key, SEES.key])) == lines
    await asking.round()
    found = await place.notes.get(ORIGIN)
    assert found
    assert (found.cosigned_size, place.near.asked) == (305, [200, 200])


async def test_cosignatures_stay_when_the_house_changes_its_keys(place: Place) -> None:
    """The text is the same: proofs have the witness's line beside the new keys, and he is asked no more."""
    asking = Cosigning(place.notes, [place.near], (HOUSE,))
    await grow(place.journal, 3)
    await notary(place.journal, place.notes).round()
    await asking.round()
    await notary(place.journal, place.notes, NEXT).round()
    await asking.round()
    found = await place.notes.get(ORIGIN)
    assert found
    proving, stored = Proving(HOUSE, place.notes), (await place.journal.fetch(LEDGER, 0, 1))[0]
    made = (await proving.prove(found, 1, stored)).proof.note
    new = Signer(ORIGIN, NEXT).key
    assert [key for key, _ in note.verified(made, [LOG.key, new, SEES.key])] == [new, SEES.key]
    assert (made.whole, place.near.asked) == (found.witnessed, [200])


async def test_a_witness_that_knows_more_than_we_remember_is_asked_again(place: Place) -> None:
    """It says what it has seen; the proof begins there."""
    signing = notary(place.journal, place.notes)
    await grow(place.journal, 7)
    await signing.round()
    await Cosigning(place.notes, [place.near], (HOUSE,)).round()
    await place.notes.cosign(ORIGIN, "", 7, [])
    await grow(place.journal, 2)
    await signing.round()
    await Cosigning(place.notes, [place.near], (HOUSE,)).round()
    assert place.near.asked == [200, 409, 200]


async def test_a_witness_that_is_away_is_told_of_and_holds_nobody_up(place: Place, tmp_path: Path) -> None:
    """The other cosigns; who was away catches up when it is back."""
    other = Signer("witness.example/archive", bytes(range(3, 35)), COSIGNATURE)
    place.near.away = True
    (tmp_path / "other").mkdir()
    async with sqlite(tmp_path / "other") as kept:
        there = Near(Witness(other, [LOG.key], kept), other)
        await _away_and_back(place, there)


async def _away_and_back(place: Place, there: Near) -> None:
    asking = Cosigning(place.notes, [place.near, there], (HOUSE,))
    await grow(place.journal, 3)
    await notary(place.journal, place.notes).round()
    await asking.round()
    await asyncio.sleep(0.01)
    assert asking.silent[SEES.name] >= 0.01
    assert asking.silent[there.key.name] == 0
    place.near.away = False
    await asking.round()
    assert asking.silent[SEES.name] == 0
    found = await place.notes.get(ORIGIN)
    assert found
    keys: list[Key] = [LOG.key, SEES.key, there.key]
    assert len(note.verified(note.read(found.cosigned), keys)) == 3


async def test_a_house_that_went_back_is_told_of(place: Place) -> None:
    """A witness has seen more than there is: nothing is cosigned, and it counts as silent."""
    await place.kept.put(Signed(ORIGIN, 9, bytes(32), "", 0), {}, 0)
    asking = Cosigning(place.notes, [place.near], (HOUSE,))
    await grow(place.journal, 3)
    await notary(place.journal, place.notes).round()
    await asking.round()
    found = await place.notes.get(ORIGIN)
    assert found
    assert (found.cosigned, place.near.asked, asking.silent[SEES.name] > 0) == ("", [409], True)


async def test_a_contradiction_is_not_hidden_by_another_ledger(place: Place) -> None:
    """A witness that has seen another history of one ledger is silent, however much it cosigns of others."""
    other = "suggestions/630202"
    place.near.witness = Witness(SEES, [LOG.key, Signer(f"{HOUSE}/{other}", SEED).key], place.kept)
    await place.kept.put(Signed(ORIGIN, 2, bytes(32), "", 0), {}, 0)
    signing, asking = notary(place.journal, place.notes), Cosigning(place.notes, [place.near], (HOUSE,))
    waited = list[float]()
    for number in range(3):
        await grow(place.journal, 3, other)
        await grow(place.journal, 3)
        await signing.round()
        with capture_logs() as logs:
            await asking.round()
        told = [(each["log_level"], each["origin"]) for each in logs if each["event"] == CONTRADICTED]
        assert told == [("error", ORIGIN)]
        assert sorted(place.near.asked) == [200] * (number + 1) + [409] * (number + 1) + [422] * (number + 1)
        await asyncio.sleep(0.01)
        waited.append(asking.silent[SEES.name])
    assert waited == sorted(waited)
    assert waited[-1] > waited[0] + 0.01


async def test_what_another_had_cosigned_waits_no_more(place: Place) -> None:
    """Two ask the same witness; it is back when only one of them asks."""
    one, two = (Cosigning(place.notes, [place.near], (HOUSE,)) for _ in range(2))
    await grow(place.journal, 3)
    await notary(place.journal, place.notes).round()
    place.near.away = True
    await one.round()
    await asyncio.sleep(0.01)
    assert one.silent[SEES.name] > 0
    place.near.away = False
    await two.round()
    await one.round()
    assert (one.silent[SEES.name], place.near.asked) == (0, [200])
