"""Who signs: keys from files, a witness on a socket, what operators ask of the notary."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import pytest
import uvicorn
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from deploy import carrying, upkeep, witness
from deploy.cli import app
from deploy.embedded import House, house
from deploy.folder import Folder
from deploy.fronting import derived
from deploy.signing import NoSigningKey, Signing, given
from deploy.sockets import listen
from deploy.witnesses import HttpWitness
from events.notary.cosigning import Cosigning
from events.notary.sqlite import SqliteNotes
from events.notary.witnessing import Witness
from events.proof import note
from events.proof.note import COSIGNATURE, Signer
from services.chassis import metrics
from tests.distributed.databases import Databases
from tests.events.notes import grow
from tests.events.world import mongo, written

MASTER, SEED = b"m" * 32, bytes(range(32))
TEXT = base64.b64encode(SEED).decode()
SEES = Signer("witness.example/630000", bytes(range(2, 34)), COSIGNATURE)
LEDGER = "suggestions/630200"


def signing(text: str) -> Signing:
    """Give settings with these keys."""
    return Signing(signing_key=SecretStr(text))


def test_keys_are_lines_and_all_of_them_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is the present one; without any, and where it says `derived`, the master key's."""
    implied = derived(MASTER, b"signing")
    assert list(Signing().seeds(MASTER)) == [implied]
    assert list(signing(f"{TEXT}\nderived\n").seeds(MASTER)) == [SEED, implied]
    (tmp_path / "keys").write_text(f"{TEXT}\n")
    monkeypatch.setenv("MANDATE_SIGNING_KEY_FILE", str(tmp_path / "keys"))
    assert list(given().seeds(MASTER)) == [SEED]
    assert TEXT not in repr(signing(TEXT))


@pytest.mark.parametrize(
    "text", ["abc", TEXT[:-4], f"{TEXT}\n{TEXT}", "derived\nderived", f"{TEXT}=", "DERIVED"]
)
def test_what_is_no_key_stops_the_house(text: str) -> None:
    """Said in a sentence that does not repeat what was given."""
    with pytest.raises(NoSigningKey) as no:
        signing(text).seeds(MASTER)
    assert text not in str(no.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """As above."""
    with pytest.raises(NoSigningKey, match="read"):
        Signing(signing_key_file=tmp_path / "none").seeds(MASTER)


@pytest.mark.parametrize(
    "witnesses",
    [
        '[{"url": "ftp://w", "vkey": "VKEY"}]', '[{"url": "http://w"}]',
        '[{"url": "http://w", "vkey": "w+00000000+AAAA"}]', '[{"url": "https://", "vkey": "VKEY"}]',
    ],
)  # fmt: skip
def test_witnesses_are_named_soundly(witnesses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address, and a key that cosigns."""
    monkeypatch.setenv("MANDATE_WITNESSES", witnesses.replace("VKEY", SEES.key.vkey))
    with pytest.raises(NoSigningKey, match="witnesses"):
        given()
    with pytest.raises(ValidationError, match="cosignature"):
        HttpWitness(url="http://w", vkey=Signer("w", SEED).key.vkey)


@asynccontextmanager
async def cosigning(folder: Path, *trusted: note.Key) -> AsyncIterator[HttpWitness]:
    """Run a witness on a free port."""
    notes, listening = SqliteNotes(folder / "witness.db"), listen("127.0.0.1", 0)
    config = uvicorn.Config(witness.app(Witness(SEES, trusted, notes)), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield HttpWitness(url=f"http://127.0.0.1:{listening.getsockname()[1]}/", vkey=SEES.key.vkey)
    finally:
        server.should_exit = True
        await task
        await notes.close()


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[House]:
    """Open a house of the test's own, an example without any congress."""
    folder = Folder.open(path, "haidong")
    try:
        async with house(folder) as standing:
            yield standing
    finally:
        folder.close()


async def signed(standing: House, size: int) -> None:
    """Wait until so many entries are signed."""
    assert await standing.ports.proving.signed(LEDGER, size, 10)


async def test_a_house_is_cosigned_over_http(tmp_path: Path) -> None:
    """Checkpoints with both signatures; a witness that has gone holds up nothing and is counted."""
    async with opened(tmp_path / "data") as standing:
        await grow(standing.journal, 5)
        await signed(standing, 5)
        (key,) = [each.key for each in standing.signatory.notary.signers(LEDGER)]
        async with cosigning(tmp_path, key) as known:
            asking = Cosigning(standing.notes, [known], (standing.name,))
            await asking.round()
            found = await standing.ports.proving.standing(LEDGER)
            assert found
            assert len(note.verified(note.read(found.cosigned), [key, SEES.key])) == 2
        await grow(standing.journal, 1)
        await signed(standing, 6)
        await asking.round()
        assert asking.silent[SEES.name] > 0
        assert (await standing.ready())["ready"]


async def test_operators_ask_for_keys_and_sign_again(tmp_path: Path) -> None:
    """A refused ledger is counted, stays refused, and is signed again once it is what it was."""
    async with opened(tmp_path / "data") as standing, upkeep.door(standing):
        path, journal = standing.folder.path, standing.journal
        await grow(journal, 3)
        await signed(standing, 3)
        (vkey,) = (await upkeep.asked(path, do="vkeys"))[LEDGER]
        assert note.key(vkey).name == f"{standing.name}/{LEDGER}"
        with pytest.raises(upkeep.Unknown, match="not refused"):
            await upkeep.asked(path, do="readmit", ledger=LEDGER)
        whole = (await journal.fetch(LEDGER, 2, 1))[0]
        changed(path, whole, whole.replace(b"deputy", b"leader"))
        await grow(journal, 1)
        while LEDGER not in standing.signatory.notary.refused:
            await asyncio.sleep(0.05)
        await standing.ready()
        assert metrics.REFUSED.labels(LEDGER)._value.get() == 1  # noqa: SLF001
        assert "entry 3" in await upkeep.asked(path, do="readmit", ledger=LEDGER)
        changed(path, whole.replace(b"deputy", b"leader"), whole)
        assert await upkeep.asked(path, do="readmit", ledger=LEDGER) == ""
        await signed(standing, 4)


def changed(folder: Path, raw: bytes, to: bytes) -> None:
    """Put other bytes into the journal's file."""
    with apsw.Connection(str(folder / "journal.db")) as connection:
        connection.execute("UPDATE entry SET raw = ? WHERE raw = ?", (to, raw))
        assert connection.changes() == 1


def test_the_commands(tmp_path: Path) -> None:
    """A fresh key signs; a house that is not there, a policy that says nothing: a sentence."""
    fresh = CliRunner().invoke(app, ["keys", "--fresh"])
    assert list(signing(fresh.output).seeds(MASTER)) != [derived(MASTER, b"signing")]
    none = CliRunner().invoke(app, ["keys", "--data", str(tmp_path / "none")])
    assert isinstance(none.exception, upkeep.Unknown)
    file = tmp_path / "policy.toml"
    for text in ('name = "w"', 'name = "a b"\nlogs = []', 'name = "w"\nlogs = ["x"]', "]"):
        file.write_text(text)
        with pytest.raises(witness.NoPolicy):
            witness.policy(file)
    file.write_text(f'name = "w"\nlogs = ["{Signer("o", SEED).key.vkey}"]')
    assert witness.policy(file) == ("w", [Signer("o", SEED).key])
    with pytest.raises(NoSigningKey, match="WITNESS_KEY"):
        witness.Witnessing().seed()


async def test_a_lost_hint_delays_a_signature_and_no_more(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The distributed notary looks when hints tell of more, and after a while without any."""
    monkeypatch.setattr(carrying, "HINT_SECONDS", 0.01)
    async with mongo(databases, "motor", tmp_path) as journal:
        journals = carrying.Journals({"suggestions": journal})
        assert await journals.changed(-1) == 0
        waiting = asyncio.create_task(journals.changed(0))
        await written(journal, "suggestion/a", 0)
        found = await waiting
        while found == 0:  # it looked for the while that it waits, which here is short
            found = await journals.changed(0)
        assert found == 1
        assert await journals.changed(1) == 1
        assert await journals.heads("liaison/") == {}
        assert (await journals.heads("suggestions/6"))[LEDGER].sequence == 1
