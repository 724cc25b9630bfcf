"""How one asks liaison over HTTP: a table, one line per route, four answers, and whose a code is."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from services.chassis import problems
from services.chassis.shapes import Command, Document, Ids, Reader
from services.chassis.shelf.port import Query
from services.chassis.web.desk import Desk
from services.chassis.web.proofs import Proven, proof_of
from services.chassis.web.routes import Act, Answer, Browse, Look
from services.liaison.erasure import commands as end
from services.liaison.erasure.rules import ERASURE
from services.liaison.opinion import commands as said
from services.liaison.opinion.rules import OPINION
from services.liaison.opinion.state import receipt_digest
from services.liaison.station import commands as asked
from services.liaison.station.rules import STATION
from services.liaison.views.opinions import OPINIONS, OpinionDocument, without_contact
from services.liaison.views.receipts import RECEIPTS, SEEN, ReceiptDocument
from services.liaison.views.stations import STATIONS, StationDocument

MOST_LISTED = 100
PATIENCE_SECONDS = 1.0
"""So long a receipt waits for a proof; what came in is signed twice a second."""


class StationPage(TypedDict):
    """All that a station's page says. `opinions` counts them by stage, `outcomes` what was told."""

    station: StationDocument
    received: int
    opinions: dict[str, int]
    outcomes: dict[str, int]
    positions: dict[str, int]


class StationOpinions(TypedDict):
    """Opinions given at a station, newest first, without the way to their citizens."""

    items: list[OpinionDocument]


async def station_page(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer with a station, who works there, and how many opinions came to what."""
    key = f"station/{asked['id']}"
    station = await desk.get(reader.congress, STATIONS, key)
    if station is None:
        raise problems.ABSENT
    (shown,) = await desk.shown(STATIONS, [(key, station)], reader)
    positions = dict(await desk.positions(reader.congress, OPINIONS))
    place, here = desk.folds[OPINIONS.name].place, Query(equal={"station": asked["id"]})
    stages, outcomes = [
        await desk.shelf.tally(reader.congress, place, desk.service, here, by) for by in ("stage", "outcome")
    ]
    return {
        "station": shown,
        "received": sum(stages.values()),
        "opinions": dict(stages),
        "outcomes": {told: count for told, count in outcomes.items() if told is not None},
        "positions": positions,
    }


async def station_opinions(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer a deputy who works at the station: he may take up what was said there."""
    station = await desk.get(reader.congress, STATIONS, f"station/{asked['id']}")
    if reader.role != "deputy" or station is None or reader.holds not in station["deputies"]:
        raise problems.ABSENT
    query = Query(equal={"station": asked["id"]}, order="received", descending=True, limit=MOST_LISTED)
    page = await desk.find(reader.congress, OPINIONS, query)
    items = [{"id": key, **without_contact(each)} for key, each in page.documents]  # type: ignore[arg-type]
    await desk.open(reader.congress, items)
    return {"items": items}


def by_code(code: str) -> Query:
    """Find what a code was given for."""
    return Query(equal={"receipt": receipt_digest(code)}, limit=1)


async def of_code(desk: Desk, path: Mapping[str, str], at_least: Sequence[str]) -> str:
    """Give the opinion that a code in a path was given for; every other code is unknown."""
    await desk.reached(at_least, [RECEIPTS])
    page = await desk.find(path["congress"], RECEIPTS, by_code(path["id"]))
    if not page.documents:
        raise problems.ABSENT
    return page.documents[0][0]


def this(_command: Command, _ids: Ids, path: Mapping[str, str]) -> str:
    """Send a command to the opinion of the path."""
    return f"opinion/{path['id']}"


async def receipt(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer with what became of an opinion to who has its code; every other code is unknown."""
    page = await desk.find(reader.congress, RECEIPTS, by_code(asked["id"]))
    shown = await desk.shown(RECEIPTS, page.documents, reader, SEEN)
    if not shown:
        raise problems.ABSENT
    return shown[0]


class ReceiptProof(Proven):
    """The entry with which a citizen's words came in, and what only he can show of it.

    `nonce` is the digest of the number that he drew, `opening` the key (hexadecimal) under which the
    entry commits to his words; null where he drew none, and where his words were erased.
    """

    at: str
    nonce: str | None
    opening: str | None


async def receipt_proof(desk: Desk, reader: Reader, asked: Mapping[str, str]) -> Document:
    """Answer who has the code with the proof that his words came in, and with the key that opens them."""
    found = await receipt(desk, reader, asked)
    ledger, _, sequence = found["at"].rpartition("/")
    proven = await proof_of(desk, ledger, int(sequence), PATIENCE_SECONDS)
    record, nonce = found["words"]["record"], found.get("nonce")
    opened = (await desk.vault.open(reader.congress, [record])).get(record)
    key = opened.commitment_key().hex() if opened else None
    told = ReceiptProof(**proven, at=found["at"], nonce=nonce, opening=key)
    return dict(told)


def listed(reader: Reader) -> Mapping[str, Any] | None:
    """List for a deputy, a unit and a station what is theirs; for the office everything."""
    holds = (reader.holds or "").partition("/")[2]
    match reader.role:
        case "staff":
            return {}
        case "station":
            return {"station": holds} if holds else {}
        case "deputy":
            return {"people": [reader.holds]} if holds else None
        case "unit":
            return {"unit": holds} if holds else None
        case _:
            return None


S, O, E = "/stations/{id}", "/opinions/{id}", "/opinions/{id}/erasure"  # noqa: E741 - the table is read by its lines
STATION_BRIEF = ("state", "name", "place", "kind", "tier", "deputies", "opened")
BRIEF = (
    "stage", "station", "station_name", "addressed_to", "words", "anonymous", "received", "unit",
    "unit_name", "people", "outcome", "erasure", "updated",
)  # fmt: skip

ROUTES = (
    Browse(
        "/stations", STATIONS, "listStations", "List stations", lambda _: {}, STATION_BRIEF,
        equal=("state", "kind", "tier"), contains=("deputies",), orders=("name", "opened"),
    ),
    Look(S, STATIONS, "station", "getStation", "Read a station"),
    Answer(f"{S}/page", station_page, StationPage, "stationPage", "Read a station's page"),
    Answer(
        f"{S}/opinions", station_opinions, StationOpinions, "listStationOpinions",
        "List opinions given at the station, for its deputies",
    ),
    Act("/stations", asked.OpenStation, STATION, "openStation", "Open a station"),
    Act(f"{S}/deputies", asked.AttachDeputy, STATION, "attachDeputy", "Attach a deputy"),
    Act(f"{S}/deputies/leave", asked.DetachDeputy, STATION, "detachDeputy", "Detach a deputy"),
    Act(f"{S}/closing", asked.CloseStation, STATION, "closeStation", "Close a station"),
    Browse(
        "/opinions", OPINIONS, "listOpinions", "List opinions", listed, BRIEF,
        equal=("stage", "station", "addressed_to", "unit", "outcome", "erasure"), contains=("people",),
        ranges=("received",), orders=("-received", "updated"),
    ),
    Look(O, OPINIONS, "opinion", "getOpinion", "Read an opinion with its story"),
    Act("/opinions", said.GiveOpinion, OPINION, "giveOpinion", "Give an opinion", code="getReceipt"),
    Act(f"{O}/answer", said.AnswerOpinion, OPINION, "answerOpinion", "Answer the citizen"),
    Act(f"{O}/transfer", said.TransferOpinion, OPINION, "transferOpinion", "Pass it to a unit"),
    Act(f"{O}/escalation", said.EscalateOpinion, OPINION, "escalateOpinion", "Take it up"),
    Act(
        "/receipts/{id}/erasure", end.RequestOpinionErasure, ERASURE, "requestOpinionErasure",
        "Ask to have an opinion deleted", seek=of_code,
    ),
    Act(
        f"{E}/approval", end.ApproveOpinionErasure, ERASURE, "approveOpinionErasure",
        "Delete an opinion as asked", this,
    ),
    Act(f"{E}/restriction", end.RestrictOpinion, ERASURE, "restrictOpinion", "Keep an opinion unread", this),
    Act(
        f"{E}/restriction/end", end.LiftOpinionRestriction, ERASURE, "liftOpinionRestriction",
        "End the restriction of an opinion", this,
    ),
    Answer(
        "/receipts/{id}", receipt, ReceiptDocument, "getReceipt",
        "Read under a receipt code what became of an opinion",
    ),
    Answer(
        "/receipts/{id}/proof", receipt_proof, ReceiptProof, "getReceiptProof",
        "Prove under a receipt code that an opinion came in",
    ),
)  # fmt: skip
