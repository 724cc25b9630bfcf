"""Entries asked from where they are kept; the one place that finds a gap."""

from collections.abc import Collection, Mapping

from events.bus.port import MOST_ENTRIES, Batch, Gap, Source
from events.catalogue.envelope import openings


async def page(source: Source, ledger: str, mark: int) -> Batch:
    """Give the next entries of a ledger above `mark`, of which there must be one.

    Raises:
        Gap: when the next sequence, or one after it, is missing.

    """
    entries = await source.fetch(ledger, mark, MOST_ENTRIES)
    if not entries:
        raise Gap(f"{ledger}/{mark + 1} is missing")
    opening = openings(ledger)
    for sequence, entry in enumerate(entries, mark + 1):
        if not entry.startswith(opening % sequence):
            raise Gap(f"{ledger}/{sequence} is missing")
    return Batch(ledger, entries)


async def heads(source: Source, services: Collection[str]) -> Mapping[str, int]:
    """Give the last sequence of each ledger of `services`."""
    return {
        ledger: position.sequence
        for service in services
        for ledger, position in (await source.heads(f"{service}/")).items()
    }
