"""How one asks deputies over HTTP: a table, one line per route."""

from collections.abc import Mapping
from typing import Any

from services.chassis.shapes import Command, Ids, Reader
from services.chassis.web.routes import Act, Browse, Look
from services.deputies.congress import commands as congress
from services.deputies.congress.rules import CONGRESS
from services.deputies.erasure import commands as erasure
from services.deputies.erasure.rules import ERASURE
from services.deputies.mandate import commands as mandate
from services.deputies.mandate.rules.decider import MANDATE
from services.deputies.views.congress import CONGRESS as OVERVIEW
from services.deputies.views.erasures import ERASURES
from services.deputies.views.people import PEOPLE, READERS
from services.deputies.views.roster import OFFICE, ROSTER

HOUSE = "/congress"
ONE = "/mandates/{id}"
END = "/erasures/{id}"
BRIEF = (
    "mandate", "person", "state", "name", "contact", "term", "electorate", "electorate_name",
    "delegation", "delegation_name", "frontline", "first_term", "by_election", "elected",
    "taken_up", "updated",
)  # fmt: skip


def itself(_command: Command, _ids: Ids, path: Mapping[str, str]) -> str:
    """Send a command to the congress of the path."""
    return f"congress/{path['congress']}"


def elected(command: mandate.Elect, ids: Ids, _path: Mapping[str, str]) -> str:
    """Send an election to the one mandate that this person can have in this term."""
    return f"mandate/{command.term}-{command.person or ids.new()}"


def listed(reader: Reader) -> Mapping[str, Any]:
    """List everything for the offices, for all others what is published."""
    return {} if reader.role in OFFICE else {"published": True}


def everybody(reader: Reader) -> Mapping[str, Any] | None:
    """List all people to those who grant and check roles, to nobody else."""
    return {} if reader.role in READERS else None


def asked_for(command: erasure.RequestErasure, _ids: Ids, _path: Mapping[str, str]) -> str:
    """Send a request to the one stream in which a person's data may end."""
    return f"erasure/{command.person}"


def office(reader: Reader) -> Mapping[str, Any] | None:
    """List all requests to the offices, none to others."""
    return {} if reader.role in OFFICE else None


def act(path: str, command: type[Command], operation: str, summary: str, *, creates: bool = False) -> Act:
    """Give a route whose command goes to the congress itself."""
    return Act(f"{HOUSE}{path}", command, CONGRESS, operation, summary, itself, creates)


ROUTES = (
    Look(HOUSE, OVERVIEW, "congress", "getCongress", "Read what is public of the congress"),
    act("", congress.FoundCongress, "foundCongress", "Set up the congress", creates=True),
    act("/rulebooks", congress.AdoptRulebook, "adoptRulebook", "Adopt a rulebook"),
    act("/calendars", congress.AdoptCalendar, "adoptCalendar", "Adopt a year's working days"),
    act("/sessions", congress.ConveneSession, "conveneSession", "Convene a session"),
    act("/electorates", congress.ListElectorate, "listElectorate", "List who elects"),
    act("/delegations", congress.FormDelegation, "formDelegation", "Form a delegation"),
    act("/units", congress.ListUnit, "listUnit", "List a handling unit"),
    act("/roles", congress.GrantRole, "grantRole", "Let a person act in a role"),
    act("/roles/withdrawal", congress.WithdrawRole, "withdrawRole", "Withdraw a role"),
    Browse(
        "/people", PEOPLE, "listPeople", "List people and their roles", everybody,
        ("person", "name", "roles", "mandates", "standing", "updated"),
        equal=("standing",), contains=("acts",), orders=("person", "-updated"),
    ),
    Look("/people/{id}", PEOPLE, "person", "getPerson", "Read in which roles a person may act"),
    Browse(
        "/mandates", ROSTER, "listMandates", "List mandates", listed, BRIEF,
        equal=("state", "person", "electorate", "delegation"), ranges=("elected", "updated"),
        orders=("electorate", "delegation", "elected", "-updated"),
    ),
    Look(ONE, ROSTER, "mandate", "getMandate", "Read a mandate"),
    Act(
        "/mandates", mandate.Elect, MANDATE, "electDeputy", "Enter an election",
        elected, creates=True,
    ),
    Act(f"{ONE}/review", mandate.OpenReview, MANDATE, "openCredentialsReview", "Begin the review"),
    Act(
        f"{ONE}/confirmation", mandate.Confirm, MANDATE, "confirmMandate",
        "Confirm that it is valid", decision=True,
    ),
    Act(
        f"{ONE}/invalidity", mandate.DeclareInvalid, MANDATE, "declareElectionInvalid",
        "Declare the election invalid", decision=True,
    ),
    Act(f"{ONE}/office", mandate.TakeUp, MANDATE, "takeUpMandate", "Take up the work"),
    Act(
        f"{ONE}/suspension", mandate.Suspend, MANDATE, "suspendMandate",
        "Suspend its exercise", decision=True,
    ),
    Act(
        f"{ONE}/suspension/end", mandate.Resume, MANDATE, "resumeMandate",
        "End a suspension", decision=True,
    ),
    Act(
        f"{ONE}/termination", mandate.Terminate, MANDATE, "terminateMandate",
        "End the mandate", decision=True,
    ),
    Browse(
        "/erasures", ERASURES, "listErasures", "List requests to delete a person's data", office,
        (), equal=("state", "person"), orders=("-updated", "requested"),
    ),
    Act(
        "/erasures", erasure.RequestErasure, ERASURE, "requestErasure",
        "Ask to have a person's data deleted", asked_for, creates=True,
    ),
    Act(
        f"{END}/approval", erasure.ApproveErasure, ERASURE, "approveErasure",
        "Delete a person's data as asked",
    ),
    Act(f"{END}/refusal", erasure.RefuseErasure, ERASURE, "refuseErasure", "Refuse to delete it"),
    Act(
        f"{END}/restriction", erasure.RestrictPerson, ERASURE, "restrictPerson",
        "Keep a person's data unread",
    ),
    Act(
        f"{END}/restriction/end", erasure.LiftPersonRestriction, ERASURE, "liftPersonRestriction",
        "End the restriction of a person's data",
    ),
)  # fmt: skip
