"""Drafts that save themselves: while a deputy writes, the form's words go through the same door.

Saved words are a `reviseDraft` like any other, under a key made here. As new words end consents
given to the old ones, nothing is saved by itself once somebody has signed; the entry tag read
here sees to it that nobody signs in between.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, Response

from gateway.pages.framing import Page
from gateway.pages.telling import Say, saying, text_of
from services.chassis.problems import Problem

REVISE = "reviseDraft"
WORDS = ("title", "text")
CONFLICT = 409
FAULTS = {
    "missing": "missing", "string_too_short": "missing", "value_error": "missing", "string_too_long": "long",
}  # fmt: skip


async def kept(page: Page, thing: str, body: Mapping[str, Any]) -> Response:
    """Save the words of a draft, and say so in one line; or say what keeps them from being saved."""
    say = saying(page)
    try:
        draft = await page.get("getSuggestion", thing)
        if "signed" in draft.get("cosigners", {}).values():
            return _line(page, CONFLICT, said=say("forms.draft_signed"))
        if draft["stage"] == "drafted" and all(text_of(draft.get(name)) == body.get(name) for name in WORDS):
            return _line(page, said=say("forms.draft_same"))
        done = await page.act(REVISE, thing, body, page.key, draft["etag"])
    except Problem as problem:
        problem.told()
        return _line(page, problem.status, said=_why_not(page, problem, say))
    return _line(page, at=(done["receipt"] or {"recorded": page.house["now"]})["recorded"])


def _why_not(page: Page, problem: Problem, say: Say) -> str:
    sentence = problem.zh if page.visitor.language == "zh" else problem.en
    faults = [
        say("forms.faulty", field=say(f"suggestions.field_{each['field']}"), fault=_fault(each["fault"], say))
        for each in problem.errors
        if each["field"] in WORDS
    ]
    return say("forms.draft_not_kept", why=say("forms.and").join(faults) or sentence.rstrip("。."))


def _fault(fault: str, say: Say) -> str:
    return say(f"forms.fault_{FAULTS.get(fault, 'wrong')}")


def _line(page: Page, status: int = 200, said: str = "", at: str | None = None) -> Response:
    language = page.visitor.language
    line = page.front.rendering.render("suggestions/draft_line.html", language, said=said, at=at)
    return HTMLResponse(line.strip(), status, {"Cache-Control": "no-store"})
