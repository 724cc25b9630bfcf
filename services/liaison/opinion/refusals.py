"""How we say no to what is asked of an opinion, and under which article."""

from services.chassis.shapes import Refusal

ANONYMOUS_WITH_CONTACT = Refusal(
    "anonymous-with-contact",
    "匿名提出意见的，请不要填写联系方式。",
    "Who stays anonymous leaves no contact.",
    "个人信息保护法 第六条",
)
NO_SUCH_STATION = Refusal("no-such-station", "没有这个联络站。", "There is no such station.", kind="absent")
STATION_CLOSED = Refusal(
    "station-not-receiving",
    "这个联络站已经关闭，请到其他联络站提出意见。",
    "This station has closed; please turn to another one.",
)
NOT_AT_STATION = Refusal(
    "deputy-not-at-station",
    "这位代表不在这个联络站。",
    "This deputy does not work at the station.",
)
NOT_YOURS = Refusal(
    "not-your-opinion",
    "这条意见不由您办理。",
    "This opinion is not yours to deal with.",
    kind="not-yours",
)
MANDATE_NOT_ACTIVE = Refusal(
    "taking-up-needs-active-mandate",
    "代表资格未生效、已暂停执行职务或已终止，不能办理此事。",
    "Only a deputy whose mandate is active may do this.",
    "代表法 第六十一条、第六十二条",
)
ALREADY_ANSWERED = Refusal(
    "opinion-already-answered", "这条意见已经答复。", "This opinion was answered already."
)
TAKEN_UP = Refusal(
    "opinion-taken-up",
    "代表已经将这条意见提出建议，有结果后会告知群众。",
    "A deputy has taken it up; the citizen is told when there is an outcome.",
)
UNKNOWN_UNIT = Refusal("no-such-unit", "没有这个承办单位。", "There is no such handling unit.")
ALREADY_THERE = Refusal(
    "already-transferred", "这条意见已经转给这个单位。", "It was passed to this unit already."
)
ERASED = Refusal(
    "opinion-erased",
    "这条意见已经依法删除，不再办理。",
    "This opinion was deleted; nothing more is done about it.",
    "个人信息保护法 第四十七条",
)
RESTRICTED = Refusal(
    "opinion-restricted",
    "这条意见依法只能保存，不能查看或者办理。",
    "This opinion may only be kept: nobody reads it or deals with it.",
    "个人信息保护法 第四十七条",
)
