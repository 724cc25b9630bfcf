"""W3C trace context: what ties a request to its entries, their reactions and every log line."""

import re
from collections.abc import Callable, Sequence

from structlog.contextvars import bind_contextvars

SOUND = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
TRACE_BYTES, PARENT_BYTES = 16, 8


def sound(told: Sequence[str]) -> str | None:
    """Give the `traceparent` of a request, if there is exactly one and it is sound."""
    return told[0] if len(told) == 1 and SOUND.fullmatch(told[0]) else None


class Tracing:
    """Gives every request at the front door its trace."""

    def __init__(self, chance: Callable[[int, str], bytes]) -> None:
        """Take what gives so many random bytes for a purpose."""
        self._chance = chance

    def __call__(self, told: Sequence[str], key: str) -> str:
        """Give the `traceparent` told, or a fresh one if none is sound; log lines carry it from here on."""
        trace = sound(told) or self._fresh(key)
        bind_contextvars(trace=trace)
        return trace

    def _fresh(self, key: str) -> str:
        drawn = self._chance(TRACE_BYTES + PARENT_BYTES, f"trace {key}")
        return f"00-{drawn[:TRACE_BYTES].hex()}-{drawn[TRACE_BYTES:].hex()}-01"
