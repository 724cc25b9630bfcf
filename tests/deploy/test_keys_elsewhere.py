"""Only the notary of a distributed house has its key: who asks beside it signs nothing."""

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deploy import carrying
from deploy.beside import InStores
from deploy.moving import Refused
from deploy.signing import KeyElsewhere, Signing
from events.notary.port import Standing
from events.proof import note
from events.proof.checkpoint import origin
from events.proof.note import Signer
from tests.deploy.records import LEDGERS, Record, distributed, filled
from tests.events.notes import NEXT

LEDGER = LEDGERS[0]
MANDATE = str(Path(sys.executable).with_name("mandate"))
TOLD = base64.b64encode(NEXT).decode()


@pytest.fixture
async def record(mongo_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Record]:
    """Give a distributed house whose notary signs with a key of its own; the environment names the house."""
    async with distributed(mongo_url) as standing:
        for name, value in named(standing.where).items():
            monkeypatch.setenv(name, value)
        standing.seeds = [NEXT]
        yield await filled(standing)


def named(where: object) -> Mapping[str, str]:
    """Give the settings by which a process finds the house; no key to sign with."""
    assert isinstance(where, InStores)
    assert where.backing
    assert where.master
    return {
        "MONGO_URL": where.backing.mongo_url.get_secret_value(), "MANDATE_HOUSE": where.backing.house,
        "KAFKA_BOOTSTRAP": where.backing.kafka_bootstrap, "MANDATE_MONGO_STANDALONE": "true",
        "MANDATE_SERVICES": "{}", "MANDATE_MASTER_KEY": base64.b64encode(where.master).decode(),
    }  # fmt: skip


async def mandate(*arguments: str) -> tuple[int, str, str]:
    """Run a command in the house that the environment names; give exit code, what it said, its complaint."""
    done = await asyncio.to_thread(
        subprocess.run, [MANDATE, *arguments, "--distributed"], text=True, capture_output=True, timeout=50,
        check=False, env=os.environ | {"COLUMNS": "500"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


async def standing(record: Record, ledger: str = LEDGER) -> Standing:
    """Give what is kept of a ledger."""
    found = await record.notes.get(origin(record.name, ledger))
    assert found
    return found


@pytest.mark.parametrize("command", ["keys", "audit verify"])
async def test_without_the_key_nothing_wrong_is_said(
    record: Record, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with 2 and names the setting in both languages; with the key it says what is true."""
    code, said, complaint = await mandate(*command.split())
    assert (code, said) == (2, "")
    for words in ("请设置 MANDATE_SIGNING_KEY_FILE", "set MANDATE_SIGNING_KEY_FILE", "notarize"):
        assert words in complaint
    monkeypatch.setenv("MANDATE_SIGNING_KEY", TOLD)
    code, said, complaint = await mandate(*command.split())
    assert code == 0, said + complaint
    vkey = Signer(origin(record.name, LEDGER), NEXT).key.vkey
    assert (vkey if command == "keys" else "agrees") in said


async def test_the_derived_key_needs_nothing(record: Record) -> None:
    """Where it signs, it is the answer; one ledger that says otherwise is a finding."""
    with pytest.raises(KeyElsewhere):
        await carrying.vkeys()
    derived = list(Signing().seeds(b"m" * 32))
    assert derived != [NEXT]
    record.seeds = derived
    await record.sign()
    vkeys = {name: [Signer(origin(record.name, name), each).key.vkey for each in derived] for name in LEDGERS}
    assert await carrying.vkeys() == vkeys
    forged = (await standing(record)).signed
    foreign = Signer(forged.origin, NEXT)
    whole = note.signed(forged.checkpoint.text, [foreign.sign(forged.checkpoint.text)])
    await record.notes.put(replace(forged, note=whole, vkeys=(foreign.key.vkey,)), {}, forged.size)
    assert await carrying.vkeys() == vkeys
    code, said, _ = await mandate("audit", "verify")
    assert (code, said.count("signed by no key of this house")) == (1, 1)


async def test_readmitting_leaves_the_signing_to_the_notary(record: Record) -> None:
    """The command takes the refusal back and signs nothing; the notary signs with its own key."""
    await record.notes.refuse(origin(record.name, LEDGER), "entry 3")
    before = (await standing(record)).signed
    await record.write(LEDGER, 1)
    code, said, complaint = await mandate("readmit", LEDGER)
    assert code == 0, complaint
    assert "the notary looks" in said
    assert ((await standing(record)).refused, (await standing(record)).signed) == (None, before)
    await record.sign()
    after = (await standing(record)).signed
    assert after.size > before.size
    assert after.vkeys == (Signer(after.origin, NEXT).key.vkey,)
    with pytest.raises(Refused, match="not refused"):
        await carrying.readmit(LEDGER)
