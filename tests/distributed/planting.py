"""What may happen between a process and its database, at a chosen place, once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from events.drivers import motor
from events.drivers.terms import Unreachable

Act = Callable[[], Awaitable[Any]]


def before(patch: pytest.MonkeyPatch, method: str, collection: str, act: Act) -> None:
    """Let something happen just before the next `method` of a collection whose name begins so."""
    waiting, original = [act], getattr(motor.Collection, method)

    async def planted(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method
        if waiting and self._collection.name.startswith(collection):
            await waiting.pop()()
        return await original(self, *args, **kwargs)

    patch.setattr(motor.Collection, method, planted)


def lost(patch: pytest.MonkeyPatch, method: str, collection: str, times: int = 1) -> list[str]:
    """Let `method` be done and its answer get lost, as often; give the names where it happened."""
    happened, original = list[str](), getattr(motor.Collection, method)

    async def planted(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method
        name: str = self._collection.name
        if name.startswith(collection) and len(happened) < times:
            happened.append(name)
            try:
                await original(self, *args, **kwargs)
            finally:
                raise Unreachable("planted")
        return await original(self, *args, **kwargs)

    patch.setattr(motor.Collection, method, planted)
    return happened
