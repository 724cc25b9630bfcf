"""How one asks reporting over HTTP: the figures of a session."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from services.chassis.shapes import Document, Reader
from services.chassis.shelf.port import Query
from services.chassis.web.desk import Desk
from services.chassis.web.routes import Answer
from services.reporting.views.definitions import figures
from services.reporting.views.figures import FIGURES
from services.reporting.views.rates import Figure, accepted

MOST_SESSIONS = 100


class FiguresBody(TypedDict):
    """The figures of a session: `items` accepted, `units` that handle them, every rate, its ground.

    Of one `occasion` only, where that was asked for. `at` is the last entry that changed a number,
    `positions` how far the ledger was read: at these anybody comes to the same numbers.
    """

    session: str | None
    occasion: str | None
    sessions: list[str]
    items: int
    units: int
    figures: list[Figure]
    as_of: str
    at: str | None
    positions: dict[str, int]


def order(session: str) -> tuple[int, int, int]:
    """Sort cohorts: by term, between sessions (named by a year) first, then by number."""
    term, _, number = session.partition("-")
    return int(term), int(number) < MOST_SESSIONS, int(number)


async def get_figures(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer with the figures of a session, by default the last one, to everybody."""
    place = desk.folds[FIGURES.name].place
    positions = dict(await desk.positions(reader.congress, FIGURES))
    known = await desk.shelf.tally(reader.congress, place, "suggestions", Query(), "session")
    sessions = sorted((each for each in known if each is not None), key=order, reverse=True)
    session = asked.get("session") or next(iter(sessions), None)
    document = await desk.get(reader.congress, FIGURES, f"figures/{session}") or {}
    return {
        "session": session,
        "sessions": sessions,
        **computed(document, asked.get("occasion")),
        "as_of": desk.today.isoformat(),
        "positions": positions,
    }


def computed(document: Mapping[str, Any], occasion: str | None) -> Document:
    """Compute all that is answered for from the folded document of a session. Pure."""
    rows = document.get("items", {}).items()
    items = {key: row for key, row in rows if occasion in {None, row["occasion"]}}
    counted = [row for row in items.values() if accepted(row)]
    return {
        "occasion": occasion,
        "items": len(counted),
        "units": len({unit for row in counted for unit in row.get("units", ())}),
        "figures": figures(items),
        "at": document.get("at"),
    }


ROUTES = (
    Answer(
        "/figures", get_figures, FiguresBody, "getFigures",
        "Read the figures of a session, with numerators, denominators and definitions",
        {"session": "^[0-9]{1,2}-[0-9]{1,4}$", "occasion": "^(session|recess)$"},
    ),
)  # fmt: skip
