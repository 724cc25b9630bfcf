"""Drafts that save themselves: while a deputy writes, the form's words go through the same door.

Saved words are a `reviseDraft` like any other, under a key made here. As new words end consents
given to the old ones, nothing is saved by itself once somebody has signed; the entry tag read
here sees to it that nobody signs in between.
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import escape
from starlette.responses import HTMLResponse, Response

from gateway.pages.framing import Page
from gateway.pages.telling import Say, saying, text_of
from services.chassis.problems import Problem

REVISE = "reviseDraft"
WORDS = ("title", "text")
CONFLICT, UNFINISHED = 409, 422
FAULTS = {"missing": "missing", "string_too_short": "missing", "value_error": "missing", "string_too_long": "long"}


async def kept(page: Page, thing: str, body: Mapping[str, Any]) -> Response:
    """Save the words of a draft, and say so in one line; or say what keeps them from being saved."""
    say = saying(page)
    try:
        draft = await page.get("getSuggestion", thing)
        if "signed" in draft.get("cosigners", {}).values():
            return _line(say("forms.draft_signed"), CONFLICT)
        if draft["stage"] == "drafted" and all(text_of(draft.get(name)) == body.get(name) for name in WORDS):
            return _line(say("forms.draft_same"))
        done = await page.front.act(page.visitor, page.congress, REVISE, thing, body, page.key, draft["etag"])
    except Problem as problem:
        return _line(_why_not(page, problem, say), problem.status)
    return _line(say("forms.draft_kept", time=_hour(page, done)))


def _why_not(page: Page, problem: Problem, say: Say) -> str:
    faults = [
        say(
            "forms.faulty", field=say(f"suggestions.field_{each['field']}"),
            fault=say(f"forms.fault_{FAULTS.get(each['fault'], 'wrong')}"),
        )
        for each in problem.errors
        if each["field"] in WORDS
    ]  # fmt: skip
    sentence = problem.zh if page.visitor.language == "zh" else problem.en
    return say("forms.draft_not_kept", why=say("forms.and").join(faults) or sentence)


def _hour(page: Page, done: Mapping[str, Any]) -> str:
    """Give when it was saved, on the legal clock."""
    receipt = done.get("receipt") or {"recorded": page.house["now"]}
    return page.front.rendering.clock(receipt["recorded"])


def _line(text: str, status: int = 200) -> Response:
    return HTMLResponse(str(escape(text)), status, {"Cache-Control": "no-store"})
