"""How we say no to what is asked of a congress, and under which article."""

from services.chassis.shapes import Refusal

ALREADY_FOUNDED = Refusal(
    "already-founded",
    "本级人民代表大会已经建立。",
    "This congress is set up already.",
)
RULEBOOK_NOT_NEWER = Refusal(
    "rulebook-not-newer",
    "规则版本须未曾采用，且施行日期不早于现行版本。",
    "A rulebook must be a new version, in force no earlier than the one adopted last.",
)
RULEBOOK_INCOMPLETE = Refusal(
    "rulebook-incomplete",
    "规则集须为每种答复类别各规定一个标记，每个环节至多规定一个期限。",
    "A rulebook gives every reply class one label, and a step at most one limit.",
)
RULEBOOK_COUNTS_OTHERWISE = Refusal(
    "rulebook-counts-otherwise",
    "规则集的期限起算点须为本系统支持的起算点（如交办之日）。",
    "A limit of the rulebook is counted from an act from which the house does not count.",
)
CALENDAR_ADOPTED = Refusal(
    "calendar-already-adopted",
    "该版本的工作日历已经采用。",
    "This version of the calendar was adopted already.",
)
CALENDAR_DAYS = Refusal(
    "calendar-days-elsewhere",
    "工作日历只列本年度和上年十二月的日期，放假的首日不得晚于末日。",
    "A calendar names days of its year and of December before it, and no holiday ends before it begins.",
)
SESSION_OUT_OF_ORDER = Refusal(
    "session-out-of-order",
    "会议次数须大于本届已召开的各次会议。",
    "The session's number must follow those of this term's sessions.",
)
SESSION_DAYS = Refusal(
    "session-days-do-not-fit",
    "会议闭幕不得早于开幕，开幕须在上次会议闭幕之后。",
    "A session closes no earlier than it opens, and opens after the last one closed.",
)
KIND_DOES_NOT_FIT = Refusal(
    "electorate-kind-does-not-fit",
    "县、乡两级代表由选区选民直接选举，设区的市以上代表由选举单位选举。",
    "Counties and townships elect by districts, cities and above by electing units.",
    "选举法 第三条",
)
TOO_MANY_SEATS = Refusal(
    "too-many-seats",
    "每一选区选一名至三名代表。",
    "A district elects one to three deputies.",
    "选举法 第二十五条",
)
ALREADY_LISTED = Refusal(
    "already-listed",
    "该编号已经使用。",
    "Something of this kind stands under this id already.",
)
HOLDS_DOES_NOT_FIT = Refusal(
    "holds-does-not-fit",
    "代表须对应代表资格，承办单位人员须对应单位，联络站人员只能对应联络站，其他身份不对应任何对象。",
    "A deputy holds a mandate, a unit's clerk a unit, a station's clerk at most a station, "
    "all others nothing.",
)
UNKNOWN_UNIT = Refusal(
    "unit-not-listed",
    "没有这个承办单位。",
    "There is no such handling unit.",
)
MANDATE_NOT_THEIRS = Refusal(
    "mandate-not-theirs",
    "此人没有该项在任的代表资格。",
    "This person does not hold this mandate, or it is not in office.",
    "代表法 第二条",
)
ROLE_HELD = Refusal(
    "role-already-held",
    "此人已经具有该身份。",
    "This person has this role already.",
)
ROLE_NOT_HELD = Refusal(
    "role-not-held",
    "此人没有该身份。",
    "This person does not have this role.",
)
