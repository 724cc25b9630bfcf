"""A congress carried from house to house, as a copy or for good."""

import json
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy import archive, upkeep
from deploy.embedded import House, house
from deploy.folder import Folder
from deploy.moving import Refused
from events.journal.port import Head
from gateway.clients.port import Answer
from tests.specification import Who
from tests.world import Client, told

CITY, DISTRICT = "630200", "630202"
LEDGER = f"suggestions/{CITY}"
STAFF = Who("staff", "x")
SECRET = b"s" * 32
UNIT = {"unit": "museum", "name": "市博物馆", "branch": "government"}


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example, of a house that stands still."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@pytest.fixture
def other(data: Path, tmp_path: Path) -> Path:
    """Give the folder of another house, in which nothing is; it has the same day as the first."""
    first, second = Folder.open(data), Folder.open(tmp_path / "other", "haidong")
    second.keep_offset(first.offset)
    for folder in (first, second):
        folder.close()
    return tmp_path / "other"


@asynccontextmanager
async def at_work(data: Path) -> AsyncIterator[House]:
    """Run a house, with its door for operators, and wait until nothing is left to do."""
    folder = Folder.open(data)
    try:
        async with house(folder) as standing, upkeep.door(standing):
            await standing.settled()
            yield standing
            await standing.settled()
    finally:
        folder.close()


async def exported(data: Path, file: Path, *, close: bool = False, personal: bool = False) -> Any:  # noqa: ANN401
    """Export the city."""
    kdf, salt, key = archive.transport("hkdf", SECRET)
    sealed = [kdf, salt, key.hex()] if close or personal else None
    return await upkeep.asked(
        data, do="export", congress=CITY, file=str(file), close=close, personal=personal, transport=sealed
    )


async def imported(data: Path, file: Path, secret: bytes = SECRET) -> Any:  # noqa: ANN401
    """Import what is in a file."""
    with archive.Reading.of(file) as reading:
        manifest = reading.manifest
    key = archive.transport("hkdf", secret, manifest.salt)[2] if manifest.kdf else b""
    return await upkeep.asked(data, do="import", file=str(file), key=key.hex())


async def heads(standing: House, congress: str = CITY) -> Mapping[str, Head]:
    """Give where the ledgers of a congress stand."""
    found = await standing.journal.heads()
    return {ledger: head for ledger, head in found.items() if ledger.endswith(f"/{congress}")}


async def command(standing: House, key: str = "a-key-of-16-chars", unit: str = "museum") -> Answer:
    """List a unit, as the office does."""
    body = {**UNIT, "unit": unit}
    return await Client(standing.running["deputies"]).post(
        STAFF, "/congress/units", body, key=key, seen=False
    )


async def shown(standing: House) -> list[Any]:
    """Give what the office and a handling unit see of the city, by three services."""
    questions = (
        ("suggestions", "/suggestions?limit=100"), ("deputies", "/mandates?limit=100"),
        ("liaison", "/opinions?limit=100"), ("training", "/courses?limit=100"),
        ("supervision", "/board?limit=100"), ("deputies", "/congress"),
    )  # fmt: skip
    answers = [await Client(standing.running[service]).get(STAFF, path) for service, path in questions]
    assert {each.status for each in answers} <= {200, 404, 422}
    assert sum(each.status == 200 for each in answers) >= 4
    return [told(each) for each in answers]


def rewritten(file: Path, to: Path, change: "Change") -> Path:
    """Write an archive anew with some members changed, sound as a file."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return to


async def test_a_copy_is_the_same_and_is_only_read(data: Path, other: Path, tmp_path: Path) -> None:
    """From one running house into another: same heads, entries, views and words; no command is taken."""
    file = tmp_path / "city.mandate"
    async with at_work(data) as here:
        report = await exported(data, file, personal=True)
        assert file.stat().st_mode & 0o777 == 0o600
        async with at_work(other) as there:
            assert await imported(other, file) == report
            await there.settled()
            assert await heads(there) == await heads(here)
            assert await heads(there, DISTRICT) == {}
            assert await there.journal.fetch(LEDGER, 0, 10_000) == await here.journal.fetch(LEDGER, 0, 10_000)
            assert await shown(there) == await shown(here)
            answer = await command(there)
            assert (answer.status, told(answer)["code"]) == (409, "ledger-copied")
            assert (await command(here)).status == 200
            assert await imported(other, file) == report


async def test_a_plain_copy_has_nobodys_words(data: Path, other: Path, tmp_path: Path) -> None:
    """Without the flag no key, record, secret or idempotency key travels, nor any text of theirs."""
    file = tmp_path / "city.mandate"
    report = await exported(data, file)
    await imported(other, file)
    with zipfile.ZipFile(file) as opened:
        plain = {name for name in opened.namelist() if not name.startswith("schemas/")}
        assert plain == {
            "manifest.json", *(f"ledgers/{ledger}.jsonl" for ledger in report["ledgers"]),
            *(f"checkpoints/{ledger}.txt" for ledger in report["ledgers"]),
        }  # fmt: skip
        assert json.loads(opened.read("manifest.json"))["kdf"] is None
    async with at_work(other) as there:
        assert {name: head.sequence for name, head in (await heads(there)).items()} == {
            name: place["sequence"] for name, place in report["ledgers"].items()
        }
        assert await there.vault.owners(CITY) == []
        assert await there.journal.key_rows(LEDGER) != []  # those of reactions, which the entries tell
        assert all(row.scope.startswith("reaction/") for row in await there.journal.key_rows(LEDGER))


async def test_a_closed_congress_goes_on_elsewhere(data: Path, other: Path, tmp_path: Path) -> None:
    """The old house refuses and names the head; the new one goes on there, and knows the old keys."""
    file = tmp_path / "city.mandate"
    async with at_work(data) as here:
        first = await command(here)
        await exported(data, file, close=True, personal=True)
        answer, head = (
            await command(here, "another-key-of-16", "opera"),
            (await heads(here))[f"deputies/{CITY}"],
        )
        assert (answer.status, told(answer)["code"]) == (409, "ledger-moved")
        assert told(answer)["errors"] == [
            {"ledger": f"deputies/{CITY}", "sequence": head.sequence, "hash": head.hash}
        ]
        assert (await command(here)).body == first.body
        before, seen = await heads(here), await shown(here)
    await imported(other, file)
    async with at_work(other) as there:
        assert (await heads(there), await shown(there)) == (before, seen)
        assert (await command(there)).body == first.body
        assert told(await command(there, unit="opera"))["code"] == "idempotency-key-reused"
        receipt = told(await command(there, "another-key-of-16", "opera"))["receipt"]
        assert (receipt["first"], await there.journal.marks()) == (head.sequence + 1, {})
    with pytest.raises(Refused, match="lives in this house, or moved"):
        await imported(data, file)
    with pytest.raises(Refused, match="lives in this house, or moved"):
        await imported(other, file)


async def test_no_reaction_fires_twice(data: Path, other: Path, tmp_path: Path) -> None:
    """Even a house that may write, has no key rows and forgot how far it was adds nothing."""
    file = tmp_path / "city.mandate"
    await exported(data, file)
    await imported(other, file)
    async with at_work(other) as there:
        before = await heads(there)
        await there.journal.mark(sorted(await there.journal.marks()), None)
    (other / "shelf.db").unlink()
    async with at_work(other) as there:
        reacted = [
            row for ledger in before for row in await there.journal.key_rows(ledger)
            if row.scope.startswith("reaction/")
        ]  # fmt: skip
        assert len(reacted) > 5
        assert await heads(there) == before


Change = Callable[[str, bytes], bytes | None]


def at(number: int) -> Change:
    """Change one entry of the suggestions."""

    def change(name: str, content: bytes) -> bytes:
        lines = content.split(b"\n")
        if name == f"ledgers/{LEDGER}.jsonl":
            lines[number - 1] = lines[number - 1].replace(b'"actor":"', b'"actor":"x')
        return b"\n".join(lines)

    return change


def within(member: str, old: bytes, new: bytes) -> Change:
    """Change what stands in one member."""
    return lambda name, content: content.replace(old, new) if name == member else content


def forgeries(last: int) -> list[tuple[Change, str]]:
    """Give changes to an archive whose suggestions end at `last`, and what is said of each."""
    return [
        (at(7), f"{LEDGER}/8: prevhash"), (at(last), f"{LEDGER}/{last}: it is not the head"),
        (within("manifest.json", b'"sequence": %d,' % last, b'"sequence": %d9,' % last), "the ledger has"),
        (within("manifest.json", b"mandate-archive/2", b"mandate-archive/3"), "format"),
        (within("manifest.json", CITY.encode(), b"630299"), "missing"),
        (within("manifest.json", b'"salt": "', b'"salt": "x'), "manifest"),
        (within("manifest.json", b"training/", b"elsewhere/"), "none of a congress"),
        (lambda name, content: None if name == "sealed/secret" else content, "sealed/secret is missing"),
        (lambda name, content: content[:-40] if name == "sealed/records" else content, "sealed/records"),
        (lambda name, content: content[::-1] if name == f"sealed/keys/{LEDGER}" else content, "sealed/keys"),
    ]  # fmt: skip


async def test_what_was_changed_is_refused_where_it_was(data: Path, other: Path, tmp_path: Path) -> None:
    """A changed entry, head, key or secret, a missing member, a broken file: nothing is taken over."""
    file = tmp_path / "city.mandate"
    report = await exported(data, file, close=True, personal=True)
    cases = forgeries(report["ledgers"][LEDGER]["sequence"])
    for number, (change, why) in enumerate(cases):
        with pytest.raises((Refused, archive.ArchiveFaulty), match=why):
            await imported(other, rewritten(file, tmp_path / f"{number}.mandate", change))
    with pytest.raises(Refused, match="another"):
        await imported(other, file, b"t" * 32)
    (tmp_path / "cut").write_bytes(file.read_bytes()[:-100])
    with pytest.raises(archive.ArchiveFaulty):
        await imported(other, tmp_path / "cut")
    async with at_work(other) as there:
        assert (await heads(there), await there.journal.marks(), await there.vault.owners(CITY)) == (
            {},
            {},
            [],
        )
    await imported(other, file)


async def test_an_export_that_fails_closes_nothing(data: Path, tmp_path: Path) -> None:
    """A file that is there, a folder that is not, a congress that is not: all goes on as before."""
    (tmp_path / "there").write_text("mine")
    for file, why in ((tmp_path / "there", "there already"), (tmp_path / "no" / "folder", "No such file")):
        with pytest.raises(Refused, match=why):
            await exported(data, file, close=True)
    with pytest.raises(Refused, match="no congress 110000"):
        await upkeep.asked(
            data, do="export", congress="110000", file=str(tmp_path / "x"), close=False, personal=False,
            transport=None,
        )  # fmt: skip
    async with at_work(data) as here:
        assert (await command(here)).status == 200
        assert await here.journal.marks() == {}
    assert {each.name for each in tmp_path.iterdir()} == {"data", "there"}
