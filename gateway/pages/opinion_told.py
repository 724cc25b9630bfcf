"""What an opinion's pages say: its story in sentences, and who must do what next. Pure."""

from collections.abc import Mapping
from typing import Any

from gateway.pages.telling import Say, text_of

Opinion = Mapping[str, Any]
OVER = ("answered", "told", "erased")
DECIDING: Mapping[str, tuple[str, ...]] = {
    "requested": ("approveOpinionErasure", "restrictOpinion"),
    "restricted": ("liftOpinionRestriction",),
}
"""What staff may decide about the deletion of an opinion, by where that stands."""


def entries(document: Opinion, say: Say, voice: str) -> list[dict[str, Any]]:
    """Tell the story, newest first, to the citizen (`receipts`) or to those who deal with it."""
    told = [_entry(document, step, say, voice) for step in document.get("story", ())]
    if told and not over(document):
        told[-1]["current"] = True
    return told[::-1]


def _entry(document: Opinion, step: Mapping[str, str], say: Say, voice: str) -> dict[str, Any]:
    what = step["what"].replace(".", "_").replace("-", "_")
    outcome = document.get("outcome")
    told = outcome.get("outcome", "") if isinstance(outcome, Mapping) else outcome
    key = f"{voice}.{what}_{told}" if what.startswith("opinion_outcome") else f"{voice}.{what}"
    return {
        "at": step["when"],
        "text": say(key, **gaps(document, say)),
        "by": say(f"roles.{step['actor'].partition('/')[0]}") if "actor" in step else "",
        "address": step.get("at", ""),
        "current": False,
    }


def gaps(document: Opinion, say: Say) -> dict[str, str]:
    """Give every gap that a sentence about an opinion may have."""
    facts = outcome_of(document)
    ground = facts.get("ground", "")
    known = ground and facts.get("outcome") == "not_admitted"
    return {
        "station": document.get("station_name", ""),
        "unit": document.get("unit_name", ""),
        "deputy": name_of(document, taken_by(document), say),
        "number": f"{facts['number']:03d}" if "number" in facts else "",
        "ground": say(f"grounds.{ground}") if known else "",
        "law": document.get("law", ""),
    }


def over(document: Opinion) -> bool:
    """Tell whether nobody has anything to do: it came to its end, or is kept unread."""
    return document["stage"] in OVER or document.get("erasure") == "restricted"


def words_of(document: Opinion, say: Say) -> str:
    """Give what was said; or say that it is deleted, or kept unread."""
    unread = "erasures.unread" if document.get("erasure") == "restricted" else "suggestions.erased"
    return text_of(document["words"]) or say(unread)


def outcome_of(document: Opinion) -> Mapping[str, Any]:
    """Give the facts of the outcome, which a receipt keeps apart and a case does not."""
    outcome = document.get("outcome")
    if isinstance(outcome, Mapping):
        return outcome
    return document if outcome else {}


def taken_by(document: Opinion) -> str | None:
    """Give the deputy who took it up: in a list the last of those concerned."""
    people = document.get("people") or [None]
    found: str | None = document.get("taken_up_by") or document.get("escalated_by") or people[-1]
    return found


def name_of(document: Opinion, mandate: str | None, say: Say) -> str:
    """Give a deputy's name as the answer tells it."""
    return text_of(document.get("names", {}).get(mandate)) or say("suggestions.a_deputy")


def who_next(document: Opinion, say: Say) -> str:
    """Say whose turn it is."""
    match document["stage"]:
        case "transferred":
            return str(document["unit_name"])
        case "escalated":
            return say("opinions.a_deputy", name=name_of(document, taken_by(document), say))
        case _ if "addressed_to" in document:
            name = name_of(document, document["addressed_to"], say)
            return say("opinions.deputy_or_station", name=name, station=document["station_name"])
        case _:
            return str(document["station_name"])


def offers(document: Opinion, role: str, holds: str | None, *, attached: bool) -> tuple[str, ...]:
    """Name the forms that a reader may use now; the service decides whether he may indeed."""
    erasure = document.get("erasure", "")
    deciding = DECIDING.get(erasure, ()) if role == "staff" else ()
    if document["stage"] not in {"waiting", "transferred"} or erasure == "restricted":
        return deciding
    match role:
        case "staff":
            return (*deciding, "transferOpinion")
        case "station":
            return ("answerOpinion", "transferOpinion")
        case "deputy":
            addressed = holds == document.get("addressed_to")
            taking = ("escalateOpinion",) if attached or addressed else ()
            return ("answerOpinion", *taking) if addressed else taking
        case "unit" if holds == f"unit/{document.get('unit')}":
            return ("answerOpinion",)
        case _:
            return ()
