"""What a service must know of others in order to decide, folded like any view."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from events.catalogue.vocabulary import Calendar, Rulebook
from services.chassis import problems
from services.chassis.projecting import Fold
from services.chassis.shapes import Document
from services.chassis.shelf.port import Shelf

WAIT_SECONDS = 2.0
KEPT = 20_000
RULEBOOKS = TypeAdapter(tuple[Rulebook, ...])
CALENDARS = TypeAdapter(tuple[Calendar, ...])


@dataclass(frozen=True, slots=True)
class Known:
    """Documents by id (None: not known), the congress's rules, and the positions all stand on."""

    documents: Mapping[str, Document | None] = field(default_factory=dict)
    rulebooks: Sequence[Rulebook] = ()
    calendars: Sequence[Calendar] = ()
    positions: Sequence[str] = ()


class Referring:
    """The references of one service. A document's id begins with its kind: `mandate/3-ab`.

    The kind `congress` has the adopted rulebooks and calendars in its document.
    """

    def __init__(self, service: str, folds: Mapping[str, Fold], shelf: Shelf) -> None:
        """Take the fold of each kind."""
        self._service, self.folds, self.shelf = service, dict(folds), shelf
        self._rules: dict[str, tuple[int, Sequence[Rulebook], Sequence[Calendar]]] = {}
        self._kept: dict[tuple[str, str], tuple[Fold, int, Document | None]] = {}

    def replace(self, fold: Fold) -> None:
        """Look up in another generation of a reference from now on."""
        for kind, each in self.folds.items():
            if each.view is fold.view:
                self.folds[kind] = fold

    async def known(self, congress: str, ids: Iterable[str]) -> Known:
        """Look up documents, in one question per kind."""
        by_kind: dict[str, list[str]] = {}
        for each in ids:
            by_kind.setdefault(each.partition("/")[0], []).append(each)
        positions = await self._positions(congress)
        documents: dict[str, Document | None] = {}
        for kind, wanted in by_kind.items():
            documents |= await self._remembered(congress, kind, wanted)
        rulebooks, calendars = await self._rules_of(congress)
        return Known(documents, rulebooks, calendars, positions)

    async def reached(self, positions: Iterable[str]) -> None:
        """Wait until every reference that folds one of these positions has it.

        The service's own ledger is decided upon as it stands, and not waited for.

        Raises:
            Problem: `references-behind` after two seconds.

        """
        for position in positions:
            ledger, _, sequence = position.rpartition("/")
            if (service := ledger.partition("/")[0]) == self._service:
                continue
            for fold in (each for each in self.folds.values() if service in each.sources):
                if not await fold.marks.reached(ledger, int(sequence), WAIT_SECONDS):
                    raise problems.REFERENCES_BEHIND

    async def _remembered(
        self, congress: str, kind: str, ids: Sequence[str]
    ) -> Mapping[str, Document | None]:
        """Look up documents; one that was looked up at the mark where its ledger stands is at hand."""
        fold = self.folds[kind]
        mark = await fold.marks.fresh(f"{fold.sources[0]}/{congress}")
        at_hand = {each: self._kept.get((congress, each), (None, 0, None)) for each in ids}
        missing = [each for each, kept in at_hand.items() if (kept[0], kept[1]) != (fold, mark)]
        found = await self._get(congress, kind, missing) if missing else {}
        if len(self._kept) > KEPT:
            self._kept.clear()
        for each in missing:
            self._kept[congress, each] = fold, mark, found.get(each)
        return {each: found.get(each) if each in missing else at_hand[each][2] for each in ids}

    async def _get(self, congress: str, kind: str, ids: Sequence[str]) -> Mapping[str, Document]:
        fold = self.folds[kind]
        return await self.shelf.get(congress, fold.place, fold.sources[0], ids)

    async def _rules_of(self, congress: str) -> tuple[Sequence[Rulebook], Sequence[Calendar]]:
        fold = self.folds.get("congress")
        if fold is None:
            return (), ()
        mark = await fold.marks.fresh(f"{fold.sources[0]}/{congress}")
        kept = self._rules.get(congress)
        if kept is None or kept[0] != mark:
            name = f"congress/{congress}"
            document = (await self._get(congress, "congress", [name])).get(name, {})
            rulebooks = RULEBOOKS.validate_python(document.get("rulebooks", ()), strict=False)
            calendars = CALENDARS.validate_python(document.get("calendars", ()), strict=False)
            kept = self._rules[congress] = mark, rulebooks, calendars
        return kept[1], kept[2]

    async def _positions(self, congress: str) -> Sequence[str]:
        marks: dict[str, int] = {}
        for fold in self.folds.values():
            for service in fold.sources:
                ledger = f"{service}/{congress}"
                if service != self._service and (mark := await fold.marks.fresh(ledger)):
                    marks[ledger] = min(marks.get(ledger, mark), mark)
        return [f"{ledger}/{mark}" for ledger, mark in marks.items()]
