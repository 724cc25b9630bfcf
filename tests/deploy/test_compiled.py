"""What a start need not do again: the house is compiled once, by the verb that installs it."""

import importlib.util
import os
import subprocess
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


def _bytecode(module: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(module)))


def _compiled(module: Path) -> bool:
    """Tell whether its bytecode is there and still its own: bytes 8 to 12 say when the source changed."""
    bytecode = _bytecode(module)
    if not bytecode.exists():
        return False
    return int.from_bytes(bytecode.read_bytes()[8:12], "little") == int(module.stat().st_mtime)
