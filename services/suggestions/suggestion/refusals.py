"""How we say no to what is asked of a suggestion, and under which article."""

from services.chassis.shapes import Refusal

NO_RULEBOOK = Refusal(
    "no-rulebook", "本级人大尚未通过生效的规则集。", "The congress has adopted no rulebook that is in force."
)
NOT_LEAD = Refusal(
    "not-lead-deputy", "只有领衔代表可以办理此事。", "Only the lead deputy may do this.", kind="not-yours"
)
NOT_ASSIGNED_UNIT = Refusal(
    "not-assigned-unit",
    "本单位不是这件建议的承办单位。",
    "Your unit does not handle this suggestion.",
    kind="not-yours",
)
NOT_INVITED = Refusal(
    "not-invited", "领衔代表没有邀请您联名。", "The lead deputy has not asked you to sign.", kind="not-yours"
)
MANDATE_NOT_ACTIVE = Refusal(
    "mandate-not-active",
    "代表资格未生效、已暂停执行职务或已终止，不能办理此事。",
    "Only a deputy whose mandate is active may do this.",
    "代表法 第六十一条、第六十二条",
)
COSIGNER_NOT_ACTIVE = Refusal(
    "cosigner-not-active",
    "联名代表的代表资格已不在有效执行状态，请先调整联名人。",
    "A cosigner's mandate is no longer active.",
    "代表法 第六十一条、第六十二条",
)
COSIGNER_IS_LEAD = Refusal(
    "cosigner-is-lead", "领衔代表不能邀请本人联名。", "The lead deputy cannot be his own cosigner."
)
ALREADY_INVITED = Refusal("already-invited", "已经邀请过这位代表。", "This deputy was already asked.")
ALREADY_ANSWERED = Refusal(
    "already-answered", "您已经答复过这次联名邀请。", "You have answered this request already."
)
NOT_A_DRAFT = Refusal(
    "not-a-draft",
    "建议已经提交，不能再改动文字或联名人。",
    "It was submitted; words and signatures are fixed.",
)
NO_TEXT = Refusal(
    "no-text",
    "提交前须写明标题和正文。",
    "Title and text must be written before it is submitted.",
    "代表法 第五十一条",
)
NO_SESSION = Refusal(
    "no-session", "本届大会尚未召开过会议，不能登记届次。", "No session of this term has been convened yet."
)
NOT_UNDER_REVIEW = Refusal("not-under-review", "建议不在审核环节。", "It is not under review.")
NOT_ADMITTED_YET = Refusal(
    "not-admitted-yet", "审核通过后才能登记编号。", "It can be registered only once it is admitted."
)
NOT_REGISTERED = Refusal(
    "not-registered", "登记编号后才能交办。", "It can be assigned only once it is registered."
)
UNKNOWN_UNIT = Refusal("unknown-unit", "没有这个承办单位。", "There is no such handling unit.")
UNIT_TWICE = Refusal("unit-twice", "同一单位不能重复列入。", "A unit stands in the assignment twice.")
PARTS_DO_NOT_FIT = Refusal(
    "parts-do-not-fit",
    "单独办理须只有一个单位；会办须有且只有一个主办；分办须两个以上单位并写明分工。",
    "One sole unit; one main unit with joint ones; or parallel units with the split written down.",
)
NOT_IN_HANDLING = Refusal("not-in-handling", "建议不在办理环节。", "It is not being handled.")
ALREADY_RECEIVED = Refusal("already-received", "本单位已经签收。", "Your unit has signed for it already.")
NOT_RECEIVED = Refusal("not-received", "签收后才能办理此事。", "Sign for it first.")
RETURN_PENDING = Refusal(
    "return-pending",
    "退办申请正在等待决定，决定前仍由本单位负责。",
    "A return is being decided; your unit stays responsible meanwhile.",
)
NO_RETURN_PENDING = Refusal(
    "no-return-pending", "这个单位没有待决定的退办申请。", "This unit has not asked to return it."
)
RETURN_TOO_LATE = Refusal(
    "return-too-late", "已超过退办期限，退办申请不予考虑。", "The window for returning it has passed."
)
ALREADY_REPLIED = Refusal(
    "already-replied", "本单位本轮已经答复。", "Your unit has replied in this round already."
)
NO_SUCH_CONTACT = Refusal("no-such-contact", "没有这次联系记录。", "There is no such contact.")
CONTACT_CONFIRMED = Refusal(
    "contact-already-confirmed", "这次联系已经确认过。", "This contact was confirmed already."
)
NO_CONTACT = Refusal(
    "no-contact-before-reply",
    "答复前须与代表联系沟通，充分听取意见，并经代表确认。",
    "Before the reply the unit must have met the deputy, and he must have confirmed it.",
    "代表法 第五十一条",
)
NOT_REPLIED = Refusal(
    "not-replied",
    "所需答复尚未全部送达，不能评价或办结。",
    "Not all replies that are required have been delivered.",
)
ALREADY_RATED = Refusal("already-rated", "本轮答复已经评价过。", "These replies were rated already.")
NO_REASON = Refusal(
    "unsatisfied-needs-reason",
    "评价为不满意时须写明具体理由。",
    "An unsatisfied rating needs its specific reasons.",
)
NOT_UNSATISFIED = Refusal(
    "not-unsatisfied",
    "只有评价为不满意并写明理由的建议才能重新办理。",
    "Only an unsatisfied rating with reasons leads to a redo.",
)
REDO_OPEN = Refusal(
    "unsatisfied-open",
    "代表评价为不满意，须先决定是否重新办理。",
    "The deputy is unsatisfied; decide on a redo first.",
)
