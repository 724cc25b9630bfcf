"""The command `mandate` as an operator has it: in processes of its own."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from deploy.folder import Folder
from events.drivers.apsw import connect
from tests.journeys.running import Process, free_port
from tests.rulebook import HOUSE

MANDATE = str(Path(sys.executable).with_name("mandate"))
SCHEMAS = HOUSE / "events" / "catalogue" / "schemas"
CITY = "630200"
VERBS = (
    "", "up", "views", "rebuild", "retry", "sweep", "schemas", "export", "import",
    "serve", "project", "react", "relay", "notarize", "gateway", "together", "healthy",
    "keys", "readmit", "witness",
    "accounts", "accounts add", "accounts list", "accounts token", "accounts disable",
    "audit", "audit verify", "audit drift", "audit trail", "audit figure",
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


def commands(*group: str) -> set[str]:
    """Give what the help of a group lists."""
    _, said, _ = mandate(*group, "--help")
    lines = [line.strip("│ ").split(" ")[0] for line in said.partition("Commands")[2].splitlines()]
    return {each for each in lines if each.isalpha()}


def test_the_verbs_are_all_there() -> None:
    """No verb is without a test of its help."""
    named = {*commands()}
    for group in ("accounts", "audit"):
        named |= {f"{group} {each}" for each in commands(group)}
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


NOISY = """
import sys
import structlog
from deploy import cli, upkeep

async def noisy(*_):
    structlog.get_logger().warning("swept")
    return 0

upkeep.DEEDS["sweep"] = noisy
cli.app(["sweep", "--data", sys.argv[1]])
"""
"""A sweep that has something to say."""


def test_a_stopped_house_logs_as_a_running_one(data: Path) -> None:
    """What a command has to say of a stopped house are JSON lines on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", NOISY, str(data)],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
        cwd=HOUSE,
    )
    (line,) = done.stderr.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["level"]) == ("swept", "warning")
    assert done.stdout == "0 orphans removed\n"


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


async def test_an_address_cannot_be_claimed(data: Path) -> None:
    """Who says to come from elsewhere is counted as who he is: no header gives another address."""
    process = Process(data, free_port())
    try:
        await process.start()
        async with httpx2.AsyncClient(base_url=process.base) as client:
            statuses = [
                (await client.get(f"/api/v1/{CITY}/receipts/{'a' * 26}", headers=claimed(each))).status_code
                for each in range(11)
            ]
        assert statuses == [404] * 10 + [429]
    finally:
        await process.end(signal.SIGKILL)


def claimed(number: int) -> dict[str, str]:
    """Claim an address, in every way that proxies know."""
    address = f"203.0.113.{number}"
    return {"x-forwarded-for": address, "x-real-ip": address, "forwarded": f"for={address}"}


def test_a_congress_travels_by_file(data: Path, tmp_path: Path) -> None:
    """Exported and imported with a typed passphrase; a wrong one, a file in the way: one line each."""
    other, file = tmp_path / "other", str(tmp_path / "city.mandate")
    Folder.open(other, "haidong").close()
    out = ("export", CITY, "--to", file, "--close", "--data", str(data))
    code, said, _ = mandate(*out, typed="over the hill\nover the hill\n")
    assert (code, "closed there" in said) == (0, True)
    assert "is there already" in mandate(*out, typed="x\nx\n")[2]
    for name, why in ((file, "another one"), (str(data / "journal.db"), "no archive")):
        code, _, complaint = mandate("import", name, "--data", str(other), typed="under the hill\n")
        assert (code, why in complaint, "Traceback" in complaint) == (1, True, False)
    code, taken, _ = mandate("import", file, "--data", str(other), typed="over the hill\n")
    assert code == 0
    assert taken.splitlines()[-4:] == said.splitlines()[-4:]
    assert "moved away" in mandate("import", file, "--data", str(data), typed="over the hill\n")[2]


def test_a_key_file_instead_of_a_passphrase(data: Path, tmp_path: Path) -> None:
    """What was sealed with a key file opens with it alone; a file that holds no key is refused."""
    other, file, key = tmp_path / "other", str(tmp_path / "city.mandate"), tmp_path / "key"
    Folder.open(other, "haidong").close()
    out = ("export", CITY, "--to", file, "--with-personal-data", "--key-file", str(key), "--data", str(data))
    key.write_text("short")
    assert "32 bytes" in refused(*out)
    key.write_text(base64.b64encode(b"k" * 32).decode())
    assert "with personal data" in mandate(*out)[1]
    assert "--key-file" in refused("import", file, "--data", str(other))
    assert mandate("import", file, "--key-file", str(key), "--data", str(other))[0] == 0


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
