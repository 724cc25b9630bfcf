"""Ledgers are published: entries as stored, to whoever the gateway lets read them.

The services of the house ask here too for what they missed of each other; which ledgers
there are, over all congresses, is told to them alone. The answers come from the journal:
a bus may itself ask here.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis import problems
from services.chassis.problems import Problem
from services.chassis.web import reading
from services.chassis.web.desk import Desk

MOST = 1000
LAST = 2**32 - 1
EVERY, HOUSE = "*", "house"
"""The congress of a token that is for all of them, and the role of the house itself."""
QUERY = {
    "after": {"type": "integer", "minimum": 0, "maximum": LAST},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
}
ENTRIES = {
    "type": "object",
    "properties": {"entries": {"type": "array", "items": {"type": "string"}}, "head": {"type": "integer"}},
    "required": ["entries", "head"],
}
HEADS = {
    "type": "object",
    "properties": {"ledger": {"type": "string"}, "head": {"type": "integer"}},
    "required": ["ledger", "head"],
}
DAMAGED = Problem(
    500, "entry-damaged", "所取条目已损坏，请用审计工具核对账本。",
    "An entry asked for is damaged; the audit of the ledger says which.",
)  # fmt: skip


async def entries(desk: Desk, request: Request) -> Response:
    """Answer with consecutive entries, each as the text that was stored and hashed."""
    congress = _congress(desk, request)
    asked = reading.query(request, ("after", "limit"))
    after, limit = numbered(asked.get("after", "0")), limited(asked, "100")
    ledger = f"{desk.service}/{congress}"
    raws = await desk.journal.fetch(ledger, after, limit)
    try:
        told = [raw.decode() for raw in raws]
    except UnicodeDecodeError as error:
        raise DAMAGED from error
    return JSONResponse({"entries": told, "head": await _head(desk, ledger)})


async def head(desk: Desk, request: Request) -> Response:
    """Answer with the last sequence of the ledger."""
    congress = _congress(desk, request)
    reading.query(request, ())
    ledger = f"{desk.service}/{congress}"
    return JSONResponse({"ledger": ledger, "head": await _head(desk, ledger)})


async def heads(desk: Desk, request: Request) -> Response:
    """Answer with the last sequence of every ledger of this service, by name, a page at a time."""
    reader = reading.caller(request, desk.tokens, EVERY, desk.service)
    if reader.role != HOUSE:
        raise problems.NOT_YOURS
    asked = reading.query(request, ("after", "limit"))
    limit = limited(asked, str(MOST))
    found = (await desk.journal.hinted(f"{desk.service}/")).items()
    above = sorted((ledger, head.sequence) for ledger, head in found if ledger > asked.get("after", ""))
    return JSONResponse({"heads": dict(above[:limit]), "more": len(above) > limit})


async def _head(desk: Desk, ledger: str) -> int:
    found = (await desk.journal.heads(ledger)).get(ledger)
    return found.sequence if found else 0


def _congress(desk: Desk, request: Request) -> str:
    congress = reading.path(request)["congress"]
    return reading.caller(request, desk.tokens, congress, desk.service).congress


def limited(asked: Mapping[str, str], unsaid: str) -> int:
    """Give how many are asked for, 400 when nobody may ask for so many."""
    limit = numbered(asked.get("limit", unsaid))
    if not 1 <= limit <= MOST:
        raise problems.BAD_QUERY
    return limit


def numbered(text: str) -> int:
    """Give the sequence that a query names, 400 when it names none."""
    if not (text.isascii() and text.isdecimal() and int(text[:11]) <= LAST):
        raise problems.BAD_QUERY
    return int(text)
