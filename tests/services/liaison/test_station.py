from events.catalogue.liaison import (
    DeputyAttached,
    DeputyDetached,
    StationClosed,
    StationKind,
    StationOpened,
    Tier,
)
from services.liaison.station import refusals
from services.liaison.station.commands import AttachDeputy, CloseStation, DetachDeputy, OpenStation
from services.liaison.station.rules import STATION
from tests.cast import CLERK, COSIGNER, IN_OFFICE, LEAD, STATION_CLERK, SUSPENDED, UNIT_CLERK
from tests.specification import Given, Who, given

MA, LI = "mandate/3-ma", "mandate/3-li"
OPENED = StationOpened(
    name="碾伯街道代表联络站", place="碾伯街道", kind=StationKind.STATION, tier=Tier.STREET
)
ELSEWHERE = Who("station", "bo", "station/s2")
EVERYWHERE = Who("station", "chu")


def station(*past: StationOpened | DeputyAttached | DeputyDetached | StationClosed) -> Given:
    """Give the station with its past, and two deputies in office."""
    return given(STATION, "station/s1", *past).knows({MA: IN_OFFICE, LI: IN_OFFICE})


def opening(tier: Tier, kind: StationKind) -> OpenStation:
    """Ask for a station of a kind and tier."""
    return OpenStation(name="联络站", place="碾伯街道", kind=kind, tier=tier)


def test_kind_and_tier_are_data() -> None:
    """L1: What a place is called and for which area it stands are data, in any combination."""
    for tier in Tier:
        for kind in StationKind:
            outcome = station().by(CLERK).when(opening(tier, kind))
            outcome.then(StationOpened(name="联络站", place="碾伯街道", kind=kind, tier=tier))


def test_only_the_office_opens_and_closes() -> None:
    """L2: A station's clerk serves it; the office opens and closes it."""
    command = opening(Tier.STREET, StationKind.STATION)
    station().by(STATION_CLERK).when(command).refused(refusals.NOT_THIS_STATION)
    station(OPENED).by(STATION_CLERK).when(CloseStation()).refused(refusals.NOT_THIS_STATION)
    station(OPENED).by(CLERK).when(CloseStation()).then(StationClosed())


def test_closing_twice_is_nothing_new() -> None:
    """L2: A closed station is closed."""
    station(OPENED, StationClosed()).by(CLERK).when(CloseStation()).then()


def test_several_deputies_work_at_a_station() -> None:
    """L1: Attachment is many to many: one station, several deputies."""
    past = station(OPENED, DeputyAttached(mandate=MA))
    past.by(STATION_CLERK).when(AttachDeputy(mandate=LI)).then(DeputyAttached(mandate=LI))


def test_staff_of_all_stations_may_attach() -> None:
    """L2: Staff without a station of their own serve every station."""
    station(OPENED).by(EVERYWHERE).when(AttachDeputy(mandate=MA)).then(DeputyAttached(mandate=MA))


def test_nobody_else_attaches() -> None:
    """L2: Staff of another station, deputies and units do not say who works here."""
    for who in (ELSEWHERE, COSIGNER, UNIT_CLERK):
        outcome = station(OPENED).by(who).when(AttachDeputy(mandate=MA))
        outcome.refused(refusals.NOT_THIS_STATION)


def test_only_deputies_in_office_are_attached() -> None:
    """I8: Nobody without an active mandate works at a station as a deputy."""
    past = station(OPENED).by(CLERK)
    past.knows({MA: SUSPENDED}).when(AttachDeputy(mandate=MA)).refused(refusals.DEPUTY_NOT_ACTIVE)
    past.knows({MA: None}).when(AttachDeputy(mandate=MA)).refused(refusals.DEPUTY_NOT_ACTIVE)


def test_attached_once() -> None:
    """L1: Who works there already is not attached again."""
    past = station(OPENED, DeputyAttached(mandate=MA)).by(CLERK)
    past.when(AttachDeputy(mandate=MA)).refused(refusals.ALREADY_ATTACHED)


def test_detached_and_back() -> None:
    """L1: A deputy leaves a station and may come back."""
    past = (OPENED, DeputyAttached(mandate=MA))
    station(*past).when(DetachDeputy(mandate=MA)).then(DeputyDetached(mandate=MA))
    gone = (*past, DeputyDetached(mandate=MA))
    station(*gone).when(AttachDeputy(mandate=MA)).then(DeputyAttached(mandate=MA))
    station(*gone).when(DetachDeputy(mandate=MA)).refused(refusals.NOT_ATTACHED)


def test_a_suspended_deputy_may_be_detached() -> None:
    """L1: Leaving needs no mandate."""
    past = station(OPENED, DeputyAttached(mandate=MA)).knows({MA: SUSPENDED})
    past.when(DetachDeputy(mandate=MA)).then(DeputyDetached(mandate=MA))


def test_nobody_joins_a_closed_station() -> None:
    """L2: A closed station takes nobody."""
    past = station(OPENED, StationClosed()).by(CLERK)
    past.when(AttachDeputy(mandate=LEAD.holds or "")).refused(refusals.STATION_CLOSED)
