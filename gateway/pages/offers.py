"""What a reader is to a case, and which forms he may use on it now. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Case = Mapping[str, Any]

LEAD, INVITED, OFFICE, UNIT, ONLOOKER = "lead", "invited", "office", "unit", "onlooker"
NOBODY = "nobody"
HANDLING = ("assigned", "in_handling", "return_requested", "redo")
ANSWERED = ("replied", "rated")
OVER = ("closed", "not_admitted")


OFFICE_STEPS = {"submitted": "review", "admitted": "register", "registered": "assign"}


def reader_of(case: Case, role: str, holds: str | None) -> str:
    """Tell what the reader is to this case."""
    if holds is not None and holds == case.get("lead"):
        return LEAD
    if holds is not None and case.get("cosigners", {}).get(holds) == "invited":
        return INVITED
    if role == "staff":
        return OFFICE
    own = role == "unit" and (holds or "").removeprefix("unit/") in case.get("handlers", {})
    return UNIT if own else ONLOOKER


def outstanding(case: Case, unit: str) -> bool:
    """Tell whether a unit has not replied in the present round."""
    return bool(case["handlers"][unit].get("redo", -1) != case.get("redo", 0))


def returning(case: Case) -> tuple[str, ...]:
    """Name the units that asked to give it back and wait for the decision."""
    return tuple(name for name, each in case.get("handlers", {}).items() if each.get("returning"))


def unconfirmed(case: Case, unit: str | None = None) -> tuple[str, ...]:
    """Name the contacts (of one unit) that the deputy has not confirmed."""
    return tuple(
        number
        for number, each in case.get("contacts", {}).items()
        if not each["confirmed"] and unit in {None, each["unit"]}
    )


def unsatisfied(case: Case) -> bool:
    """Tell whether the present round's result was rated unsatisfied."""
    ratings: Sequence[Mapping[str, Any]] = case.get("ratings", ())
    return case["stage"] == "rated" and bool(ratings) and ratings[-1]["result"] == "unsatisfied"


def met(case: Case, unit: str) -> bool:
    """Tell whether the deputy confirmed a contact with this unit."""
    return any(each["confirmed"] and each["unit"] == unit for each in case.get("contacts", {}).values())


def offers(case: Case, reader: str, holds: str | None) -> tuple[str, ...]:
    """Name the forms that this reader may use now, the most likely first."""
    stage = case["stage"]
    if stage == "drafted":
        return _drafting_offers(case, reader)
    if reader == OFFICE:
        return _office_offers(case)
    if stage not in (*HANDLING, *ANSWERED):
        return ()
    if reader == LEAD:
        rating = ("rateReply",) if stage == "replied" else ()
        return (*rating, *(("confirmContact",) if unconfirmed(case) else ()))
    return _unit_offers(case, (holds or "").removeprefix("unit/")) if reader == UNIT else ()


def _drafting_offers(case: Case, reader: str) -> tuple[str, ...]:
    if not case.get("title"):
        return ("reviseDraft",) if reader == LEAD else ()
    if reader == LEAD:
        return ("submitSuggestion", "inviteCosigner", "reviseDraft")
    return ("cosign", "declineCosign") if reader == INVITED else ()


def _office_offers(case: Case) -> tuple[str, ...]:
    stage = case["stage"]
    if stage in OFFICE_STEPS:
        found = {
            "submitted": ("admitSuggestion", "refuseAdmission"),
            "admitted": ("registerSuggestion",),
            "registered": ("assignSuggestion",),
        }
        return found[stage]
    deciding = ("approveReturn", "refuseReturn") if returning(case) else ()
    if stage in ANSWERED:
        return (*deciding, "orderRedo" if unsatisfied(case) else "closeSuggestion")
    return deciding


def _unit_offers(case: Case, unit: str) -> tuple[str, ...]:
    work = case["handlers"][unit]
    owes = outstanding(case, unit) and case["stage"] in HANDLING
    free = owes and not work.get("returning")
    if not work.get("received"):
        return ("receiveAssignment", *(("requestReturn",) if free else ()))
    replying = ("replyToSuggestion",) if free and met(case, unit) else ()
    return (*replying, "recordContact", *(("requestReturn",) if free else ()))
