"""What a workload reports, and how it is printed."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Result(NamedTuple):
    """One case of one workload: the house and its ceiling, units per second of each round.

    `sizes` tells how large the entries were.
    """

    workload: str
    case: str
    unit: str
    house: Sequence[float]
    ceiling: Sequence[float]
    sizes: str


def table(results: Sequence[Result]) -> str:
    """Write the medians as a table, with the range of the house and its share of the ceiling.

    The share is the median of the rounds' own: house and ceiling of one round met the same disk.
    """
    lines = [f"{'workload':10}{'case':20}{'unit':8}{'house':>8}{'range':>18}{'ceiling':>9}{'':>5}  entries"]
    for workload, case, unit, house, ceiling, sizes in results:
        share = f"{median(one / top for one, top in zip(house, ceiling, strict=True)):.0%}"
        span = f"{min(house):,.0f} - {max(house):,.0f}"
        lines.append(
            f"{workload:10}{case:20}{unit:8}{median(house):8,.0f}{span:>18}{median(ceiling):9,.0f}"
            f"{share:>5}  {sizes}"
        )
    return "\n".join(lines)
