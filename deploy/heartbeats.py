"""Who is at work in a distributed house: each process says every few seconds how it stands."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from events.drivers.motor import Collection
from services.chassis.web.health import Ready

BEAT_SECONDS = 5.0
GONE_SECONDS = 30.0
"""Who has not been heard of for so long is shown as gone."""
FORGOTTEN_SECONDS = 3600.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Beat:
    """What one process last said: its part, when, and what `ready` told."""

    part: str
    owner: str
    started: dt.datetime
    silent_seconds: int
    told: Mapping[str, Any]

    @property
    def gone(self) -> bool:
        """Whether it must be taken for dead."""
        return self.silent_seconds > GONE_SECONDS

    @property
    def well(self) -> bool:
        """Whether it lives and is ready."""
        return not self.gone and bool(self.told.get("ready"))


class Heartbeats:
    """The beats of all processes of a house, in its database, by the machine's clock."""

    def __init__(self, beats: Collection) -> None:
        """Take the collection."""
        self._beats = beats

    async def all(self) -> Sequence[Beat]:
        """Give the last beat of each process, by part; those long gone are left out."""
        now = time.time()
        found = await self._beats.find({"seen": {"$gt": now - FORGOTTEN_SECONDS}})
        beats = [
            Beat(
                each["part"], each["_id"], dt.datetime.fromtimestamp(each["started"], dt.UTC),
                max(0, int(now - each["seen"])), each["told"],
            )
            for each in found
        ]  # fmt: skip
        return sorted(beats, key=lambda beat: (beat.part, beat.owner))

    @contextlib.asynccontextmanager
    async def beating(self, part: str, owner: str, ready: Ready) -> AsyncIterator[None]:
        """Say how this process stands for as long as it works; at the end, take its leave."""
        started = time.time()

        async def beat() -> None:
            while True:
                try:
                    told = await ready()
                    said = {"part": part, "started": started, "seen": time.time(), "told": dict(told)}
                    await self._beats.update_one({"_id": owner}, {"$set": said}, upsert=True)
                except ConnectionError:
                    log.warning("nobody hears how this process stands", part=part)
                await asyncio.sleep(BEAT_SECONDS)

        task = asyncio.create_task(beat(), name="beat")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(ConnectionError):
                await self._beats.delete_many({"_id": owner})
