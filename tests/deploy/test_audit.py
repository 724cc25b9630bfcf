"""`mandate audit` by command: exit codes, tables, JSON; beside a house that is at work."""

import asyncio
import json
import shutil
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy import auditing, daily
from deploy.audit import app
from deploy.embedded import house
from deploy.examples import loading
from deploy.folder import Folder
from deploy.serving import EXAMPLES
from deploy.stored import InFolder
from deploy.upkeep import Unknown
from events.drivers.apsw import Connection, connect
from events.journal import rows
from services.chassis import metrics

LEDGER = "suggestions/630200"
LOOKS = 4


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example, of a house that stands still."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


async def asked(data: Path, *words: str) -> Result:
    """Run the command, on a thread: it has a loop of its own."""
    line = [*words, "--data", str(data)]
    return await asyncio.to_thread(CliRunner().invoke, app, line)


def edited(data: Path) -> str:
    """Change one entry of the middle in the file; give its address."""
    with closing(connect(data / "journal.db")) as journal:
        number: int = journal.execute("SELECT number FROM ledger WHERE name = ?", (LEDGER,)).get
        place = number << 32 | 600
        raw: bytes = journal.execute("SELECT raw FROM entry WHERE place = ?", (place,)).get
        changed = raw.replace(b'"data":{', b'"data":{"x":1,', 1)
        journal.execute("UPDATE entry SET raw = ? WHERE place = ?", (changed, place))
    return f"{LEDGER}/600"


FOR_EVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


async def test_who_waits_no_more_ends_the_look_at_the_file(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is looked at in a thread, which is let end before the file is closed."""
    begun = threading.Event()

    def endless(connection: Connection) -> list[int]:
        begun.set()
        return connection.execute(FOR_EVER).fetchall()  # type: ignore[return-value]

    monkeypatch.setattr(rows, "strays", endless)
    auditing_it = asyncio.create_task(auditing.verify(InFolder(data), 0, lambda _done, _of: None))
    await asyncio.to_thread(begun.wait)
    auditing_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(auditing_it, 10)


async def test_a_whole_house(data: Path) -> None:
    """All holds: exit code 0, a table for people, JSON for programs; every view is its replay."""
    told = await asked(data, "verify")
    assert (told.exit_code, told.exception) == (0, None)
    assert "agrees" in told.stdout
    assert "DIFFERS" not in told.stdout
    compared = json.loads((await asked(data, "drift", "--json", "--workers", "0")).stdout)
    assert compared["sound"]
    assert len({each["view"] for each in compared["views"]}) > 10


async def test_one_entry_changed(data: Path) -> None:
    """A changed entry is named, exit code 1; drift and the daily look say what they see of it."""
    address = edited(data)
    told = await asked(data, "verify", "--json", "--workers", "0")
    assert told.exit_code == 1
    (fault,) = [each["fault"] for each in json.loads(told.stdout)["ledgers"] if each["fault"]]
    assert f"{LEDGER}/{fault['sequence']}" == address
    daily.tell(await auditing.verify(InFolder(data), 0, lambda *_: None))
    assert metrics.UNSOUND.labels(LEDGER)._value.get() == 1  # noqa: SLF001 - prometheus gives no other way
    assert metrics.UNSOUND.labels("training/630200")._value.get() == 0  # noqa: SLF001 - as above


async def test_one_document_changed(data: Path) -> None:
    """A field changed in the shelf's file is told with its path, for people too, exit code 1."""
    with closing(connect(data / "shelf.db")) as shelf:
        number = shelf.execute("SELECT number FROM made WHERE view = 'board'").get
        table = f"document_{number}"
        shelf.execute(f"""UPDATE {table}
                          SET body = CAST(json_set(CAST(body AS TEXT), '$.session', 'x') AS BLOB)
                          WHERE id = (SELECT min(id) FROM {table} WHERE congress = '630200')""")  # noqa: S608
    told = await asked(data, "drift", "board", "--workers", "0")
    assert told.exit_code == 1
    assert 'session: live "x", replayed' in told.stdout
    other = await asked(data, "drift", "learners", "--workers", "0")
    assert other.exit_code == 0


async def test_a_trail_over_services(data: Path) -> None:
    """What came of an opinion is told over both ledgers, with what caused what."""
    with closing(connect(data / "journal.db", read_only=True)) as journal:
        found: list[Any] = journal.execute(
            "SELECT DISTINCT subject FROM entry WHERE CAST(raw AS TEXT) LIKE '%\"opinion.escalated.v1\"%'"
        ).fetchall()
    steps = json.loads((await asked(data, "trail", found[0][0], "--json")).stdout)["steps"]
    assert {each["entry"].partition("/")[0] for each in steps} >= {"liaison", "suggestions"}
    entries = {each["entry"] for each in steps}
    caused = [each for each in steps if each["cause"]]
    assert caused
    assert {each["cause"] for each in caused} <= entries
    assert [each["recorded"] for each in steps] == sorted(each["recorded"] for each in steps)
    assert "liaison" in (await asked(data, "trail", found[0][0])).stdout


async def test_what_is_not_there(data: Path, tmp_path: Path) -> None:
    """No house, no such view, no such name: said so, and nothing is made."""
    for words, where in ((("verify",), tmp_path / "no"), (("drift", "x"), data), (("trail", "x"), data)):
        assert isinstance((await asked(where, *words)).exception, Unknown)
    assert not (tmp_path / "no").exists()


async def test_no_false_alarm_while_much_is_written(tmp_path: Path) -> None:
    """While an example is entered, ledgers hold and views are their replay, each time one looks."""
    folder, looks = Folder.open(tmp_path / "data", "haidong"), 0
    where = InFolder(folder.path)
    try:
        async with house(folder) as standing:
            writing = asyncio.create_task(loading.load(standing, EXAMPLES / "haidong", lambda *_: None))
            try:
                while not writing.done() and looks < LOOKS:
                    compared = await auditing.drift(where, "all", 1, lambda *_: None)
                    differing = [each for each in compared.drifted if each["differing"]]
                    assert not differing, differing
                    verified = await auditing.verify(where, 1, lambda *_: None)
                    assert verified.sound, [each["fault"] for each in verified.verified]
                    looks += 1
                if writing.done():
                    await writing
            finally:
                writing.cancel()
                with suppress(asyncio.CancelledError):
                    await writing
    finally:
        folder.close()
    assert looks > 1
