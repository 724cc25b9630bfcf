"""The desk of a moment that is past: what is hidden today is hidden there too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.projecting import sources
from services.chassis.shapes import Document, Reader, View
from services.chassis.web.desk import Desk


# Not slotted: `super()` must find the class that was written here.
@dataclass
class PastDesk(Desk):
    """A desk at a moment; `present` is the one of today, which says what may still be seen."""

    present: Desk

    async def reached(self, positions: Sequence[str], views: Sequence[View]) -> None:
        """Wait for nothing: all that was recorded by then is here."""

    async def shown(
        self, view: View, documents: Sequence[tuple[str, Any]], reader: Reader, brief: Sequence[str] = ()
    ) -> list[Document]:
        """Leave out what the reader may not see of the same document today, or of it at all.

        What is joined of several ledgers was shown to him today already: see `recalling`.
        """
        if len(sources(view)) > 1:
            return await super().shown(view, documents, reader, brief)
        place, ids = self.present.folds[view.name].place, [key for key, _ in documents]
        today = await self.present.shelf.get(reader.congress, place, sources(view)[0], ids)
        seen = {key: shown for key, each in today.items() if (shown := view.shows(each, reader)) is not None}
        still = [(key, each) for key, each in documents if key in seen]
        visible = await super().shown(view, still, reader, brief)
        for each in visible:
            for hidden in today[each["id"]].keys() - seen[each["id"]].keys():
                each.pop(hidden, None)
        return visible
