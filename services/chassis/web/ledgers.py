"""Ledgers are published: entries as stored, to whoever the gateway lets read them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis import problems
from services.chassis.web import reading
from services.chassis.web.desk import Desk

MOST = 1000
LAST = 2**32 - 1
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


async def entries(desk: Desk, request: Request) -> Response:
    """Answer with consecutive entries, each as the text that was stored and hashed."""
    congress = _congress(desk, request)
    asked = reading.query(request, ("after", "limit"))
    after, limit = _number(asked.get("after", "0")), _number(asked.get("limit", "100"))
    if not 1 <= limit <= MOST:
        raise problems.BAD_QUERY
    ledger = f"{desk.service}/{congress}"
    raws = await desk.bus.fetch(ledger, after, limit)
    return JSONResponse({"entries": [raw.decode() for raw in raws], "head": await _head(desk, ledger)})


async def head(desk: Desk, request: Request) -> Response:
    """Answer with the last sequence of the ledger."""
    congress = _congress(desk, request)
    reading.query(request, ())
    ledger = f"{desk.service}/{congress}"
    return JSONResponse({"ledger": ledger, "head": await _head(desk, ledger)})


async def _head(desk: Desk, ledger: str) -> int:
    return (await desk.bus.heads([desk.service])).get(ledger, 0)


def _congress(desk: Desk, request: Request) -> str:
    congress = reading.path(request)["congress"]
    return reading.caller(request, desk.tokens, congress, desk.service).congress


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:11]) <= LAST):
        raise problems.BAD_QUERY
    return int(text)
