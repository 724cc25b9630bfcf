"""The auditor's tool judges what a house at work gives away: with a witness, growing, with a cut tail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from deploy.copying import Copying
from deploy.embedded import House
from deploy.upkeep import Unknown
from events.drivers.apsw import connect
from events.journal.port import Head
from events.notary.cosigning import Cosigning
from tests.deploy.test_moving import CITY, at_work, command, data, exported, heads, imported, other
from tests.deploy.test_signing import SEES, cosigning
from tests.deploy.verifier.running import asked

__all__ = ["data", "other"]
Capture = pytest.CaptureFixture[str]
GROWS, CUT = f"deputies/{CITY}", f"liaison/{CITY}"


async def copied(here: House, to: Path) -> Path:
    """Write what the page of the record gives."""
    copying = Copying(here.name, here.clock, here.journal, here.ports.proving)
    to.write_bytes(b"".join([each async for each in copying.copied(CITY)]))
    return to


async def known(here: House, to: Path, *witnesses: str) -> Path:
    """Write the trust file of who knows the keys of the city's ledgers; all these witnesses are needed."""
    notary, found = here.signatory.notary, await heads(here)
    origins = [f'"{here.name}/{each}" = ["{notary.signers(each)[0].key.vkey}"]' for each in found]
    to.write_text("\n".join([f"witnesses = {list(witnesses)}", "[origins]", *origins]), "utf-8")
    return to


@asynccontextmanager
async def witnessed(data: Path, folder: Path) -> AsyncIterator[House]:
    """Run the house, which its witness has asked about everything once, and which has grown since."""
    async with at_work(data) as here:
        for ledger, head in (await here.journal.heads()).items():
            assert await here.ports.proving.signed(ledger, head.sequence, 20)
        keys = [here.signatory.notary.signers(each)[0].key for each in await here.journal.heads()]
        async with cosigning(folder, *keys) as witness:
            await Cosigning(here.notes, [witness], (here.name,)).round()
        assert (await command(here)).status == 200
        yield here


async def test_a_house_that_grew_since_its_witness_saw_it(
    data: Path, other: Path, tmp_path: Path, capsys: Capture
) -> None:
    """From the page and by command: sound, signed to the end, and told how far the witness saw."""
    async with witnessed(data, tmp_path) as here:
        trust = await known(here, tmp_path / "trust.toml", SEES.key.vkey)
        at = await heads(here)
        files = [await copied(here, tmp_path / "page.zip"), tmp_path / "command.zip"]
        await exported(data, files[1])
    for file in files:
        code, answer = asked(capsys, "export", file, "--trust", trust)
        assert (code, answer["findings"]) == (0, [])
        assert [(each["code"], each["where"]) for each in answer["remarks"]] == [("unwitnessed", GROWS)]
        told = answer["facts"]["ledgers"]
        assert {name: each["signed"] for name, each in told.items()} == {
            name: head.sequence for name, head in at.items()
        }
        assert all(len(each["witnessed"]) == 1 for each in told.values())
    async with at_work(other):
        await imported(other, files[1])


async def test_a_house_that_grows_while_it_is_copied(data: Path, tmp_path: Path, capsys: Capture) -> None:
    """What is committed and signed meanwhile is for the next copy: this one is sound as well."""
    async with at_work(data) as here:
        trust, before = await known(here, tmp_path / "trust.toml"), (await heads(here))[GROWS].sequence
        copying, parts = Copying(here.name, here.clock, here.journal, here.ports.proving), list[bytes]()
        async for part in copying.copied(CITY):
            if not parts:
                assert (await command(here)).status == 200
                assert await here.ports.proving.signed(GROWS, before + 1, 20)
            parts.append(part)
    (tmp_path / "page.zip").write_bytes(b"".join(parts))
    code, answer = asked(capsys, "export", tmp_path / "page.zip", "--trust", trust)
    assert (code, answer["findings"], answer["remarks"]) == (0, [], [])


def cut(data: Path, ledger: str, last: Head) -> None:
    """Cut the last entry off in the journal's file."""
    with closing(connect(data / "journal.db")) as journal:
        number: Any = journal.execute("SELECT number FROM ledger WHERE name = ?", (ledger,)).get
        journal.execute("DELETE FROM entry WHERE place = ?", (number << 32 | last.sequence,))
        assert journal.changes() == 1


async def test_a_cut_tail_is_told_as_cut(data: Path, tmp_path: Path, capsys: Capture) -> None:
    """Signed, and gone from the file: the copy carries the checkpoint over it, and no export moves it."""
    async with at_work(data) as here:
        trust, last = await known(here, tmp_path / "trust.toml"), (await heads(here))[CUT]
        assert await here.ports.proving.signed(CUT, last.sequence, 20)
    cut(data, CUT, last)
    async with at_work(data) as here:
        file = await copied(here, tmp_path / "page.zip")
        with pytest.raises(Unknown, match=f"{CUT}/{last.sequence}: it was signed and is missing"):
            await exported(data, tmp_path / "command.zip")
    code, answer = asked(capsys, "export", file, "--trust", trust)
    [told] = [each for each in answer["findings"] if each["check"] == "covered"]
    assert (code, told["code"], told["where"]) == (1, "covered.cut", CUT)
    assert told["details"] == {"size": str(last.sequence), "read": str(last.sequence - 1)}
