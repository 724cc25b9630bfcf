"""Unknown outcomes: what may be done twice is done again until its answer comes."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from events.drivers.motor import Collection
from events.drivers.terms import DuplicateKey, Filter, NotReady, Unreachable

Answer = TypeVar("Answer")

TRIES = 3


async def settled(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do `work`, which twice must come to the same as once; when no answer came, do it again.

    Raises:
        Unreachable: when there was none three times, or no server is there (`NotReady`).

    """
    for _ in range(TRIES - 1):
        try:
            return await work()
        except NotReady:  # it was waited for already
            raise
        except Unreachable:
            continue
    return await work()


async def upsert(collection: Collection, key: str, change: Filter) -> None:
    """Change the document with this `_id`, or make it; of two who make it one changes it."""
    try:
        await collection.update_one({"_id": key}, change, upsert=True)
    except DuplicateKey:  # it stands since a moment ago
        await collection.update_one({"_id": key}, change)
