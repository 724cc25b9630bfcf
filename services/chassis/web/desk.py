"""What a service's routes work with: its command side, its views, the vault, the clock."""

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from events.journal.port import Journal
from events.notary.proving import Proving
from events.vault.port import Vault
from services.chassis import problems
from services.chassis.clock import Clock
from services.chassis.handling import Handling
from services.chassis.projecting import Fold, sources
from services.chassis.referring import Referring
from services.chassis.shapes import Document, Reader, View
from services.chassis.shelf.port import Page, Query, Shelf
from services.chassis.web.tokens import Tokens
from services.chassis.words import fill, told
from services.chassis.workdays import legal_day

WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Desk:
    """Everything an answer may need. `folds` has the live generation of each view by name."""

    service: str
    handling: Handling
    referring: Referring
    folds: dict[str, Fold]
    shelf: Shelf
    vault: Vault
    journal: Journal
    clock: Clock
    tokens: Tokens
    proving: Proving

    @property
    def today(self) -> dt.date:
        """Give the legal day on which answers are computed."""
        return legal_day(self.clock.now())

    async def reached(self, positions: Sequence[str], views: Sequence[View]) -> None:
        """Wait until the views have folded these positions.

        Raises:
            Problem: `view-behind` after two seconds.

        """
        for position in positions:
            ledger, _, sequence = position.rpartition("/")
            for view in views:
                if ledger.partition("/")[0] in sources(view):
                    marks = self.folds[view.name].marks
                    if not await marks.reached(ledger, int(sequence), WAIT_SECONDS):
                        raise problems.BEHIND

    async def get(self, congress: str, view: View, key: str, service: str | None = None) -> Document | None:
        """Give one document as folded, without asking who reads."""
        place, source = self.folds[view.name].place, service or sources(view)[0]
        return (await self.shelf.get(congress, place, source, [key])).get(key)

    async def versioned(self, congress: str, view: View, key: str) -> tuple[int, Document | None]:
        """Give one document with its mark: its stream's version where the view has `etag`."""
        place, source = self.folds[view.name].place, sources(view)[0]
        return (await self.shelf.marks_of(congress, place, source, [key])).get(key, (0, None))

    async def find(self, congress: str, view: View, query: Query, service: str | None = None) -> Page:
        """Give documents as folded, without asking who reads."""
        place = self.folds[view.name].place
        return await self.shelf.find(congress, place, service or sources(view)[0], query)

    async def shown(
        self, view: View, documents: Sequence[tuple[str, Any]], reader: Reader, brief: Sequence[str] = ()
    ) -> list[Document]:
        """Give what the reader may see of each document, with ids, names and words.

        All words are opened in one call. `brief` keeps only these fields.
        """
        visible = [
            {"id": key, **_brief(seen, brief)}
            for key, each in documents
            if (seen := view.shows(each, reader)) is not None
        ]
        names = await self.names(reader.congress, [name for each in visible for name in view.names(each)])
        for each in visible:
            if told := {name: names[name] for name in view.names(each) if name in names}:
                each["names"] = told
        await self.open(reader.congress, visible)
        return visible

    async def names(self, congress: str, ids: Sequence[str]) -> Mapping[str, Any]:
        """Give the name of each id as this service's references know it."""
        known = await self.referring.known(congress, dict.fromkeys(ids))
        # Words are put into what is answered, and what is remembered must not have them.
        return {
            each: deepcopy(found["name"])
            for each, found in known.documents.items()
            if found and "name" in found
        }

    async def open(self, congress: str, documents: Sequence[Any]) -> None:
        """Put the text beside every reference in the documents; None where it was erased."""
        references = list(told(documents))
        if not references:
            return
        opened = await self.vault.open(congress, list(dict.fromkeys(each["record"] for each in references)))
        texts = {record: each.plaintext.decode() for record, each in opened.items()}
        fill(references, texts.get)

    async def positions(self, congress: str, view: View) -> Mapping[str, int]:
        """Give the ledger positions that a view's answers stand on, asked before the documents."""
        marks, ledgers = self.folds[view.name].marks, [f"{name}/{congress}" for name in sources(view)]
        return {ledger: await marks.fresh(ledger) for ledger in ledgers}


def _brief(document: Document, fields: Sequence[str]) -> Document:
    return {name: document[name] for name in fields if name in document} if fields else document
