"""One thread that does together what many tasks ask for at once; knows no library."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Task = Callable[[], Sequence[Answer | Exception]]


class QueueFull(Exception):  # noqa: N818 - it names what was found
    """The item was not taken: too many are waiting, or somebody else holds the store."""


class Broken(Exception):  # noqa: N818 - it names what was found
    """Nothing can be promised any more: the process has to exit and open again."""


class Grouping(Generic[Item, Answer]):
    """A bounded queue and a thread that takes all that is waiting.

    `plan(items)` is called on the loop while the thread is idle, and gives the task of the
    thread: one answer per item, in order; an answer that is an exception is raised
    where that item is awaited. A task that raises QueueFull did nothing, and its items are told
    so; whatever else plan or task raise fails their items and everything later. `done()` is called
    on the loop after each group, before its answers are given; the thread is idle then. `limit`
    bounds the items not answered. To be made and used on one running event loop.
    """

    def __init__(
        self, plan: Callable[[Sequence[Item]], Task[Answer]], done: Callable[[], None], limit: int
    ) -> None:
        self.broken: Exception | None = None
        self._plan, self._done, self._limit = plan, done, limit
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._under_way: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closed = False
        self._groups: SimpleQueue[Task[Answer] | None] = SimpleQueue()
        # A daemon: a process that gives up without closing must not hang on it.
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, item: Item) -> asyncio.Future[Answer]:
        """Take `item` for the next group; what is awaited is its answer.

        An item whose future is cancelled is done all the same.

        Raises:
            QueueFull: at once, when `limit` items wait; when awaited, if the store was held.
            Broken: at once or when awaited: `work` failed, or the queue is closed.

        """
        if self.broken or self._closed:
            raise Broken(str(self.broken or "closed")) from self.broken
        if len(self._waiting) + len(self._under_way) >= self._limit:
            raise QueueFull
        if self._quiet.is_set():
            self._quiet.clear()
            # One turn of the loop later, so that all who woke up together go together.
            self._loop.call_soon(self._hand_over)
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting.append((item, future))
        return future

    async def close(self) -> None:
        """Do what waits, then end the thread; again is harmless."""
        self._closed = True
        await self._quiet.wait()
        if self._thread.is_alive():
            self._groups.put(None)
            self._thread.join()

    def _hand_over(self) -> None:
        self._under_way, self._waiting = self._waiting, []
        try:
            task = self._plan([item for item, _ in self._under_way])
        except Exception as error:  # noqa: BLE001 - nobody may be left waiting, whatever it was
            self._loop.call_soon(self._answer, (), error)
        else:
            self._groups.put(task)

    def _run(self) -> None:
        while (task := self._groups.get()) is not None:
            answers: Sequence[Answer | Exception] = ()
            failed: Exception | None = None
            try:
                answers = task()
            except Exception as error:  # noqa: BLE001 - as above
                failed = error
            self._loop.call_soon_threadsafe(self._answer, answers, failed)

    def _answer(self, answers: Sequence[Answer | Exception], failed: Exception | None) -> None:
        answered, self._under_way = self._under_way, []
        if isinstance(failed, QueueFull):
            answers = [failed] * len(answered)
        elif failed is not None:
            self.broken = failed
            answered, self._waiting = [*answered, *self._waiting], []
            answers = [Broken(str(failed))] * len(answered)
        else:
            self._done()
        if self._waiting:
            self._hand_over()
        else:
            self._quiet.set()
        for (_, future), answer in zip(answered, answers, strict=True):
            if future.cancelled():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
