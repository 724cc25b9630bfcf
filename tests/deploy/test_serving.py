"""What a house does beside serving: it sweeps once a day, and stops when its store broke."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from deploy import serving, upkeep
from deploy.embedded import House
from deploy.serving import SWEEP_SECONDS
from deploy.sockets import Server


class Days:
    """A house whose seconds pass as fast as they are waited for, and whose store breaks in the end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.now, self._end = 5.0, 5.0 + seconds
        self.sweeps: list[float] = []
        self.server = SimpleNamespace(should_exit=False)
        monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(serving, "asyncio", SimpleNamespace(sleep=self._sleep))
        monkeypatch.setattr(upkeep, "sweep_of", self._sweep)

    def broken(self) -> BaseException | None:
        """Tell what broke the store."""
        return OSError("the disk is gone") if self.now >= self._end else None

    async def pass_by(self) -> Sequence[Mapping[str, Any]]:
        """Watch until the store breaks; give what was logged."""
        with capture_logs() as logs:
            await serving.watch(cast("House", self), cast("Server", self.server))
        return logs

    async def _sleep(self, seconds: float) -> None:
        assert not self.server.should_exit
        self.now += max(seconds, 600)

    async def _sweep(self, house: object, _asked: object, _moved: Callable[..., None]) -> int:
        assert house is self
        self.sweeps.append(self.now)
        if len(self.sweeps) == 1:
            raise OSError("busy")
        return 0


async def test_a_sweep_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing sweep is logged and stops nothing; the next day there is another."""
    days = Days(monkeypatch, 2.5 * SWEEP_SECONDS)
    logs = await days.pass_by()
    first, *others = days.sweeps
    assert first == 5.0
    assert [round((each - first) / SWEEP_SECONDS, 1) for each in others] == [1.0, 2.0]
    assert [(each["log_level"], each["exc_info"]) for each in logs] == [("error", True)]


async def test_a_broken_store_ends_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can promise nothing any more stops serving, soon and without another sweep."""
    days = Days(monkeypatch, 1200)
    await days.pass_by()
    assert days.server.should_exit
    assert (days.now, len(days.sweeps)) == (1205.0, 1)
