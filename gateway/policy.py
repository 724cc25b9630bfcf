"""Who may ask for what: roles by operation. What stands in no row is denied.

A row only opens the door; whether *this* deputy or unit may do it to *this* thing is for the
service to decide, by what he holds.
"""

from collections.abc import Mapping
from types import MappingProxyType

CITIZEN, DEPUTY, STAFF, STATION, UNIT, LEADER, AUDITOR = (
    "citizen", "deputy", "staff", "station", "unit", "leader", "auditor",
)  # fmt: skip
ROLES = (STAFF, DEPUTY, UNIT, STATION, LEADER, AUDITOR)
"""The roles one may hold, in the order in which one is taken when nobody chose."""

EVERYBODY = frozenset({CITIZEN, *ROLES})
OFFICE = frozenset({STAFF, LEADER, AUDITOR})
WORKING = frozenset(ROLES)

PERMITTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # deputies
        "foundCongress": frozenset({STAFF}),
        # suggestions
        "listSuggestions": WORKING - {STATION},
        "getSuggestion": WORKING - {STATION},
        "draftSuggestion": frozenset({DEPUTY}),
        "reviseDraft": frozenset({DEPUTY}),
        "inviteCosigner": frozenset({DEPUTY}),
        "cosign": frozenset({DEPUTY}),
        "declineCosign": frozenset({DEPUTY}),
        "submitSuggestion": frozenset({DEPUTY}),
        "admitSuggestion": frozenset({STAFF}),
        "refuseAdmission": frozenset({STAFF}),
        "registerSuggestion": frozenset({STAFF}),
        "assignSuggestion": frozenset({STAFF}),
        "receiveAssignment": frozenset({UNIT}),
        "requestReturn": frozenset({UNIT}),
        "approveReturn": frozenset({STAFF}),
        "refuseReturn": frozenset({STAFF}),
        "recordContact": frozenset({UNIT}),
        "confirmContact": frozenset({DEPUTY}),
        "replyToSuggestion": frozenset({UNIT}),
        "rateReply": frozenset({DEPUTY}),
        "orderRedo": frozenset({STAFF}),
        "closeSuggestion": frozenset({STAFF}),
    }
)


def permitted(operation: str) -> frozenset[str]:
    """Give the roles that may ask for an operation; nobody for one without a row."""
    return PERMITTED.get(operation, frozenset())
