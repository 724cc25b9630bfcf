"""How one asks suggestions over HTTP: a table, one line per route."""

from collections.abc import Mapping
from typing import Any

from services.chassis.shapes import Reader
from services.chassis.web.routes import Act, Browse, Look
from services.suggestions.suggestion import commands as asked
from services.suggestions.suggestion.rules.decider import SUGGESTION
from services.suggestions.views.case_document import dated
from services.suggestions.views.cases import CASES, OFFICE

CASE = "/suggestions/{id}"


BRIEF = (
    "stage", "lead", "title", "cosigners", "session", "occasion", "category", "number", "handlers",
    "due", "redo", "contacts", "ratings", "people", "waits", "updated",
)  # fmt: skip


def listed(reader: Reader) -> Mapping[str, Any] | None:
    """List for a deputy and a unit what is theirs; for the offices all that was submitted."""
    if reader.role == "deputy":
        return {"people": [reader.holds]}
    if reader.role == "unit":
        return {"units": [(reader.holds or "").removeprefix("unit/")]}
    return {"submitted": True} if reader.role in OFFICE else None


ROUTES = (
    Browse(
        "/suggestions",
        CASES,
        "listSuggestions",
        "List suggestions",
        listed,
        BRIEF,
        equal=("stage", "lead", "session", "category"),
        contains=("people", "units", "waits"),
        ranges=("due", "updated"),
        orders=("-updated", "number", "due"),
        adds=dated,
    ),
    Look(CASE, CASES, "suggestion", "getSuggestion", "Read a suggestion with its story", dated),
    Act("/suggestions", asked.Draft, SUGGESTION, "draftSuggestion", "Begin a suggestion"),
    Act(f"{CASE}/words", asked.Revise, SUGGESTION, "reviseDraft", "Change the words of a draft"),
    Act(f"{CASE}/invitations", asked.InviteCosigner, SUGGESTION, "inviteCosigner", "Ask a deputy to sign"),
    Act(f"{CASE}/cosignature", asked.Cosign, SUGGESTION, "cosign", "Sign"),
    Act(f"{CASE}/cosignature/refusal", asked.DeclineCosign, SUGGESTION, "declineCosign", "Do not sign"),
    Act(f"{CASE}/submission", asked.Submit, SUGGESTION, "submitSuggestion", "Submit"),
    Act(f"{CASE}/admission", asked.Admit, SUGGESTION, "admitSuggestion", "Admit", decision=True),
    Act(
        f"{CASE}/admission/refusal",
        asked.RefuseAdmission,
        SUGGESTION,
        "refuseAdmission",
        "Do not admit",
        decision=True,
    ),
    Act(f"{CASE}/registration", asked.Register, SUGGESTION, "registerSuggestion", "Register and number"),
    Act(f"{CASE}/assignment", asked.Assign, SUGGESTION, "assignSuggestion", "Assign to units", decision=True),
    Act(f"{CASE}/receipt", asked.Receive, SUGGESTION, "receiveAssignment", "Sign for it as the unit"),
    Act(f"{CASE}/return", asked.RequestReturn, SUGGESTION, "requestReturn", "Ask to give it back"),
    Act(
        f"{CASE}/return/approval",
        asked.ApproveReturn,
        SUGGESTION,
        "approveReturn",
        "Approve a return",
        decision=True,
    ),
    Act(
        f"{CASE}/return/refusal",
        asked.RefuseReturn,
        SUGGESTION,
        "refuseReturn",
        "Refuse a return",
        decision=True,
    ),
    Act(f"{CASE}/contacts", asked.RecordContact, SUGGESTION, "recordContact", "Record a contact"),
    Act(
        f"{CASE}/contacts/confirmation",
        asked.ConfirmContact,
        SUGGESTION,
        "confirmContact",
        "Confirm a contact",
    ),
    Act(f"{CASE}/reply", asked.Reply, SUGGESTION, "replyToSuggestion", "Deliver the reply", decision=True),
    Act(f"{CASE}/rating", asked.Rate, SUGGESTION, "rateReply", "Rate attitude and result", decision=True),
    Act(f"{CASE}/redo", asked.OrderRedo, SUGGESTION, "orderRedo", "Have it handled again", decision=True),
    Act(f"{CASE}/closing", asked.Close, SUGGESTION, "closeSuggestion", "Close", decision=True),
)
