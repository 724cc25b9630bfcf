"""Log lines are JSON on what is standard error at that moment."""

import io
import json
import logging
from collections.abc import Callable
from contextlib import redirect_stderr

import pytest
import structlog

from services.chassis.logging import configure


def structured(text: str) -> None:
    """Say it as the house does."""
    structlog.get_logger().warning(text)


@pytest.mark.parametrize("say", [structured, logging.getLogger("a library").warning])
def test_a_closed_stream_is_not_written_to(say: Callable[[str], None]) -> None:
    """Whoever configured under another standard error, which is gone, breaks nobody's later line."""
    gone, now = io.StringIO(), io.StringIO()
    with redirect_stderr(gone):
        configure("INFO")
    gone.close()
    with redirect_stderr(now):
        say("said")
    assert json.loads(now.getvalue())["event"] == "said"
