"""How far ledgers are folded: the marks of one view or reaction, and those who wait for one."""

import asyncio
from collections.abc import Mapping

from services.chassis.shelf.port import Shelf, Table

POLL_SECONDS, LONGEST_SECONDS = 0.02, 0.16
"""Between two looks at the shelf, the first time and at last: who waits must not keep it busy."""


class Marks:
    """How far each ledger is folded, and who waits for it, where this process alone folds."""

    def __init__(self, marks: Mapping[str, int]) -> None:
        """Begin where the shelf says."""
        self._marks, self._moved = dict(marks), asyncio.Condition()

    @classmethod
    async def open(cls, shelf: Shelf, place: Table) -> "Marks":
        """Read them from the shelf."""
        return cls(await shelf.marks(place))

    def __getitem__(self, ledger: str) -> int:
        """Give the mark of a ledger as far as it is known here; 0 when nothing of it is folded."""
        return self._marks.get(ledger, 0)

    def all(self) -> Mapping[str, int]:
        """Give every ledger's mark as far as it is known here."""
        return dict(self._marks)

    async def fresh(self, ledger: str) -> int:
        """Give the mark of a ledger as it is now, whoever moved it."""
        return self[ledger]

    async def refresh(self) -> Mapping[str, int]:
        """Give every ledger's mark as it is now, whoever moved it."""
        return self.all()

    async def move(self, ledger: str, to: int) -> None:
        """Note that a ledger is folded up to `to`."""
        async with self._moved:
            self._marks[ledger] = to
            self._moved.notify_all()

    async def reached(self, ledger: str, sequence: int, seconds: float) -> bool:
        """Wait at most `seconds` until a ledger is folded up to `sequence`."""
        if self[ledger] >= sequence:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._wait(ledger, sequence)
        except TimeoutError:
            return False
        return True

    async def _wait(self, ledger: str, sequence: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self[ledger] >= sequence)


class SharedMarks(Marks):
    """Marks that other processes move as well: only the shelf knows them."""

    def __init__(self, marks: Mapping[str, int], shelf: Shelf, place: Table) -> None:
        """Take what the shelf said at first, and where to ask again."""
        super().__init__(marks)
        self._shelf, self._place = shelf, place

    @classmethod
    async def open(cls, shelf: Shelf, place: Table) -> "SharedMarks":
        """Read them from the shelf."""
        return cls(await shelf.marks(place), shelf, place)

    async def fresh(self, ledger: str) -> int:
        """Ask the shelf; what is known here never goes backwards."""
        found = await self._shelf.mark(self._place, ledger)
        if found > self[ledger]:
            await self.move(ledger, found)
        return self[ledger]

    async def refresh(self) -> Mapping[str, int]:
        """Ask the shelf for all of them at once."""
        for ledger, mark in (await self._shelf.marks(self._place)).items():
            if mark > self[ledger]:
                await self.move(ledger, mark)
        return self.all()

    async def _wait(self, ledger: str, sequence: int) -> None:
        pause = POLL_SECONDS
        while await self.fresh(ledger) < sequence:  # another process moves it
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_SECONDS)
