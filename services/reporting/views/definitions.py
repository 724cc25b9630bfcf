"""The rates that are published, each with its definition; no statute defines them."""

from collections.abc import Mapping, Sequence

from events.catalogue.suggestions import ContactMode, Satisfaction
from events.catalogue.vocabulary import ReplyClass
from services.reporting.views import rates
from services.reporting.views.figures import Row
from services.reporting.views.rates import Figure, Rate

SATISFIED, BASICALLY = Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED
RESOLVED, IN_PROGRESS, PLANNED = (
    ReplyClass.RESOLVED_OR_ADOPTED, ReplyClass.IN_PROGRESS, ReplyClass.PLANNED,
)  # fmt: skip
assigned_with_limit = rates.limited(rates.accepted, "assign_by")
replied_with_limit = rates.limited(rates.assigned, "statutory_due")

RATES = (
    Rate(
        "assigned", rates.assigned, rates.accepted, "交办率", "Assigned",
        "已交办的件数／审核通过的件数（不含不予受理的）",
        "items assigned / items accepted (those not admitted are out)",
    ),
    Rate(
        "assigned-in-time", rates.in_time("assigned", "assign_by"), assigned_with_limit,
        "按期交办率", "Assigned in time",
        "在规定期限内交办的件数／规定了交办期限的件数",
        "items assigned within the limit / accepted items for which a rule sets a limit",
    ),
    Rate(
        "replied", rates.replied, rates.assigned, "答复率（办复率）", "Replied",
        "所需首次答复全部送达的件数／已交办的件数",
        "items with all required first replies delivered / items assigned",
    ),
    Rate(
        "replied-in-time", rates.in_time("replied", "statutory_due"), replied_with_limit,
        "按期答复率", "Replied in time",
        "在法定期限内答复的件数／有法定答复期限的已交办件数",
        "items replied by the statutory date / assigned items that have one",
    ),
    Rate(
        "concluded-formally", rates.replied, rates.assigned, "办结率（一）：已答复",
        "Concluded (1): formally answered",
        "所需首次答复全部送达的件数／已交办的件数",
        "items with all required first replies delivered / items assigned",
    ),
    Rate(
        "concluded", rates.concluded, rates.assigned, "办结率（二）：已答复且无未完的重新办理",
        "Concluded (2): answered, no redo open",
        "已答复且没有正在重新办理的件数／已交办的件数",
        "items answered and not being handled again / items assigned",
    ),
    Rate(
        "rated", rates.rated, rates.replied, "评价率", "Rated",
        "代表已评价的件数／已答复的件数",
        "items rated by their deputy / items replied",
    ),
    Rate(
        "satisfied-first", rates.first(SATISFIED), rates.rated_first,
        "满意率（首次）", "Satisfied, first round",
        "首次评价结果为满意的件数／首次已评价的件数",
        "items whose first rating of the result is satisfied / items rated in the first round",
    ),
    Rate(
        "satisfied", rates.final(SATISFIED), rates.rated, "满意率（最终）", "Satisfied, final",
        "最后一次评价结果为满意的件数／已评价的件数",
        "items whose last rating of the result is satisfied / items rated",
    ),
    Rate(
        "accepted-first", rates.first(SATISFIED, BASICALLY), rates.rated_first,
        "满意和基本满意率（首次）", "Satisfied or basically so, first round",
        "首次评价结果为满意或基本满意的件数／首次已评价的件数",
        "items first rated satisfied or basically satisfied / items rated in the first round",
    ),
    Rate(
        "accepted", rates.final(SATISFIED, BASICALLY), rates.rated,
        "满意和基本满意率（最终）", "Satisfied or basically so, final",
        "最后一次评价结果为满意或基本满意的件数／已评价的件数",
        "items last rated satisfied or basically satisfied / items rated",
    ),
    Rate(
        "met", rates.met(ContactMode.FACE_TO_FACE), rates.assigned, "面商率", "Met",
        "至少一次当面沟通并经代表确认的件数／已交办的件数",
        "items with a face-to-face contact confirmed by the deputy / items assigned",
    ),
    Rate(
        "met-online", rates.met(ContactMode.ONLINE), rates.assigned,
        "线上沟通率", "Met online",
        "至少一次线上沟通并经代表确认的件数／已交办的件数",
        "items with an online contact confirmed by the deputy / items assigned",
    ),
    Rate(
        "met-thrice", rates.met_thrice, rates.assigned, "三见面率", "Three meetings",
        "办前、办中、办后均有经代表确认的沟通的件数／已交办的件数",
        "items with confirmed contacts before, during and after handling / items assigned",
    ),
    Rate(
        "resolved", rates.became(RESOLVED), rates.replied, "解决率（A类率）", "Resolved",
        "答复为已解决或采纳的件数／已答复的件数（分办的以解决程度最低的答复为准）",
        "items resolved or adopted / items replied (of parallel replies the least counts)",
    ),
    Rate(
        "resolved-or-planned", rates.became(RESOLVED, IN_PROGRESS, PLANNED), rates.accepted,
        "解决或计划解决率", "Resolved or planned",
        "已解决、正在解决和计划解决的件数／审核通过的件数",
        "items resolved, in progress or planned / items accepted",
    ),
)  # fmt: skip


def figures(items: Mapping[str, Row]) -> Sequence[Figure]:
    """Compute every rate from one read of the rows."""
    rows = list(items.values())
    return [rate.of(rows) for rate in RATES]
