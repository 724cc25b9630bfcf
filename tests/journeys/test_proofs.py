"""A ledger's proofs through the front door: what any tool reads, and what is said of a changed entry."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import apsw
import pytest

from events.proof import checkpoint, inclusion, note, tree
from events.proof.chain import leaf
from gateway.api.document import BASE
from services.chassis.web import proofs
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit, opened

LEDGER = f"suggestions/{CITY}"
PATH = f"{BASE}/{CITY}/ledgers/suggestions"


@pytest.fixture
async def signed(visit: Visit) -> Visit:
    """Give the house once all of the ledger is signed."""
    await _signed(visit)
    return visit


async def _signed(visit: Visit) -> None:
    head = (await visit.house.journal.heads(LEDGER))[LEDGER]
    proving = visit.house.ports.proving
    assert await proving.signed(LEDGER, head.sequence, 20)


@pytest.fixture
async def own(haidong_folder: Path, tmp_path: Path) -> AsyncIterator[Visit]:
    """Give a house that the test may spoil."""
    copy = shutil.copytree(haidong_folder, tmp_path / "data")
    async with AsyncExitStack() as stack:
        standing = await opened(copy, stack)
        await _signed(standing)
        yield standing


async def said(visit: Visit, path: str, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    """Ask as the auditor; give the JSON that was answered."""
    answer = await visit.ask(visit.who(CITY, "auditor"), "GET", f"{PATH}{path}")
    assert answer.status == status, answer.body
    return json.loads(answer.body)


async def test_everybody_reads_checkpoint_and_tiles(signed: Visit) -> None:
    """They come to the same root, under the keys of the ledger; they tell nothing of any person."""
    answer = await signed.ask(NOBODY, "GET", f"{PATH}/checkpoint")
    assert (answer.status, answer.header("content-type")) == (200, "text/plain; charset=utf-8")
    read = note.read(answer.body.decode())
    told = json.loads((await signed.ask(NOBODY, "GET", f"{PATH}/keys")).body)
    assert len(note.verified(read, [note.key(each) for each in told["vkeys"]])) == 1
    point, entries = checkpoint.read(read.text), await signed.house.journal.fetch(LEDGER, 0, 10_000)
    assert (told["origin"], told["size"], told["root"], told["refused"], told["witnesses"]) == (
        f"{signed.house.name}/{LEDGER}", point.size, point.root.hex(), None, [],
    )  # fmt: skip
    assert point.size == len(entries)
    leaves = b""
    for index in range(-(-point.size // 256)):
        width = min(256, point.size - 256 * index)
        partial = "" if width == 256 else f".p/{width}"
        tile = await signed.ask(NOBODY, "GET", f"{PATH}/tile/0/{index:03d}{partial}")
        assert (tile.status, tile.header("content-type")) == (200, "application/octet-stream")
        leaves += tile.body
    hashes = [leaves[start : start + 32] for start in range(0, len(leaves), 32)]
    assert hashes == [leaf(each) for each in entries]
    assert tree.root(point.size, tree.over(hashes)) == point.root


async def test_bundles_are_for_those_who_may_read_the_ledger(signed: Visit) -> None:
    """Each entry after its length, as stored."""
    answer = await signed.ask(signed.who(CITY, "auditor"), "GET", f"{PATH}/tile/entries/001")
    body, found = answer.body, list[bytes]()
    while body:
        size = int.from_bytes(body[:2], "big")
        found.append(body[2 : 2 + size])
        body = body[2 + size :]
    assert found == list(await signed.house.journal.fetch(LEDGER, 256, 256))
    for who, status in ((NOBODY, 401), (signed.who(CITY, "unit"), 403), (signed.who(DISTRICT, "staff"), 404)):
        for path in ("tile/entries/001", "proof/1"):
            assert (await signed.ask(who, "GET", f"{PATH}/{path}")).status == status


@pytest.mark.parametrize(
    "path",
    ["tile/0/0", "tile/00/000", "tile/64/000", "tile/x/000", "tile/0/900", "tile/0/000.p/256",
     "tile/9/000.p/1", "tile/entries/900", "tile/entries/00", "proof/0", "proof/01",
     "proof/99999999999", "proof/9999999", "proof/x"],
)  # fmt: skip
async def test_what_is_not_there(signed: Visit, path: str) -> None:
    """404 for every address that no tile and no entry has."""
    assert (await said(signed, f"/{path}", 404))["code"] == "not-found"


async def test_every_proof_holds_without_the_house(signed: Visit) -> None:
    """The file alone, and the keys, are enough."""
    keys = [note.key(each) for each in (await said(signed, "/keys"))["vkeys"]]
    for sequence in (1, 41, 256, 257, 1000):
        found = await said(signed, f"/proof/{sequence}")
        proof = inclusion.read(found["proof"])
        assert (found["sound"], found["why"]) == (True, None)
        assert (proof.index, proof.entry) == (sequence - 1, found["entry"].encode())
        assert inclusion.verified(proof, keys).origin.endswith(LEDGER)


async def test_a_changed_entry_is_told_of(own: Visit) -> None:
    """One byte of one entry in the database: the answer says so, and no verifier believes the file."""
    keys = [note.key(each) for each in (await said(own, "/keys"))["vkeys"]]
    raw = (await own.house.journal.fetch(LEDGER, 40, 1))[0]
    changed = raw.replace(b'"actor":"', b'"actor":"x', 1)[: len(raw) - 1] + b"}"
    with apsw.Connection(str(own.house.folder.path / "journal.db")) as connection:
        connection.execute("UPDATE entry SET raw = ? WHERE raw = ?", (changed, raw))
        assert connection.changes() == 1
    found = await said(own, "/proof/41")
    assert (found["sound"], found["why"]) == (False, "entry-changed")
    with pytest.raises(note.NoteFaulty, match="does not stand"):
        inclusion.verified(inclusion.read(found["proof"]), keys)
    assert (await said(own, "/proof/42"))["sound"]
    with apsw.Connection(str(own.house.folder.path / "journal.db")) as connection:
        connection.execute("DELETE FROM entry WHERE raw = ?", (changed,))
    assert (await said(own, "/proof/41"))["why"] == "entry-missing"


async def test_what_is_not_signed_yet_comes_later(own: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After while the notary is behind; it holds up no command."""
    await own.house.signatory.stop()
    monkeypatch.setattr(proofs, "PATIENCE_SECONDS", 0.2)
    draft = json.dumps({"title": "关于路灯的建议", "text": "请修好。"}).encode()
    answer = await own.ask(
        own.who(CITY, "deputy"), "POST", f"{BASE}/{CITY}/suggestions", draft, idempotency_key="k" * 20
    )
    assert answer.status == 201
    sequence = (answer.header("mandate-position") or "").rpartition("/")[2]
    late = await own.ask(own.who(CITY, "auditor"), "GET", f"{PATH}/proof/{sequence}")
    assert (late.status, json.loads(late.body)["code"], late.header("retry-after")) == (
        503,
        "proof-behind",
        "2",
    )
    await own.house.signatory.start(own.house.journal.changed)
    await _signed(own)
    assert (await said(own, f"/proof/{sequence}"))["sound"]
