"""How a command runs its work: logging JSON, on uvloop where that can be had."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Coroutine
from typing import Any

from services.chassis.logging import configure
from services.chassis.settings import Settings

SWITCHING = 0.001
"""Seconds a busy loop keeps the interpreter lock from a writer's thread, which needs it at each step."""


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """Run it to its end and give what it gives."""
    configure(Settings().log_level)
    sys.setswitchinterval(SWITCHING)
    gc.freeze()  # what is imported stays: no collection need walk through it
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415

        return uvloop.run(work)
    return asyncio.run(work)
