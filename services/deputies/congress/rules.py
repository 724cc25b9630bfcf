"""What follows from what is asked of a congress."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue import deputies as said
from events.catalogue.deputies import Electorate, Role
from events.catalogue.vocabulary import Calendar, Level, ReplyClass, Step
from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision, Refusal
from services.deputies.congress import commands, refusals
from services.deputies.congress.state import Absent, Congress, Mandate, State, evolve

DIRECT = {Level.COUNTY, Level.TOWNSHIP}
MOST_SEATS_OF_A_DISTRICT = 3

COUNTED_FROM = {
    Step.ASSIGN: "submission", Step.RETURN: "assignment", Step.FIRST_CONTACT: "assignment",
    Step.REPLY: "assignment", Step.REPLY_COMPLEX: "assignment", Step.JOINT_OPINION: "assignment",
    Step.REASSIGN: "assignment", Step.RATING: "reply", Step.REDO_REPLY: "redo",
}  # fmt: skip
"""From which act the house counts a step today; a rulebook that counts otherwise is refused."""


def found(command: commands.FoundCongress, state: State, _with: Circumstances) -> Decision:
    """Set it up, once."""
    if not isinstance(state, Absent):
        return refusals.ALREADY_FOUNDED
    return [
        said.CongressFounded(
            name=command.name,
            name_en=command.name_en,
            level=command.level,
            term=command.term,
            example=command.example,
        )
    ]


def adopt_rulebook(command: commands.AdoptRulebook, state: Congress, _with: Circumstances) -> Decision:
    """Adopt rules in the order in which they come into force, each version once."""
    rulebook = command.rulebook
    for each in state.rulebooks:
        if rulebook.reference == each.reference or rulebook.in_force < each.in_force:
            return refusals.RULEBOOK_NOT_NEWER
    if sorted(each.reply_class for each in rulebook.labels) != sorted(ReplyClass):
        return refusals.RULEBOOK_INCOMPLETE
    if len({each.step for each in rulebook.limits}) != len(rulebook.limits):
        return refusals.RULEBOOK_INCOMPLETE
    if any(each.starts != COUNTED_FROM[each.step] for each in rulebook.limits):
        return refusals.RULEBOOK_COUNTS_OTHERWISE
    return [said.RulebookAdopted(rulebook=rulebook)]


def adopt_calendar(command: commands.AdoptCalendar, state: Congress, _with: Circumstances) -> Decision:
    """Adopt a year's working days; a changed notice is another version."""
    if command.calendar.reference in state.calendars:
        return refusals.CALENDAR_ADOPTED
    if misdated(command.calendar):
        return refusals.CALENDAR_DAYS
    return [said.CalendarAdopted(calendar=command.calendar)]


def misdated(calendar: Calendar) -> bool:
    """Tell whether a calendar names days of other years; its notice may begin in December before."""
    first, last = dt.date(calendar.year - 1, 12, 1), dt.date(calendar.year, 12, 31)
    named = [*calendar.work, *(day for each in calendar.off for day in (each.first, each.last))]
    return any(not first <= day <= last for day in named) or any(
        each.last < each.first for each in calendar.off
    )


def convene(command: commands.ConveneSession, state: Congress, _with: Circumstances) -> Decision:
    """Convene the next session; sessions neither overlap nor go back."""
    if command.closes < command.opens:
        return refusals.SESSION_DAYS
    if state.sessions:
        last = state.sessions[-1]
        if command.session <= last.session:
            return refusals.SESSION_OUT_OF_ORDER
        if command.opens <= last.closes:
            return refusals.SESSION_DAYS
    return [
        said.SessionConvened(
            term=state.term, session=command.session, opens=command.opens, closes=command.closes
        )
    ]


def list_electorate(command: commands.ListElectorate, state: Congress, _with: Circumstances) -> Decision:
    """List who elects: districts where electors vote, electing units where congresses do."""
    direct = command.kind is Electorate.DISTRICT
    if direct != (state.level in DIRECT):
        return refusals.KIND_DOES_NOT_FIT
    if direct and command.seats > MOST_SEATS_OF_A_DISTRICT:
        return refusals.TOO_MANY_SEATS
    if command.electorate in state.electorates:
        return refusals.ALREADY_LISTED
    return [
        said.Seats(
            electorate=command.electorate,
            kind=command.kind,
            name=command.name,
            seats=command.seats,
        )
    ]


def form_delegation(command: commands.FormDelegation, state: Congress, _with: Circumstances) -> Decision:
    """Form a delegation under an id of its own."""
    if command.delegation in state.delegations:
        return refusals.ALREADY_LISTED
    return [said.DelegationFormed(delegation=command.delegation, name=command.name)]


def list_unit(command: commands.ListUnit, state: Congress, _with: Circumstances) -> Decision:
    """List a handling unit under an id of its own."""
    if command.unit in state.units:
        return refusals.ALREADY_LISTED
    return [said.UnitListed(unit=command.unit, name=command.name, branch=command.branch)]


def grant(command: commands.GrantRole, state: Congress, with_: Circumstances) -> Decision:
    """Grant a role with what it needs to act for, and nothing else."""
    if (command.person, command.role, command.holds) in state.roles:
        return refusals.ROLE_HELD
    if no := misheld(command, state, with_):
        return no
    name = None if command.name is None else command.name.sealed
    return [said.RoleGranted(person=command.person, role=command.role, holds=command.holds, name=name)]


def misheld(command: commands.GrantRole, state: Congress, with_: Circumstances) -> Refusal | None:
    """Refuse what does not fit the role, does not exist, or is somebody else's."""
    kind, _, id_ = (command.holds or "").partition("/")
    fitting = {Role.DEPUTY: {"mandate"}, Role.UNIT: {"unit"}, Role.STATION: {"", "station"}}
    if kind not in fitting.get(command.role, {""}):
        return refusals.HOLDS_DOES_NOT_FIT
    if kind == "unit" and id_ not in state.units:
        return refusals.UNKNOWN_UNIT
    if kind == "mandate":
        mandate, person = with_.beside[f"mandate/{id_}"], id_.partition("-")[2]
        if not (isinstance(mandate, Mandate) and mandate.in_office and person == command.person):
            return refusals.MANDATE_NOT_THEIRS
    return None


def withdraw(command: commands.WithdrawRole, state: Congress, _with: Circumstances) -> Decision:
    """Withdraw a role that is held."""
    if (command.person, command.role, command.holds) not in state.roles:
        return refusals.ROLE_NOT_HELD
    return [said.RoleWithdrawn(person=command.person, role=command.role, holds=command.holds)]


RULES: Mapping[type[Command], Callable[[Any, Any, Circumstances], Decision]] = {
    commands.FoundCongress: found,
    commands.AdoptRulebook: adopt_rulebook,
    commands.AdoptCalendar: adopt_calendar,
    commands.ConveneSession: convene,
    commands.ListElectorate: list_electorate,
    commands.FormDelegation: form_delegation,
    commands.ListUnit: list_unit,
    commands.GrantRole: grant,
    commands.WithdrawRole: withdraw,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def beside(command: Command, _state: State, _acting: Acting) -> Iterable[str]:
    """Stand on the mandate for which somebody is to act."""
    if isinstance(command, commands.GrantRole) and (command.holds or "").startswith("mandate/"):
        yield command.holds or ""


def owner(command: Command, stream: str) -> str:
    """Seal a person's name under the person's own key."""
    return f"person/{command.person}" if isinstance(command, commands.GrantRole) else stream


CONGRESS = Decider({"congress": Absent(), "mandate": Mandate()}, evolve, decide, beside=beside, owner=owner)
