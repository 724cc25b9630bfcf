"""What follows: who opens and closes a station, and who works there."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue import liaison as said
from services.chassis.shapes import Acting, Circumstances, Command, Decider, Decision, Refusal
from services.liaison.station import commands as asked
from services.liaison.station import refusals
from services.liaison.station.state import Absent, Closed, Open, State, evolve


def works_for(station: str, with_: Circumstances) -> bool:
    """Tell whether who acts is the office, or staff of this station (of every one: no `holds`)."""
    if with_.role == "station":
        return with_.holds in {None, station}
    return with_.role == "staff"


def opened(state: State, with_: Circumstances) -> Open | Refusal:
    """Give the station if it is open and who acts works for it, or say no."""
    if not works_for(with_.stream, with_):
        return refusals.NOT_THIS_STATION
    return state if isinstance(state, Open) else refusals.STATION_CLOSED


def open_station(command: asked.OpenStation, state: State, with_: Circumstances) -> Decision:
    """Open it; by the office, once."""
    if with_.role != "staff":
        return refusals.NOT_THIS_STATION
    if not isinstance(state, Absent):
        return []
    return [said.StationOpened(name=command.name, place=command.place, kind=command.kind, tier=command.tier)]


def attach(command: asked.AttachDeputy, state: State, with_: Circumstances) -> Decision:
    """Let a deputy in office work there; he may work at several stations."""
    if isinstance(station := opened(state, with_), Refusal):
        return station
    if command.mandate in station.deputies:
        return refusals.ALREADY_ATTACHED
    if (with_.known.get(command.mandate) or {}).get("state") != "active":
        return refusals.DEPUTY_NOT_ACTIVE
    return [said.DeputyAttached(mandate=command.mandate)]


def detach(command: asked.DetachDeputy, state: State, with_: Circumstances) -> Decision:
    """Note that a deputy left."""
    if isinstance(station := opened(state, with_), Refusal):
        return station
    if command.mandate not in station.deputies:
        return refusals.NOT_ATTACHED
    return [said.DeputyDetached(mandate=command.mandate)]


def close(_command: asked.CloseStation, state: State, with_: Circumstances) -> Decision:
    """Close it; by the office. Asked twice, nothing more happens."""
    if with_.role != "staff":
        return refusals.NOT_THIS_STATION
    return [] if isinstance(state, Closed) else [said.StationClosed()]


RULES: Mapping[type[Command], Callable[[Any, State, Circumstances], Decision]] = {
    asked.OpenStation: open_station,
    asked.AttachDeputy: attach,
    asked.DetachDeputy: detach,
    asked.CloseStation: close,
}


def decide(command: Command, state: State, circumstances: Circumstances) -> Decision:
    """Give what follows from a command: events, or a no."""
    return RULES[type(command)](command, state, circumstances)


def needs(command: Command, _state: State, _acting: Acting) -> Iterable[str]:
    """Name the mandate of who is to work there."""
    if isinstance(command, asked.AttachDeputy):
        yield command.mandate


STATION = Decider({"station": Absent()}, evolve, decide, needs)
