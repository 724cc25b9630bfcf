"""Receipts: who has the code reads what became of his words, and nobody else finds them."""

import asyncio
import re
from dataclasses import replace
from typing import Any

from starlette.responses import RedirectResponse, Response

from gateway.limits import Kind
from gateway.pages.erasures import GROUNDS
from gateway.pages.framing import FLASH_COOKIE, Page, Route
from gateway.pages.opinion_told import entries, gaps, outcome_of, over, who_next, words_of
from gateway.pages.qr import address, picture
from gateway.pages.telling import saying, text_of
from gateway.policy import EVERYBODY
from services.chassis import problems
from services.chassis.problems import Problem

CODE = re.compile(r"[a-z0-9]{26}")
ABSENT = 404
GIVING = "giveOpinion"
PREFIX = 4
TRIES, PAUSE = 20, 0.1
"""Who was just given his code waits until the view has seen it, two seconds at most."""


def tidy(code: str) -> str:
    """Write a code as the address has it, however it was copied."""
    return re.sub(r"[\s-]", "", code).lower()


async def enter(page: Page) -> Response:
    """Ask for the code, or go to its page."""
    asked = page.request.query_params.get("code", "")
    code = tidy(asked)
    if CODE.fullmatch(code):
        return RedirectResponse(f"/{page.congress}/receipts/{code}", 303)
    return page.render("receipts/enter.html", 422 if asked else 200, code=asked, unknown=False)


async def receipt(page: Page) -> Response:
    """Show what was said, what happened and what comes next; unknown codes are all alike."""
    if (document := await _known(page)) is None:
        return page.render("receipts/enter.html", ABSENT, code=page.thing, unknown=True)
    say, facts = saying(page), outcome_of(document)
    return page.render(
        "receipts/receipt.html",
        document=document, code=page.thing, url=address(page, "receipts"),
        words=words_of(document, say), answer=text_of(document.get("answer")),
        told=text_of(facts.get("text")), facts=facts, gaps=gaps(document, say),
        over=over(document), who=who_next(document, say),
        entries=entries(document, say, "receipts"), proof=await _proof(page),
        fresh=page.request.cookies.get(FLASH_COOKIE) == GIVING,
    )  # fmt: skip


async def erasure(page: Page) -> Response:
    """Ask who holds the code whether he means it; the form's key is good for his opinion's station."""
    if (document := await _known(page)) is None:
        return page.render("receipts/enter.html", ABSENT, code=page.thing, unknown=True)
    page.station = document["station"]
    return page.render("receipts/erasure.html", document=document, code=page.thing, grounds=GROUNDS)


async def _known(page: Page) -> dict[str, Any] | None:
    """Find what a code was given for; None for a code that nobody was given: so often only one may guess."""
    host = page.request.client.host if page.request.client else ""
    if wait := page.front.limiter.waits(Kind.RECEIPT, host):
        raise replace(problems.TOO_OFTEN, retry_after=wait)
    try:
        return await _found(page)
    except Problem as problem:
        if problem.status != ABSENT:
            raise
        problem.told()
        page.front.limiter.take(Kind.RECEIPT, host)
        return None


async def _proof(page: Page) -> dict[str, Any] | None:
    """Give the proof that his words came in; None while they are not signed yet."""
    try:
        return await page.get("getReceiptProof", page.thing)
    except Problem as problem:
        if problem.code != problems.PROOF_BEHIND.code:
            raise
        problem.told()
        return None


async def _found(page: Page) -> dict[str, Any]:
    just_given = page.request.cookies.get(FLASH_COOKIE) == GIVING
    for _ in range(TRIES if just_given else 0):
        try:
            return await page.get("getReceipt", page.thing)
        except Problem as problem:
            if problem.status != ABSENT:
                raise
        await asyncio.sleep(PAUSE)
    return await page.get("getReceipt", page.thing)


async def proof(page: Page) -> Response:
    """Give the proof as a file that anybody can verify, also when this house is gone."""
    if await _known(page) is None:
        raise problems.ABSENT
    found = await page.get("getReceiptProof", page.thing)
    return _file(f"{page.thing[:PREFIX]}.tlog-proof", "application/octet-stream", found["proof"])


async def checking(page: Page) -> Response:
    """Say how to verify the proof, and give the key that opens his words to who has the code."""
    if await _known(page) is None:
        return page.render("receipts/enter.html", ABSENT, code=page.thing, unknown=True)
    found = await page.get("getReceiptProof", page.thing)
    return page.render("receipts/checking.html", proof=found, code=page.thing)


async def words(page: Page) -> Response:
    """Give his words letter by letter, as the entry commits to them."""
    found = await _known(page)
    if found is None or (told := text_of(found["words"])) is None:
        raise problems.ABSENT
    return _file(f"{page.thing[:PREFIX]}.txt", "text/plain; charset=utf-8", told)


def _file(name: str, kind: str, text: str) -> Response:
    """Give a text as a file; its name tells a part of the code only, which is a secret."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)


async def code(page: Page) -> Response:
    """Draw the receipt's own address."""
    return picture(page, "receipts", "l")


ROUTES = (
    Route("/{congress}/receipts", enter, EVERYBODY),
    Route("/{congress}/receipts/{id}", receipt, EVERYBODY),
    Route("/{congress}/receipts/{id}/erasure", erasure, EVERYBODY),
    Route("/{congress}/receipts/{id}/proof", proof, EVERYBODY),
    Route("/{congress}/receipts/{id}/checking", checking, EVERYBODY),
    Route("/{congress}/receipts/{id}/words", words, EVERYBODY),
    Route("/{congress}/receipts/{id}/qr.svg", code, EVERYBODY),
)
