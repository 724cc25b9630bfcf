"""What the house proves is verified by code that is not the house's: Go's checksum database and its kin."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from events.journal.sqlite import SqliteJournal
from events.notary.cosigning import Cosigning
from events.notary.proving import Proving
from events.notary.witnessing import Witness
from events.proof import tree
from events.proof.chain import leaf
from events.proof.note import ED25519, Key
from tests.events.notes import HOUSE, ORIGIN, grow, notary, sqlite
from tests.events.test_witness import LOG, SEES, Near
from tests.events.world import LEDGER, now

RECIPE = Path(__file__).parent / "elsewhere"
# In the form in which that library knows a witness: it makes the key of cosignatures of it by itself.
ELDER = Key(SEES.name, ED25519, SEES.key.public)
MISSING = "no Go to verify the house's proofs with: https://go.dev/dl/"


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the program; without Go the tests are skipped, but never in CI."""
    go = shutil.which("go")
    if go is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    program = tmp_path_factory.mktemp("elsewhere") / "verifier"
    command = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(program), "."]
    subprocess.run(command, cwd=RECIPE, check=True, timeout=280)
    return program


def text(raw: bytes) -> str:
    """Write in base64."""
    return base64.b64encode(raw).decode()


async def served(proving: Proving) -> dict[str, str]:
    """Give the tiles of 700 entries."""
    return {
        f"{level}/{index}/{width}": text(await proving.tile(LEDGER, (level, index), width) or b"")
        for level, index, width in ((0, 0, 256), (0, 1, 256), (0, 2, 188), (1, 0, 2))
    }


@pytest.fixture
async def given(tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """Give what the house says of a ledger of 700 entries, seen by a witness at 300 and at 700."""
    journal = SqliteJournal(tmp_path / "journal.db", now)
    (tmp_path / "witness").mkdir()
    async with sqlite(tmp_path) as notes, sqlite(tmp_path / "witness") as kept:
        signing = notary(journal, notes)
        asking = Cosigning(notes, [Near(Witness(SEES, [LOG.key], kept))], (HOUSE,))
        seen = []
        for count in (300, 400):
            await grow(journal, count)
            await signing.round()
            await asking.round()
            found = await notes.get(ORIGIN)
            assert found
            seen.append(found)
        raws = await journal.fetch(LEDGER, 0, 1_000)
        proving, hashes = Proving(HOUSE, notes), tree.over([leaf(each) for each in raws])
        proven = await proving.prove(seen[1], 257, raws[256])
        yield {
            "Origin": ORIGIN, "VKey": LOG.key.vkey, "Witness": ELDER.vkey,
            "Old": seen[0].cosigned, "Checkpoint": seen[1].cosigned, "Proof": proven.proof.text,
            "Consistency": [text(tree.folded(each, hashes)) for each in tree.consistency(300, 700)],
            "Tiles": await served(proving),
        }  # fmt: skip
    await journal.close()


def asked(verifier: Path, given: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Let the program verify."""
    return subprocess.run(
        [verifier], input=json.dumps(given), capture_output=True, text=True, timeout=30, check=False
    )


def test_others_verify_what_the_house_proves(verifier: Path, given: dict[str, Any]) -> None:
    """Checkpoints, cosignatures, consistency, inclusion and tiles; and it is not a yes to everything."""
    found = asked(verifier, given)
    assert (found.stdout, found.stderr) == ("700\n", "")
    changes: dict[str, Any] = {
        "VKey": given["VKey"][:-2] + "A=",
        "Checkpoint": given["Checkpoint"].replace("\n700\n", "\n701\n"),
        "Old": given["Old"].replace("witness.example", "witness.elsewhere"),
        "Consistency": given["Consistency"][1:],
        "Proof": given["Proof"].replace("index 256\n", "index 255\n"),
        "Tiles": {**given["Tiles"], "1/0/2": text(bytes(2 * tree.HASH_BYTES))},
    }
    for name, changed in changes.items():
        assert changed != given[name]
        assert asked(verifier, {**given, name: changed}).returncode == 1, name
