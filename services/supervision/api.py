"""How one asks supervision over HTTP: the board, its summary, a deputy's dossier."""

from asyncio import gather
from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from services.chassis import problems
from services.chassis.projecting import sources
from services.chassis.shapes import Document, Reader
from services.chassis.shelf.port import Query
from services.chassis.web.desk import Desk
from services.chassis.web.routes import Answer, Browse, Today
from services.supervision.views.board import BOARD, COLOURS, OFFICE, coloured, where
from services.supervision.views.dossier import DOSSIER, DossierDocument
from services.supervision.views.joining import joined

BRIEF = (
    "stage", "title", "lead", "people", "session", "occasion", "delegation_name", "category",
    "number", "handlers", "units", "open_units", "submitted", "assigned", "statutory_due", "due",
    "redo", "reply_class", "label", "result", "outcome", "closed", "updated",
)  # fmt: skip
TRIES = 3
NOT_COUNTED = {"submitted", "not_admitted"}


class UnitRow(TypedDict):
    """One unit: items it has, items it has yet to reply to, and those of them that are late."""

    unit: str
    name: str
    items: int
    open: int
    late: int


class BoardSummary(TypedDict):
    """The board counted: accepted items, their units (whose items overlap), stages, colours."""

    items: int
    units: int
    stages: dict[str, int]
    colours: dict[str, int]
    by_unit: list[UnitRow]
    as_of: str
    positions: dict[str, int]


def listed(reader: Reader) -> Mapping[str, Any] | None:
    """List for a deputy and a unit what is theirs; for the offices everything."""
    if reader.role in OFFICE:
        return {}
    if reader.role == "deputy" and reader.holds is not None:
        return {"people": [reader.holds]}
    if reader.role == "unit" and reader.holds is not None:
        return {"units": [reader.holds.removeprefix("unit/")]}
    return None


async def board_summary(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer with the counts that the charts show, all from one state of the ledger."""
    if (scope := listed(reader)) is None:
        raise problems.NOT_YOURS
    equal = {name: asked[name] for name in ("session", "occasion") if name in asked}
    stands, counts = await _steady(desk, reader, equal, scope)
    names = await desk.names(reader.congress, [f"unit/{unit}" for unit in counts["units"]])
    by_unit = [
        {
            "unit": unit, "name": names.get(f"unit/{unit}", unit), "items": items,
            "open": counts["open"].get(unit, 0), "late": counts["late"].get(unit, 0),
        }
        for unit, items in counts["units"].items()
    ]  # fmt: skip
    return {
        "items": sum(count for stage, count in counts["stages"].items() if stage not in NOT_COUNTED),
        "units": len(by_unit),
        "stages": counts["stages"],
        "colours": counts["colours"],
        "by_unit": sorted(by_unit, key=lambda row: (-row["late"], -row["open"], row["unit"])),
        "as_of": desk.today.isoformat(),
        "positions": dict(stands),
    }


async def _steady(
    desk: Desk, reader: Reader, equal: Mapping[str, str], scope: Mapping[str, Any]
) -> tuple[Mapping[str, int], dict[str, dict[str, int]]]:
    """Count again while the ledger moves on under the counting, but not for ever."""
    stands = await desk.positions(reader.congress, BOARD)
    counts = await _counts(desk, reader, equal, scope)
    for _ in range(TRIES):
        if (now := await desk.positions(reader.congress, BOARD)) == stands:
            break
        stands, counts = now, await _counts(desk, reader, equal, scope)
    return stands, counts


async def _counts(
    desk: Desk, reader: Reader, equal: Mapping[str, str], scope: Mapping[str, Any]
) -> dict[str, dict[str, int]]:
    place = desk.folds[BOARD.name].place

    async def by(field: str, colour: str | None = None) -> dict[str, int]:
        window = where(colour, desk.today) if colour else {}
        query = Query(
            equal={**equal, **window.get("equal", {})}, contains=scope,
            at_least=window.get("at_least", {}), below=window.get("below", {}),
        )  # fmt: skip
        counts = await desk.shelf.tally(reader.congress, place, "suggestions", query, field)
        return {value: count for value, count in counts.items() if value is not None}

    asked = [by("stage"), by("units"), by("open_units"), by("open_units", "red")]
    stages, units, unanswered, late, *colours = await gather(*asked, *(by("stage", each) for each in COLOURS))
    counted = {each: sum(found.values()) for each, found in zip(COLOURS, colours, strict=True)}
    return {"stages": stages, "units": units, "open": unanswered, "late": late, "colours": counted}


async def dossier(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer with a deputy's dossier, joined from its parts, to the offices and to himself."""
    congress, mandate = reader.congress, f"mandate/{asked['id']}"
    positions = dict(await desk.positions(congress, DOSSIER))
    parts = {each: await desk.get(congress, DOSSIER, mandate, each) or {} for each in sources(DOSSIER)}
    if not parts["deputies"]:
        raise problems.ABSENT
    signed = list(parts["suggestions"].get("suggestions", {}))
    place = desk.folds[BOARD.name].place
    board = await desk.shelf.get(congress, place, "suggestions", signed) if signed else {}
    document = joined(mandate, parts, board)
    shown = await desk.shown(DOSSIER, [(mandate, document)], reader)
    if not shown:
        raise problems.ABSENT
    return shown[0] | {"positions": positions}


ROUTES = (
    Browse(
        "/board", BOARD, "listBoard", "List the board", listed, BRIEF,
        equal=("stage", "session", "occasion", "lead", "category", "delegation"),
        contains=("units", "people"), orders=("due", "number", "assigned", "updated"),
        today=Today("colour", COLOURS, where), adds=coloured,
    ),
    Answer(
        "/board/summary", board_summary, BoardSummary, "boardSummary",
        "Count the board by stage, unit and colour",
        {"session": "^[0-9]{1,2}-[0-9]{1,4}$", "occasion": "^(session|recess)$"},
    ),
    Answer(
        "/dossiers/{id}", dossier, DossierDocument, "getDossier", "Read a deputy's duty dossier"
    ),
)  # fmt: skip
