"""How far ledgers are folded: the marks of one view or reaction, and those who wait for one."""

import asyncio
from collections.abc import Mapping


class Marks:
    """How far each ledger is folded, and who waits for it."""

    def __init__(self, marks: Mapping[str, int]) -> None:
        """Begin where the shelf says."""
        self._marks, self._moved = dict(marks), asyncio.Condition()

    def __getitem__(self, ledger: str) -> int:
        """Give the mark of a ledger; 0 when nothing of it is folded."""
        return self._marks.get(ledger, 0)

    def all(self) -> Mapping[str, int]:
        """Give every ledger's mark."""
        return dict(self._marks)

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
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self[ledger] >= sequence)
        except TimeoutError:
            return False
        return True
