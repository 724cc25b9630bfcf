"""What MongoDB answers the accounts, in the words of their port."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from events.drivers.settling import settled
from events.drivers.terms import Unreachable
from gateway.accounts.port import Busy

Answer = TypeVar("Answer")


async def done(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do what may be done twice until its answer comes, or raise Busy."""
    return await answered(settled(work))


async def answered(answer: Awaitable[Answer]) -> Answer:
    """Give an answer, or raise Busy where the server gave none."""
    try:
        return await answer
    except Unreachable as error:
        raise Busy from error
