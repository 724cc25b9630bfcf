"""How we say no to what is asked of a course, and under which article."""

from services.chassis.shapes import Refusal

NO_MANDATE_NAMED = Refusal(
    "no-mandate-named",
    "须写明是哪位代表。",
    "Say which deputy is meant.",
)
NOT_YOURSELF = Refusal(
    "not-yourself",
    "代表只能为本人报名或者取消报名。",
    "A deputy enrols and cancels for himself only.",
    kind="not-yours",
)
MANDATE_NOT_ACTIVE = Refusal(
    "enrolment-needs-active-mandate",
    "代表资格未生效、已暂停执行职务或者已终止，不能报名。",
    "Only a deputy whose mandate is active may enrol.",
    "代表法 第六十一条、第六十二条",
)
ALREADY_ENROLLED = Refusal(
    "already-enrolled",
    "这位代表已经报名。",
    "This deputy is enrolled already.",
)
NOT_ENROLLED = Refusal(
    "not-enrolled",
    "这位代表没有报名。",
    "This deputy is not enrolled.",
)
FULL = Refusal(
    "course-full",
    "报名人数已满。",
    "All places are taken.",
)
OVER = Refusal(
    "course-over",
    "培训已经结束，不能再作更改。",
    "The course is over; nothing can be changed.",
)
NOT_BEGUN = Refusal(
    "course-not-begun",
    "培训尚未开始。",
    "The course has not begun yet.",
)
TOO_LONG = Refusal(
    "longer-than-planned",
    "参加时长不得超过培训计划时长。",
    "Nobody attends longer than the course was planned to take.",
)
ALREADY_ATTENDED = Refusal(
    "already-attended",
    "这位代表在本次培训中的参加情况已经登记，只计一次。",
    "The attendance of this deputy was registered already; it counts once.",
)
