"""What happens to opinions in the cases: past events, and the station beside them."""

from typing import Any

from events.catalogue.event import Event
from events.catalogue.liaison import (
    DeputyAttached,
    OpinionAnswered,
    OpinionEscalated,
    OpinionReceived,
    OpinionTransferred,
    OutcomeTold,
    StationKind,
    StationOpened,
    Tier,
    Told,
)
from services.chassis.shapes import Document, On
from services.liaison.opinion.rules import OPINION
from services.liaison.opinion.state import receipt_digest
from tests.cast import IN_OFFICE, UNITS
from tests.specification import Given, given, reference

CODE = "RECEIPTCODE2345672345672345"
MA, LI = "mandate/3-ma", "mandate/3-li"
OPENED = StationOpened(
    name="碾伯街道代表联络站", place="碾伯街道", kind=StationKind.STATION, tier=Tier.STREET
)
STATION = (On("station/s1", OPENED), On("station/s1", DeputyAttached(mandate=MA)))


def received(**changes: Any) -> OpinionReceived:  # noqa: ANN401 - fields of the event
    """Give an opinion given at the station to deputy Ma."""
    event = OpinionReceived(
        station="s1", station_name=OPENED.name, addressed_to=MA, words=reference("路灯坏了"),
        anonymous=True, receipt=receipt_digest(CODE),
    )  # fmt: skip
    return event.model_copy(update=changes)


TRANSFERRED = OpinionTransferred(unit="housing", unit_name="市住建局", note=reference("请办理"))
ANSWERED = OpinionAnswered(text=reference("已修好"), answered_by=MA)
ESCALATED = OpinionEscalated(mandate=MA, words=reference("路灯坏了"))
TOLD = OutcomeTold(
    outcome=Told.CLOSED, suggestion="suggestion/g1", cause="suggestions/630200/9", number=3,
    label="A", text=reference("答复"),
)  # fmt: skip


def opinion(*past: Event | On) -> Given:
    """Give an opinion with its past, at the station where deputy Ma works."""
    known: dict[str, Document | None] = {MA: IN_OFFICE, LI: IN_OFFICE, **UNITS}
    return given(OPINION, "opinion/o1", *STATION, *past).knows(known)
