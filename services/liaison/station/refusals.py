"""How we say no to what is asked of a station, and under which article."""

from services.chassis.shapes import Refusal

NOT_THIS_STATION = Refusal(
    "not-this-station",
    "您不是这个联络站的工作人员。",
    "You do not work for this station.",
    kind="not-yours",
)
STATION_CLOSED = Refusal("station-closed", "这个联络站已经关闭。", "This station has closed.")
DEPUTY_NOT_ACTIVE = Refusal(
    "deputy-not-active",
    "代表资格未生效、已暂停执行职务或已终止，不能进站。",
    "Only a deputy whose mandate is active may work at a station.",
    "代表法 第六十一条、第六十二条",
)
ALREADY_ATTACHED = Refusal(
    "already-attached", "这位代表已经进站。", "This deputy works at the station already."
)
NOT_ATTACHED = Refusal(
    "not-attached", "这位代表没有进入这个联络站。", "This deputy does not work at the station."
)
