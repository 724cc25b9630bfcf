"""An old version becomes the current one: pure steps from one wire name to the next."""

from collections.abc import Callable, Mapping
from typing import Any

Data = dict[str, Any]
Step = tuple[str, Callable[[Data], Data]]

STEPS: Mapping[str, Step] = {}
"""Old wire name to (next wire name, how its data becomes the next). None yet: all are v1."""


def current(wire: str, data: Data, steps: Mapping[str, Step] = STEPS) -> tuple[str, Data]:
    """Give wire name and data of the current version, whatever version was stored."""
    while wire in steps:
        wire, lift = steps[wire]
        data = lift(data)
    return wire, data
