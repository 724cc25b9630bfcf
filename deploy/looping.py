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
YOUNG = 30_000
"""Objects made before the young ones are looked through. Hundreds of requests at work hold thousands
that are no garbage yet: to look every 700, as is the custom, takes a tenth of an opinion's time."""


def tune() -> None:
    """Set the interpreter up for a house, once all is imported."""
    sys.setswitchinterval(SWITCHING)
    gc.set_threshold(YOUNG, 10, 10)
    gc.freeze()  # what is imported stays: no collection need walk through it


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """Run it to its end and give what it gives."""
    configure(Settings().log_level)
    tune()
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415

        return uvloop.run(work)
    return asyncio.run(work)
