"""Importing the house opens nothing: no socket, no file to write, no process, no thread."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rulebook import HOUSE

PACKAGES = ("deploy", "events", "gateway", "services")
DISTRIBUTED = ("motor", "pymongo", "aiokafka")

# Runs in a process of its own, started with -B: not even a cache is written.
WATCH = """
import importlib, os, sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = ("socket.", "subprocess.", "sqlite3.connect", "thread.start", "os.mkdir", "os.remove",
           "os.rename", "os.fork", "os.system", "os.posix_spawn", "shutil.", "tempfile.")

def watch(event, arguments):
    opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if opens or event.startswith(REFUSED):
        raise RuntimeError(f"importing did {event} {arguments[:1]}")

import asyncio, multiprocessing, socket, threading  # what they do at import is Python's own
sys.addaudithook(watch)
threading.Thread.start = lambda thread: watch("thread.start", (thread,))
for name in sys.argv[1:]:
    importlib.import_module(name)
sys.stdout.write("\\n".join(sys.modules))
"""


def modules() -> list[str]:
    """Give the name of every module of the house."""
    files = (file for package in PACKAGES for file in (HOUSE / package).rglob("*.py"))
    paths = (file.relative_to(HOUSE).with_suffix("") for file in sorted(files))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def imported(*names: str, folder: Path = HOUSE) -> subprocess.CompletedProcess[str]:
    """Import these modules in a fresh process under watch; it prints all that came along."""
    return subprocess.run(
        [sys.executable, "-B", "-c", WATCH, *names],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_importing_the_whole_house_opens_nothing() -> None:
    """Whoever imports a module gets values and functions; `deploy` opens things when asked."""
    run = imported(*modules())
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.splitlines()) >= set(modules())


def test_the_embedded_house_knows_no_broker() -> None:
    """Adapters are named where the house is assembled, so none comes along unasked."""
    run = imported("deploy.embedded", "deploy.cli")
    assert run.returncode == 0, run.stderr
    came = {name.partition(".")[0] for name in run.stdout.splitlines()}
    assert came & set(DISTRIBUTED) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import socket; socket.socket()",
        "open('kept.txt', 'w')",
        "import pathlib; pathlib.Path('kept').mkdir()",
        "import sqlite3; sqlite3.connect(':memory:')",
        "import subprocess; subprocess.run(['true'])",
        "import threading; threading.Thread(target=print).start()",
    ],
)
def test_the_watch_sees(line: str, tmp_path: Path) -> None:
    """A module that opens something when imported is stopped."""
    (tmp_path / "planted.py").write_text(line)
    run = imported("planted", folder=tmp_path)
    assert run.returncode != 0
    assert "importing did" in run.stderr


def test_the_watch_lets_reading_pass(tmp_path: Path) -> None:
    """A module may read what ships with it."""
    (tmp_path / "planted.py").write_text("TEXT = open(__file__).read()")
    assert imported("planted", folder=tmp_path).returncode == 0
