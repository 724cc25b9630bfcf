"""Checks of entries in their ledger: form, place, link, and the two times that each one tells."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .entries import INSTANT, MOST_BYTES, Entry
from .merkle import Frontier, leaf
from .report import Found, found

APART = dt.timedelta(minutes=5)
"""An entry is taken while its command waits, so it happened when it was taken, or minutes before."""


@dataclass
class Walk:
    """How far one ledger was read: what the next entry must follow on."""

    ledger: str
    number: int = 0
    link: str = ""
    recorded: str = ""
    tree: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)
    """Roots by size, for the sizes asked for."""
    times: dict[int, str] = field(default_factory=dict)
    """When the last entry of such a size was taken."""

    @property
    def congress(self) -> str:
        """Give the division code of the congress."""
        return self.ledger.partition("/")[2]

    def take(self, entry: Entry, wanted: frozenset[int] = frozenset()) -> None:
        """Go on to the next; after a gap from where the entry says that it stands."""
        hashed = leaf(entry.raw)
        self.tree.add(hashed)
        self.number, self.link = entry.sequence or self.number + 1, hashed.hex()
        self.recorded = max(self.recorded, entry.text("recordedtime"))
        if self.tree.size in wanted:
            self.roots[self.tree.size] = self.tree.root()
            self.times[self.tree.size] = self.recorded


def _form(_walk: Walk, entry: Entry) -> Iterator[Found]:
    for odd in entry.odd:
        yield found(f"form.{odd}", most=MOST_BYTES)


def _place(walk: Walk, entry: Entry) -> Iterator[Found]:
    number = walk.number + 1
    if entry.sequence != number:
        yield found("place.number", told=entry.text("sequence"), expected=number)
    source, told = entry.text("source"), entry.text("partitionkey")
    if source != f"/{walk.ledger}" or told != walk.congress:
        yield found("place.ledger", told=source, expected=walk.ledger)
    if entry.id != f"{walk.ledger}/{entry.sequence}":
        yield found("place.id", told=entry.id)


def _link(walk: Walk, entry: Entry) -> Iterator[Found]:
    if entry.text("prevhash") != walk.link:
        yield found("link.broken")


def _recorded(walk: Walk, entry: Entry) -> Iterator[Found]:
    if entry.text("recordedtime") < walk.recorded:
        yield found("recorded.earlier", told=entry.text("recordedtime"), before=walk.recorded)


def _happened(_walk: Walk, entry: Entry) -> Iterator[Found]:
    time, recorded = instant(entry.text("time")), instant(entry.text("recordedtime"))
    if time and recorded and abs(recorded - time) > APART:
        yield found("happened.apart", time=entry.text("time"), recorded=entry.text("recordedtime"))


def instant(text: str) -> dt.datetime | None:
    """Read an instant; None where it is none."""
    try:
        return dt.datetime.fromisoformat(text) if INSTANT.fullmatch(text) else None
    except ValueError:
        return None


CHECKS: dict[str, Callable[[Walk, Entry], Iterator[Found]]] = {
    "form": _form, "place": _place, "link": _link, "recorded": _recorded, "happened": _happened,
}  # fmt: skip
