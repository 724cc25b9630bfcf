"""What a workload reports, and how it is printed."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Result(NamedTuple):
    """One case of one workload: the house and its ceiling, units per second of each round."""

    workload: str
    case: str
    unit: str
    house: Sequence[float]
    ceiling: Sequence[float]


def table(results: Sequence[Result]) -> str:
    """Write the medians as a table, with the range of the house and its share of the ceiling."""
    lines = [f"{'workload':10}{'case':22}{'unit':8}{'house':>10}{'range':>20}{'ceiling':>10}{'':>6}"]
    for workload, case, unit, house, ceiling in results:
        middle, top = median(house), median(ceiling)
        share = f"{middle / top:.0%}"
        span = f"{min(house):,.0f} - {max(house):,.0f}"
        lines.append(f"{workload:10}{case:22}{unit:8}{middle:10,.0f}{span:>20}{top:10,.0f}{share:>6}")
    return "\n".join(lines)
