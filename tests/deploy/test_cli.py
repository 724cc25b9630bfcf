"""The command `mandate` as an operator has it: in processes of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from deploy.folder import Folder
from events.drivers.apsw import connect
from tests.journeys.running import Process, free_port
from tests.rulebook import HOUSE

MANDATE = str(Path(sys.executable).with_name("mandate"))
SCHEMAS = HOUSE / "events" / "catalogue" / "schemas"
CITY = "630200"
VERBS = (
    "", "up", "views", "rebuild", "retry", "sweep", "schemas",
    "accounts", "accounts add", "accounts list", "accounts token", "accounts disable",
)  # fmt: skip


def mandate(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Run the command away from any terminal; give its exit code, what it printed, what it complained of."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("MANDATE_")}
    done = subprocess.run(
        [MANDATE, *arguments], input=typed, text=True, capture_output=True, timeout=50, check=False,
        cwd=HOUSE, env=told | {"COLUMNS": "300"}, start_new_session=True,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def refused(*arguments: str) -> str:
    """Run what must fail in a way foreseen: exit 1, one line, no trace; give the line."""
    code, said, complaint = mandate(*arguments)
    assert (code, len(complaint.splitlines())) == (1, 1), said + complaint
    assert complaint.startswith("mandate: ")
    return complaint.removeprefix("mandate: ").strip()


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    """`--help` says what a verb does."""
    code, said, complaint = mandate(*verb.split(), "--help")
    assert (code, complaint) == (0, "")
    assert "Usage: mandate" in said
    assert len(said.split()) > 10


def test_the_verbs_are_all_there() -> None:
    """No verb is without a test of its help."""
    _, said, _ = mandate("--help")
    _, more, _ = mandate("accounts", "--help")
    lines = [line.strip("│ ").split(" ")[0] for line in (said.partition("Commands")[2]).splitlines()]
    under = [line.strip("│ ").split(" ")[0] for line in (more.partition("Commands")[2]).splitlines()]
    named = {each for each in lines if each.isalpha()} | {
        f"accounts {each}" for each in under if each.isalpha()
    }
    assert named == set(VERBS) - {""}


@pytest.mark.parametrize("verb", ["views", "rebuild all", "sweep", f"retry board suggestions/{CITY}"])
def test_a_house_that_is_not_there(verb: str, tmp_path: Path) -> None:
    """Whoever asks about no house is told so in one line, and no house is founded."""
    assert "no house in" in refused(*verb.split(), "--data", str(tmp_path / "nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_accounts_that_are_not_there(tmp_path: Path) -> None:
    """Accounts of no folder are no accounts."""
    assert "no data folder" in refused("accounts", "list", CITY, "--data", str(tmp_path / "nowhere"))


def test_a_folder_that_is_taken(data: Path) -> None:
    """While another house has the folder open, nothing else works in it."""
    with closing(Folder.open(data)):
        for verb in ("up", "views", "sweep"):
            assert "another house is open" in refused(verb, "--data", str(data))


def test_a_start_that_cannot_be(data: Path, tmp_path: Path) -> None:
    """No master key, no such example, a port in use, a newer schema: one line each."""
    assert "MANDATE_MASTER_KEY" in refused("up", "--data", str(tmp_path / "new"))
    assert refused("up", "--data", str(tmp_path / "new"), "--example", "x") == "there is no example x"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "Address already in use" in refused("up", "--data", str(data), "--port", port)
    with closing(connect(data / "journal.db")) as connection:
        connection.pragma("user_version", 999)
    assert "start a newer one" in refused("views", "--data", str(data))


def test_a_view_that_is_not_there(data: Path) -> None:
    """An unknown view is named in one line."""
    assert refused("rebuild", "nowhere", "--data", str(data)) == "there is no view nowhere"


def test_passing_over_needs_a_reason(data: Path) -> None:
    """`--skip` without `--why` is refused before anything is opened."""
    code, _, complaint = mandate("retry", "board", f"suggestions/{CITY}", "--skip", "1", "--data", str(data))
    assert code == 2
    assert "--why" in complaint


def test_schemas_are_those_of_the_catalogue(tmp_path: Path) -> None:
    """`schemas --to` writes, byte for byte, the files that are frozen in the catalogue."""
    code, _, _ = mandate("schemas", "--to", str(tmp_path))
    written = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert code == 0
    assert len(written) > 50
    assert written == {each.name: each.read_bytes() for each in SCHEMAS.iterdir()}


def test_an_account_is_made_listed_and_ended(data: Path) -> None:
    """Added with a typed password, an account is listed, gets a token, and is disabled."""
    of = ("--data", str(data))
    add = ("accounts", "add", "newcomer", CITY, "person/newcomer", *of)
    assert mandate(*add, typed="long enough\nlong enough\n")[0] == 0
    assert (data / "accounts.db").stat().st_mode & 0o077 == 0
    assert "taken" in mandate(*add, typed="long enough\nlong enough\n")[2]
    code, made, _ = mandate("accounts", "token", "newcomer", "laptop", *of)
    assert (code, len(made.split())) == (0, 1)
    assert "no account nobody" in refused("accounts", "token", "nobody", "laptop", *of)
    assert "no account nobody" in refused("accounts", "disable", "nobody", *of)
    assert mandate("accounts", "disable", "newcomer", *of)[0] == 0
    listed = next(
        line for line in mandate("accounts", "list", CITY, *of)[1].splitlines() if "newcomer" in line
    )
    assert "yes" in listed


def test_a_short_password_is_refused(data: Path) -> None:
    """A password has eight characters or more; nothing is kept of one that has not."""
    add = ("accounts", "add", "newcomer", CITY, "person/newcomer", "--data", str(data))
    code, _, complaint = mandate(*add, typed="short\nshort\n")
    assert code == 1
    assert "8 to 256 characters" in complaint


async def test_up_is_ready_and_stops(data: Path) -> None:
    """A house that was loaded is ready in seconds, answers operators, and ends well on Ctrl-C."""
    port = free_port()
    process = Process(data, port, (MANDATE, "up", "--data", str(data), "--port", str(port)))
    try:
        print(f"ready after {await process.start():.2f} s")
        with urllib.request.urlopen(f"{process.base}/health/ready", timeout=5) as answer:  # noqa: ASYNC210
            assert answer.status == 200
        code, said, _ = mandate("views", "--data", str(data))
        assert code == 0
        assert "board@1" in said
        assert await process.end(signal.SIGINT) == 0
    finally:
        await process.end(signal.SIGKILL)
    assert not (data / "operator.json").exists()
    assert "Traceback" not in (data.parent / "house.log").read_text()
