"""How we say no to what is asked about the deletion of an opinion, and under which article."""

from services.chassis.shapes import Refusal

LAW = "个人信息保护法 第四十七条"

ALREADY_REQUESTED = Refusal(
    "opinion-erasure-requested",
    "已经请求删除这条意见，正在等待决定。",
    "The deletion of this opinion was asked for already and waits for a decision.",
    LAW,
)
ALREADY_ERASED = Refusal(
    "opinion-erased-already", "这条意见已经删除。", "This opinion was deleted already.", LAW
)
NOT_REQUESTED = Refusal(
    "opinion-erasure-not-requested",
    "没有人请求删除这条意见，或者已经作出决定。",
    "Nobody asked to have this opinion deleted, or it was decided already.",
    LAW,
)
NOT_RESTRICTED = Refusal(
    "opinion-not-restricted",
    "这条意见没有被限制处理。",
    "This opinion is not restricted.",
    LAW,
)
SAME_PERSON = Refusal(
    "opinion-erasure-needs-another",
    "请求删除和批准删除的不得是同一人。",
    "Who asked for the deletion cannot decide on it.",
)
