"""The services of the house, in the order in which they are opened."""

from collections.abc import Mapping, Sequence

from events.catalogue.registry import BY_SERVICE
from services.chassis.shapes import Service
from services.deputies.service import SERVICE as DEPUTIES
from services.liaison.service import SERVICE as LIAISON
from services.reporting.service import SERVICE as REPORTING
from services.suggestions.service import SERVICE as SUGGESTIONS
from services.supervision.service import SERVICE as SUPERVISION
from services.training.service import SERVICE as TRAINING

SERVICES = (DEPUTIES, SUGGESTIONS, LIAISON, TRAINING, SUPERVISION, REPORTING)
BY_NAME: Mapping[str, Service] = {each.name: each for each in SERVICES}
PUBLISHING = tuple(BY_SERVICE)
"""The services that have a ledger; the others only look."""


class NoSuchService(Exception):  # noqa: N818 - a no to the operator
    """There is no service of that name."""


def chosen(names: Sequence[str], among: Sequence[str] = tuple(BY_NAME)) -> list[str]:
    """Give the services named, `all` for every one.

    Raises:
        NoSuchService: when there is none of a name.

    """
    if "all" in names:
        return list(among)
    for name in names:
        if name not in among:
            raise NoSuchService(f"there is no service {name} here; choose among {', '.join(among)}")
    return list(names)
