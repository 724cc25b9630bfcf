"""What a start need not do: compile the house, look for garbage among what it imports."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from tests.rulebook import HOUSE

PACKAGES = ("events", "services", "gateway", "deploy")


def test_every_module_has_its_bytecode() -> None:
    """Even where Python may not write any as it imports, as in a container."""
    module = HOUSE / "deploy/cli.py"
    _bytecode(module).unlink(missing_ok=True)
    denied = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(("make", "house"), cwd=HOUSE, env=denied, check=True)  # noqa: S607 - as a person types it
    assert [
        each for package in PACKAGES for each in (HOUSE / package).rglob("*.py") if not _compiled(each)
    ] == []


def test_what_is_imported_is_never_looked_through() -> None:
    """`mandate` sets aside all that it imported, and only then lets garbage be looked for."""
    told = _python(
        "import gc, sys; from deploy import command; sys.argv[1:] = ['--help']",
        "try: command.main()",
        "except SystemExit: print(gc.isenabled(), gc.get_freeze_count() > 100_000)",
    )
    assert told[-1] == "True True"


def test_a_house_at_work() -> None:
    """Its loop gives way to a writer after a millisecond, and young objects come together before a look."""
    told = _python(
        "import gc, sys; from deploy import looping",
        "async def work(): return gc.get_threshold()[0], sys.getswitchinterval()",
        "print(*looping.run(work()))",
    )
    assert told == ["30000 0.001"]


def _python(*lines: str) -> list[str]:
    ended = subprocess.run(
        (sys.executable, "-c", "\n".join(lines)), cwd=HOUSE, capture_output=True, text=True, check=True
    )
    return ended.stdout.splitlines()


def _bytecode(module: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(module)))


def _compiled(module: Path) -> bool:
    """Tell whether its bytecode is there and still its own: bytes 8 to 12 say when the source changed."""
    bytecode = _bytecode(module)
    if not bytecode.exists():
        return False
    return int.from_bytes(bytecode.read_bytes()[8:12], "little") == int(module.stat().st_mtime)
