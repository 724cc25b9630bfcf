"""How we say no to what is asked about the deletion of a person's data, and under which article."""

from services.chassis.shapes import Refusal

LAW = "个人信息保护法 第四十七条"

NO_SUCH_PERSON = Refusal("no-such-person", "没有这个人。", "There is no such person.", kind="absent")
IN_OFFICE = Refusal(
    "person-in-office",
    "此人仍具有代表资格或者工作身份，其姓名须依法公开或者为履职所必需，不能删除。",
    "This person still holds a mandate or a role: the name is public, or needed for the work.",
    "代表法 第五十八条",
)
ALREADY_REQUESTED = Refusal(
    "erasure-requested",
    "已经请求删除此人的信息，正在等待决定。",
    "The deletion was asked for already and waits for a decision.",
    LAW,
)
ALREADY_ERASED = Refusal(
    "person-erased", "此人的信息已经删除。", "This person's data was deleted already.", LAW
)
NOT_REQUESTED = Refusal(
    "erasure-not-requested",
    "没有等待决定的删除请求。",
    "No request to delete waits for a decision.",
    LAW,
)
NOT_RESTRICTED = Refusal(
    "person-not-restricted",
    "此人的信息没有被限制处理。",
    "This person's data is not restricted.",
    LAW,
)
SAME_PERSON = Refusal(
    "erasure-needs-another",
    "请求删除和决定删除的不得是同一人。",
    "Who asked for the deletion cannot decide on it.",
)
