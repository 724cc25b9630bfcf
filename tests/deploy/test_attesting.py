"""An archive is vouched for: its entries are those that were signed, and it says what they mean."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy import archive
from deploy.moving import Refused
from events.proof import checkpoint, note
from events.proof.chain import leaf
from tests.deploy.test_moving import LEDGER, Change, data, exported, imported, other, rewritten, within

__all__ = ["data", "other"]
NOTE = f"checkpoints/{LEDGER}.txt"


@pytest.fixture
async def file(data: Path, tmp_path: Path) -> Path:
    """Export the city."""
    file = tmp_path / "city.mandate"
    await exported(data, file)
    return file


def member(file: Path, name: str) -> bytes:
    """Read a member of an archive."""
    with zipfile.ZipFile(file) as opened:
        return opened.read(name)


def rehashed(file: Path, number: int) -> Change:
    """Change an entry and write the chain anew from there, manifest and all."""
    lines = member(file, f"ledgers/{LEDGER}.jsonl").splitlines()
    lines[number - 1] = lines[number - 1].replace(b'"actor":"', b'"actor":"x')
    for place in range(number, len(lines)):
        link = b'"prevhash":"%s"' % leaf(lines[place - 1]).hex().encode()
        lines[place] = re.sub(rb'"prevhash":"[0-9a-f]{64}"', link, lines[place], count=1)
    manifest: dict[str, Any] = json.loads(member(file, "manifest.json"))
    manifest["ledgers"][LEDGER]["hash"] = leaf(lines[-1]).hex()
    anew = {
        f"ledgers/{LEDGER}.jsonl": b"\n".join(lines) + b"\n",
        "manifest.json": json.dumps(manifest).encode(),
    }
    return anew.get


async def test_every_ledger_is_signed_to_its_end(file: Path) -> None:
    """The checkpoint in the file covers all entries in it, and the schema of every type is there."""
    with archive.Reading.of(file) as reading:
        manifest = reading.manifest
        for ledger, place in manifest.ledgers.items():
            told = checkpoint.read(note.read(reading.text(f"checkpoints/{ledger}.txt")).text)
            assert (told.size, told.origin) == (place.sequence, f"{manifest.house}/{ledger}")
            assert manifest.signed[ledger].size == place.sequence
            types = {json.loads(raw)["type"] for raw in reading.entries(ledger)}
            assert all(json.loads(reading.text(f"schemas/{wire}.json"))["properties"] for wire in types)


async def test_a_history_written_anew_is_refused(file: Path, other: Path, tmp_path: Path) -> None:
    """A chain that was made anew from entry 7 on is whole, and is not what was signed."""
    forged = rewritten(file, tmp_path / "forged", rehashed(file, 7))
    with pytest.raises(Refused, match="not those that were signed"):
        await imported(other, forged)


async def test_a_checkpoint_that_does_not_hold_is_refused(file: Path, other: Path, tmp_path: Path) -> None:
    """Another root, another size, another key, none of the keys named, no note at all."""
    root = member(file, NOTE).split(b"\n")[2]
    manifest = json.loads(member(file, "manifest.json"))["signed"][LEDGER]
    key, size = manifest["keys"][0].encode(), b'"size": %d' % manifest["size"]
    cases = [
        (within(NOTE, root, root[:5] + bytes([root[5] ^ 1]) + root[6:]), "does not hold"),
        (within(NOTE, b"\xe2\x80\x94", b"-"), "signature line"),
        (within("manifest.json", size, size + b"9"), "not the checkpoint"),
        (within("manifest.json", b'"%s"' % key, b""), "not the checkpoint"),
        (within("manifest.json", key, key[:-2] + b"A="), "verifier key"),
        (lambda name, content: None if name == NOTE else content, "is missing"),
    ]
    for number, (change, why) in enumerate(cases):
        with pytest.raises((Refused, archive.ArchiveFaulty), match=why):
            await imported(other, rewritten(file, tmp_path / str(number), change))


async def test_an_archive_of_format_1_is_read(file: Path, other: Path, tmp_path: Path) -> None:
    """What was exported before there were checkpoints can still be imported."""
    manifest = json.loads(member(file, "manifest.json"))
    del manifest["signed"]
    manifest["format"] = "mandate-archive/1"

    def first(name: str, content: bytes) -> bytes | None:
        if name == "manifest.json":
            return json.dumps(manifest).encode()
        return content if name.startswith("ledgers/") else None

    report = await imported(other, rewritten(file, tmp_path / "first", first))
    assert report["ledgers"].keys() == manifest["ledgers"].keys()
