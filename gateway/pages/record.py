"""The record, for auditors: ledgers and what was signed of them, their entries, each with its proof."""

import asyncio
from typing import Any

from starlette.responses import RedirectResponse, Response, StreamingResponse

from gateway.pages import record_told as told
from gateway.pages.framing import Page, Route
from gateway.pages.queues import if_there
from gateway.pages.telling import saying
from gateway.policy import AUDITORS, RECORDS, permitted
from services.chassis import problems
from services.chassis.problems import Problem

SERVICES = ("deputies", "suggestions", "liaison", "training")
AUDITED = (*SERVICES, "supervision", "reporting")
SHOWN = 30
ABSENT, BROKEN = 404, 500


async def ledgers(page: Page) -> Response:
    """Show where every ledger stands, what was signed of it by whom, and what the last audits found."""
    rows, audits = await asyncio.gather(
        asyncio.gather(*(_ledger(page, each) for each in SERVICES)), _audits(page)
    )
    return page.render(
        "record/ledgers.html",
        ledgers=[each for each in rows if each], audits=audits,
        exports=page.role in AUDITORS and page.request.app.state.copied is not None,
    )  # fmt: skip


async def _ledger(page: Page, service: str) -> dict[str, Any] | None:
    head = await if_there(page, f"read{service.title()}Head")
    if not head or not head["head"]:
        return None
    try:
        keys = await page.get(f"read{service.title()}Keys")
    except Problem as problem:
        if problem.status != ABSENT:
            raise
        problem.told()
        keys = None  # nothing of it is signed yet
    href = f"/{page.congress}/record/{service}" if _may(page, service) else None
    return told.ledger(service, head, keys, href)


async def _audits(page: Page) -> list[dict[str, Any]]:
    found = await asyncio.gather(*(page.get(f"read{each.title()}Audit") for each in AUDITED))
    return [{"service": service, **each} for service, each in zip(AUDITED, found, strict=True)]


async def audit(page: Page) -> Response:
    """Show what the last audits found, down to each field."""
    audits = await _audits(page)
    return page.render("record/audit.html", audits=audits, flaws=told.flaws(audits))


async def entries(page: Page) -> Response:
    """Show the entries of a ledger by page, the newest first; or go to the one asked for."""
    service = _service(page)
    asked = {name: page.request.query_params.get(name, "") for name in ("sequence", "after")}
    if told.NUMBER.fullmatch(asked["sequence"]):
        return RedirectResponse(f"/{page.congress}/record/{service}/{asked['sequence']}", 303)
    after = int(asked["after"]) if told.NUMBER.fullmatch(asked["after"]) else None
    if after is None and asked["after"] != "0":
        head = (await page.get(f"read{service.title()}Head"))["head"]
        after = max(0, head - SHOWN)
    after = after or 0
    found = await _read(page, service, after)
    rows = [told.row(raw, after + at, saying(page)) for at, raw in enumerate(found["entries"], 1)]
    return page.render(
        "record/entries.html",
        service=service, rows=rows[::-1], head=found["head"], first=after + 1, last=after + len(rows),
        older=f"?after={max(0, after - SHOWN)}" if after else None,
        newer=f"?after={after + SHOWN}" if after + len(rows) < found["head"] else None,
        misspelt=bool(asked["sequence"]), sequence=asked["sequence"],
    )  # fmt: skip


async def _read(page: Page, service: str, after: int) -> dict[str, Any]:
    """Give entries of a page; where the bytes of one are no text any more, each on its own."""
    operation = f"read{service.title()}Ledger"
    try:
        return await page.get(operation, after=str(after), limit=str(SHOWN))
    except Problem as problem:
        if problem.status != BROKEN:
            raise
        problem.told()
    head = (await page.get(f"read{service.title()}Head"))["head"]
    numbers = range(after + 1, min(head, after + SHOWN) + 1)
    found = await asyncio.gather(*(page.get(f"prove{service.title()}Entry", str(each)) for each in numbers))
    return {"entries": [each["entry"] for each in found], "head": head}


async def entry(page: Page) -> Response:
    """Show one entry: in a sentence, with all its attributes, as it is stored, and whether it is proven."""
    service, sequence = _service(page), _sequence(page)
    head, found = await asyncio.gather(
        page.get(f"read{service.title()}Head"), _proven(page, service, sequence)
    )
    shown = told.entry(found["entry"], saying(page), page.led)
    return page.render(
        "record/entry.html",
        service=service, sequence=sequence, found=found, entry=shown,
        last=head["head"], address=f"{service}/{page.congress}/{sequence}",
    )  # fmt: skip


async def _proven(page: Page, service: str, sequence: int) -> dict[str, Any]:
    """Give an entry with its proof; without one while it is not signed."""
    try:
        return await page.get(f"prove{service.title()}Entry", str(sequence))
    except Problem as problem:
        if problem.code != problems.PROOF_BEHIND.code:
            raise
        problem.told()
    after = str(sequence - 1)
    (raw,) = (await page.get(f"read{service.title()}Ledger", after=after, limit="1"))["entries"]
    return {"entry": raw, "hash": told.hash_of(raw), "proof": None, "sound": False, "why": None}


async def proof(page: Page) -> Response:
    """Give the proof of an entry as a file."""
    service, sequence = _service(page), _sequence(page)
    found = await page.get(f"prove{service.title()}Entry", str(sequence))
    name = f"{service}-{page.congress}-{sequence}.tlog-proof"
    return Response(found["proof"], media_type="application/octet-stream", headers=_as(name))


async def export(page: Page) -> Response:
    """Give all ledgers of the congress as one file, without anybody's words, to who may read each of them."""
    copied = page.request.app.state.copied
    if copied is None or not await page.front.exists(page.congress):
        raise problems.ABSENT
    parts = copied(page.congress)
    return StreamingResponse(parts, media_type="application/zip", headers=_as(f"{page.congress}.mandate"))


def _as(name: str) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}


def _may(page: Page, service: str) -> bool:
    return page.role in permitted(f"prove{service.title()}Entry")


def _service(page: Page) -> str:
    service = str(page.request.path_params["service"])
    if service not in SERVICES:
        raise problems.ABSENT
    return service


def _sequence(page: Page) -> int:
    sequence = str(page.request.path_params["sequence"])
    if not told.NUMBER.fullmatch(sequence):
        raise problems.ABSENT
    return int(sequence)


ROUTES = (
    Route("/{congress}/record", ledgers, RECORDS),
    Route("/{congress}/record/audit", audit, RECORDS),
    Route("/{congress}/record/export", export, AUDITORS),
    Route("/{congress}/record/{service}", entries, RECORDS),
    Route("/{congress}/record/{service}/{sequence}", entry, RECORDS),
    Route("/{congress}/record/{service}/{sequence}/proof", proof, RECORDS),
)
