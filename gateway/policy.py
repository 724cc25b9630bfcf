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
CLERK = frozenset({STAFF})
DEPUTIES = frozenset({DEPUTY})
UNITS = frozenset({UNIT})
AUDITORS = frozenset({AUDITOR})
RECORDS = frozenset({STAFF, AUDITOR})
LEADERS = frozenset({LEADER})
WATCHING = OFFICE | {DEPUTY, UNIT}
LEARNING = OFFICE | {DEPUTY}
LISTENING = frozenset({STAFF, STATION, DEPUTY, UNIT})

PERMITTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # deputies; a congress is founded, and its first clerk named, by the operator alone
        "getCongress": EVERYBODY,
        "adoptRulebook": CLERK,
        "adoptCalendar": CLERK,
        "conveneSession": CLERK,
        "listElectorate": CLERK,
        "formDelegation": CLERK,
        "listUnit": CLERK,
        "grantRole": CLERK,
        "withdrawRole": CLERK,
        "listPeople": RECORDS,
        "listPeopleTally": RECORDS,
        "getPerson": WORKING,
        "listMandates": EVERYBODY,
        "electDeputy": CLERK,
        "listMandatesTally": EVERYBODY,
        "getMandate": EVERYBODY,
        "openCredentialsReview": CLERK,
        "confirmMandate": CLERK,
        "declareElectionInvalid": CLERK,
        "takeUpMandate": CLERK,
        "suspendMandate": CLERK,
        "resumeMandate": CLERK,
        "terminateMandate": CLERK,
        "listErasures": OFFICE,
        "listErasuresTally": OFFICE,
        "requestErasure": CLERK,
        "approveErasure": LEADERS,
        "refuseErasure": LEADERS,
        "restrictPerson": LEADERS,
        "liftPersonRestriction": LEADERS,
        "readDeputiesLedger": RECORDS,
        "readDeputiesHead": OFFICE,
        "trailDeputies": RECORDS,
        "readDeputiesAudit": RECORDS,
        "readDeputiesCheckpoint": EVERYBODY,
        "readDeputiesTile": EVERYBODY,
        "readDeputiesKeys": EVERYBODY,
        "readDeputiesBundle": RECORDS,
        "proveDeputiesEntry": RECORDS,
        # suggestions
        "listSuggestions": WATCHING,
        "draftSuggestion": DEPUTIES,
        "listSuggestionsTally": WATCHING,
        "getSuggestion": WATCHING,
        "reviseDraft": DEPUTIES,
        "inviteCosigner": DEPUTIES,
        "cosign": DEPUTIES,
        "declineCosign": DEPUTIES,
        "submitSuggestion": DEPUTIES,
        "admitSuggestion": CLERK,
        "refuseAdmission": CLERK,
        "registerSuggestion": CLERK,
        "assignSuggestion": CLERK,
        "receiveAssignment": UNITS,
        "requestReturn": UNITS,
        "approveReturn": CLERK,
        "refuseReturn": CLERK,
        "recordContact": UNITS,
        "confirmContact": DEPUTIES,
        "replyToSuggestion": UNITS,
        "rateReply": DEPUTIES,
        "orderRedo": CLERK,
        "closeSuggestion": CLERK,
        "readSuggestionsLedger": RECORDS,
        "readSuggestionsHead": OFFICE,
        "trailSuggestions": RECORDS,
        "readSuggestionsAudit": RECORDS,
        "readSuggestionsCheckpoint": EVERYBODY,
        "readSuggestionsTile": EVERYBODY,
        "readSuggestionsKeys": EVERYBODY,
        "readSuggestionsBundle": RECORDS,
        "proveSuggestionsEntry": RECORDS,
        # liaison
        "listStations": EVERYBODY,
        "openStation": CLERK,
        "listStationsTally": EVERYBODY,
        "getStation": EVERYBODY,
        "stationPage": EVERYBODY,
        "listStationOpinions": DEPUTIES,
        "attachDeputy": frozenset({STATION, STAFF}),
        "detachDeputy": frozenset({STATION, STAFF}),
        "closeStation": CLERK,
        "listOpinions": LISTENING,
        "giveOpinion": EVERYBODY,
        "listOpinionsTally": LISTENING,
        "getOpinion": LISTENING,
        "answerOpinion": frozenset({STATION, DEPUTY, UNIT}),
        "transferOpinion": frozenset({STATION, STAFF}),
        "escalateOpinion": DEPUTIES,
        "getReceipt": EVERYBODY,
        "requestOpinionErasure": EVERYBODY,
        "approveOpinionErasure": CLERK,
        "restrictOpinion": CLERK,
        "liftOpinionRestriction": CLERK,
        "getReceiptProof": EVERYBODY,
        "readLiaisonLedger": AUDITORS,
        "readLiaisonHead": OFFICE,
        "trailLiaison": AUDITORS,
        "readLiaisonAudit": RECORDS,
        "readLiaisonCheckpoint": EVERYBODY,
        "readLiaisonTile": EVERYBODY,
        "readLiaisonKeys": EVERYBODY,
        "readLiaisonBundle": AUDITORS,
        "proveLiaisonEntry": AUDITORS,
        # training
        "listCourses": LEARNING,
        "planCourse": CLERK,
        "listCoursesTally": LEARNING,
        "getCourse": LEARNING,
        "enrol": CLERK | {DEPUTY},
        "cancelEnrolment": CLERK | {DEPUTY},
        "recordAttendance": CLERK,
        "holdCourse": CLERK,
        "listLearners": LEARNING,
        "listLearnersTally": LEARNING,
        "getLearner": LEARNING,
        "meetNeed": CLERK,
        "getTrainingCoverage": OFFICE,
        "readTrainingLedger": AUDITORS,
        "readTrainingHead": OFFICE,
        "trailTraining": AUDITORS,
        "readTrainingAudit": RECORDS,
        "readTrainingCheckpoint": EVERYBODY,
        "readTrainingTile": EVERYBODY,
        "readTrainingKeys": EVERYBODY,
        "readTrainingBundle": AUDITORS,
        "proveTrainingEntry": AUDITORS,
        # supervision
        "listBoard": WATCHING,
        "listBoardTally": WATCHING,
        "boardSummary": WATCHING,
        "getDossier": LEARNING,
        "readSupervisionAudit": RECORDS,
        # reporting
        "getFigures": EVERYBODY,
        "readReportingAudit": RECORDS,
    }
)


def permitted(operation: str) -> frozenset[str]:
    """Give the roles that may ask for an operation; nobody for one without a row."""
    return PERMITTED.get(operation, frozenset())
