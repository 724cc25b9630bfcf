"""Views to follow ledgers with: numbers that were given, folded in several ways."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.suggestions import DraftDeclined, NumberIssued
from services.chassis.projecting import Fold
from services.chassis.running import Running
from services.chassis.shapes import View
from services.chassis.shelf.port import Document, Table
from services.chassis.shelf.sqlite import SqliteShelf
from tests.folding import Story

CONGRESS = "630200"
LEDGER = f"suggestions/{CONGRESS}"
OTHER = "suggestions/630222"
DECLINED = DraftDeclined(lead="mandate/3-ma", opinion="opinion/o1", refusal="mandate-not-active")
poisonous: set[int] = set()
"""Numbers that no view below can fold, for as long as a test says so."""


def issued(number: int) -> NumberIssued:
    """Say that a number was given."""
    return NumberIssued(number=number, suggestion=f"suggestion/{number}")


def counted(document: Any, entry: Entry) -> Any:  # noqa: ANN401 - a document
    """Add a number to those seen."""
    if entry.data["number"] in poisonous:
        raise ZeroDivisionError(entry.id)
    return {"seen": [*document.get("seen", ()), entry.data["number"]]}


def spread(entry: Entry) -> tuple[str, ...]:
    """Route a number to three documents: its stream's, all numbers', and one of five."""
    return (entry.subject, "all", f"fifth/{entry.data['number'] % 5}")


SEEN = View("seen", 1, dict, {NumberIssued: counted}, keys=spread)
TAGGED = View("tagged", 1, dict, {NumberIssued: counted}, etag=True)


def told(*numbers: int, streams: int = 3) -> list[Entry]:
    """Give a ledger in which numbers were given, and now and then something else happened."""
    story = Story("suggestions")
    for number in numbers:
        stream = f"numbering/3-{number % streams}"
        event: Event = DECLINED if number % 7 == 6 else issued(number)
        story.say(stream, event)
    return story.entries


async def dumped(shelf: SqliteShelf, fold: Fold) -> Sequence[tuple[str, int, bytes]]:
    """Give all that a fold has written: ids, marks and bytes."""
    return await shelf.dump(CONGRESS, fold.place, "suggestions", "", 1000)


class Crashing(SqliteShelf):
    """A shelf whose process may die between the documents and the ledger's mark."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.dies, self.writes = False, list[frozenset[str]]()

    async def put(
        self, congress: str, table: Table, service: str,
        documents: Mapping[str, tuple[int, Document | None]], mark: int,
    ) -> None:  # fmt: skip
        """Write, or write the documents and die."""
        self.writes.append(frozenset(documents))
        if self.dies:
            before = (await self.marks(table)).get(f"{service}/{congress}", 0)
            await super().put(congress, table, service, documents, before)
            raise ConnectionAbortedError
        await super().put(congress, table, service, documents, mark)


async def settled(at_work: Running) -> None:
    """Wait until everything that is not stopped has taken all that the journal holds."""
    async with asyncio.timeout(10):
        while not await _level(at_work):
            await asyncio.sleep(0.005)


async def _level(at_work: Running) -> bool:
    heads = await at_work.ports.journal.heads()
    return all(
        following.mark(ledger) >= head.sequence or ledger in following.stopped
        for following in at_work.followings.values()
        for ledger, head in heads.items()
        if ledger.partition("/")[0] in following.services
    )
