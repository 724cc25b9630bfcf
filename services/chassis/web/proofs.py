"""The ledger proves itself: checkpoint, tiles, entry bundles, keys, and a proof for each entry.

Tiles, bundles and the checkpoint are those of C2SP tlog-tiles, so any tool reads them.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from typing_extensions import TypedDict

from events.notary.port import Standing
from events.notary.proving import bundle_of
from events.proof import tiles
from events.proof.chain import leaf
from events.proof.checkpoint import read as read_checkpoint
from services.chassis import problems
from services.chassis.web import reading
from services.chassis.web.desk import Desk
from services.chassis.web.routing import Below

PATIENCE_SECONDS = 5.0
FRESH, LASTING = "no-cache", "public, max-age=31536000, immutable"
BINARY = "application/octet-stream"
LAST_DIGITS = 10
Answering = Callable[[Desk, Request], Awaitable[Response]]


def add_to(below: Below, base: str, desk: Desk) -> None:
    """Add the routes below a ledger's own."""
    routes: Mapping[str, Answering] = {
        "/checkpoint": checkpoint, "/keys": keys, "/tile/entries/{tile:path}": bundle,
        "/tile/{level}/{tile:path}": tile, "/proof/{sequence}": proof,
    }  # fmt: skip
    for path, answering in routes.items():
        below.add(base + path, partial(answering, desk), "GET")


class Proven(TypedDict):
    """An entry as it is stored, and a tlog-proof that it stands where it was signed.

    `why` says by a code what does not hold. `hash` is that of the stored entry's leaf (hexadecimal),
    `size` how many entries the checkpoint in the proof covers, `witnesses` who has cosigned it.
    """

    entry: str
    sound: bool
    why: str | None
    proof: str
    hash: str
    origin: str
    size: int
    witnesses: list[str]


async def proof_of(desk: Desk, ledger: str, sequence: int, patience: float = PATIENCE_SECONDS) -> Proven:
    """Give an entry as it is stored with its proof.

    Raises:
        Problem: 404 when there is no such entry and none was signed, 503 `proof-behind` when it is
            not signed within `patience` seconds.

    """
    stored = next(iter(await desk.journal.fetch(ledger, sequence - 1, 1)), None)
    standing = await desk.proving.signed(ledger, sequence, patience if stored else 0.0)
    if standing is None:
        raise problems.PROOF_BEHIND if stored else problems.ABSENT
    found = await desk.proving.prove(standing, sequence, stored)
    signed = found.proof.note
    told = read_checkpoint(signed.text)
    return Proven(
        entry=stored.decode(errors="replace") if stored else "",
        sound=found.sound, why=found.why, proof=found.proof.text,
        hash=leaf(stored).hex() if stored else "", origin=told.origin, size=told.size,
        witnesses=sorted({each.name for each in signed.signatures} - {told.origin}),
    )  # fmt: skip


async def checkpoint(desk: Desk, request: Request) -> Response:
    """Answer with the newest signed note; it has witnesses' lines when they saw that very size."""
    standing = await _standing(desk, request)
    seen = standing.cosigned_size == standing.signed.size
    note = standing.witnessed if seen else standing.signed.note
    return PlainTextResponse(note, headers={"Cache-Control": FRESH})


async def keys(desk: Desk, request: Request) -> Response:
    """Answer with what was signed, by which keys, what witnesses saw, and why it may be refused."""
    standing = await _standing(desk, request, refused=True)
    signed = standing.signed
    told = {
        "origin": signed.origin, "size": signed.size, "root": signed.root.hex(), "signed": signed.time,
        "vkeys": list(signed.vkeys), "refused": standing.refused,
        "witnesses": [
            {"name": each.name, "vkey": each.vkey, "size": each.size, "time": each.time}
            for each in standing.seen
        ],
    }  # fmt: skip
    return JSONResponse(told, headers={"Cache-Control": FRESH})


async def tile(desk: Desk, request: Request) -> Response:
    """Answer with the hashes of a tile."""
    ledger, level = _ledger(desk, request), request.path_params["level"]
    index, width = _tile(request)
    if not (level.isascii() and level.isdecimal() and level == str(int(level[:2]))):
        raise problems.ABSENT
    found = await desk.proving.tile(ledger, (int(level), index), width)
    if found is None:
        raise problems.ABSENT
    return Response(found, media_type=BINARY, headers={"Cache-Control": LASTING})


async def bundle(desk: Desk, request: Request) -> Response:
    """Answer with the entries under a tile of level 0, each after its length (two bytes)."""
    ledger = _ledger(desk, request)
    after, last = bundle_of(*_tile(request))
    standing = await _standing(desk, request)
    if last > standing.signed.size:
        raise problems.ABSENT
    entries = await desk.journal.fetch(ledger, after, last - after)
    body = b"".join(len(each).to_bytes(2, "big") + each for each in entries)
    return Response(body, media_type=BINARY, headers={"Cache-Control": "private, no-cache"})


async def proof(desk: Desk, request: Request) -> Response:
    """Answer with an entry as stored, and the proof that it stands where it was signed."""
    ledger, sequence = _ledger(desk, request), request.path_params["sequence"]
    sound = sequence.isascii() and sequence.isdecimal() and len(sequence) <= LAST_DIGITS
    if not sound or sequence.startswith("0"):
        raise problems.ABSENT
    return JSONResponse(await proof_of(desk, ledger, int(sequence)), headers={"Cache-Control": "no-store"})


def _ledger(desk: Desk, request: Request) -> str:
    congress = request.path_params["congress"]
    reading.query(request, ())
    return f"{desk.service}/{reading.caller(request, desk.tokens, congress, desk.service).congress}"


def _tile(request: Request) -> tuple[int, int]:
    found = tiles.read(request.path_params["tile"])
    if found is None:
        raise problems.ABSENT
    return found


async def _standing(desk: Desk, request: Request, *, refused: bool = False) -> Standing:
    found = await desk.proving.standing(_ledger(desk, request), refused=refused)
    if found is None:
        raise problems.ABSENT
    return found
