"""How we say no to what is asked of a mandate, and under which article."""

from services.chassis.shapes import Refusal

NOT_FOUNDED = Refusal(
    "congress-not-founded",
    "本级人民代表大会尚未建立。",
    "This congress is not set up yet.",
    kind="absent",
)
ALREADY_ELECTED = Refusal(
    "already-elected",
    "此人在本届已有代表资格。",
    "This person has a mandate of this term already.",
    "选举法 第四十八条",
)
NOT_THIS_TERM = Refusal(
    "not-this-term",
    "只能登记本届代表。",
    "Only deputies of the present term can be entered.",
    "代表法 第二条",
)
UNKNOWN_ELECTORATE = Refusal(
    "unknown-electorate",
    "没有这个选区或者选举单位。",
    "There is no such district or electing unit.",
)
UNKNOWN_DELEGATION = Refusal(
    "unknown-delegation",
    "没有这个代表团。",
    "There is no such delegation.",
)
NO_FREE_SEAT = Refusal(
    "no-free-seat",
    "该选区或者选举单位的代表名额已满。",
    "All seats of this electorate are taken.",
    "选举法 第二十五条",
)
DAY_IN_FUTURE = Refusal(
    "day-in-future",
    "日期不得晚于今天。",
    "The day must not lie in the future.",
)
DAY_TOO_EARLY = Refusal(
    "day-too-early",
    "日期不得早于上一环节的日期。",
    "The day must not lie before that of the step before.",
)
NOT_ELECTED = Refusal(
    "not-newly-elected",
    "只有新当选、尚未审查的代表资格可以开始审查。",
    "Only credentials of a newly elected deputy can be reviewed.",
    "选举法 第四十七条",
)
NOT_UNDER_REVIEW = Refusal(
    "credentials-not-under-review",
    "代表资格不在审查中，不能确认或者宣布无效。",
    "The credentials are not under review.",
    "选举法 第四十七条",
)
NOT_CONFIRMED = Refusal(
    "mandate-not-confirmed",
    "代表资格经确认有效后方可开始履职。",
    "Only a confirmed mandate can be taken up.",
    "选举法 第四十七条",
)
NOT_ACTIVE = Refusal(
    "suspension-needs-active-mandate",
    "只有正在履职的代表可以暂时停止执行职务。",
    "Only an active mandate can be suspended.",
    "代表法 第六十一条",
)
NOT_SUSPENDED = Refusal(
    "mandate-not-suspended",
    "代表没有被暂时停止执行职务。",
    "The mandate is not suspended.",
    "代表法 第六十一条",
)
NOT_VALID = Refusal(
    "mandate-not-valid",
    "代表资格尚未确认或者已经终止，不能终止。",
    "Only a confirmed mandate that has not ended can be terminated.",
    "代表法 第六十二条",
)
MOVE_ENDS_LOCAL_ONLY = Refusal(
    "move-ends-local-mandates-only",
    "迁出或者调离本行政区域只终止地方各级人大代表的资格。",
    "Moving away ends the mandate of a local deputy only.",
    "代表法 第六十二条",
)
DECISION_MISSING = Refusal(
    "decision-missing",
    "辞职、责令辞职和罢免须写明决定的机关和日期；机关和日期须同时填写。",
    "Resignation and recall need the body that decided and its day; one needs the other.",
    "代表法 第六十二条、第六十三条",
)
