"""How a no leaves the house: RFC 9457 problems with a stable code and two sentences."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from events.journal.moving import LedgerClosed
from services.chassis.shapes import Refusal

STATUS = {"rule": 409, "not-yours": 403, "absent": 404}


# Neither frozen nor slotted: whoever lets an exception pass writes its traceback into it.
@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - the standard's word
    """A no of the machinery itself (refusals of duties become one too)."""

    status: int
    code: str
    zh: str
    en: str
    basis: str | None = None
    retry_after: int | None = None
    errors: tuple[dict[str, Any], ...] = ()
    allow: str | None = None

    def told(self) -> None:
        """Let go of the frames it was raised through: the same value is raised again and again."""
        self.__traceback__ = self.__cause__ = self.__context__ = None

    def answer(self) -> JSONResponse:
        """Give the HTTP answer."""
        self.told()
        return JSONResponse(
            self.body(),
            self.status,
            self.headers(),
            "application/problem+json",
        )

    def headers(self) -> dict[str, str]:
        """Give the headers that some noes must have: when to come again, which methods there are."""
        told = {"Retry-After": self.retry_after, "Allow": self.allow}
        return {name: str(value) for name, value in told.items() if value is not None}

    def body(self) -> dict[str, Any]:
        """Give the members of the problem, absent ones left out."""
        members = {
            "type": f"/problems/{self.code}",
            "title": self.zh,
            "detail": self.en,
            "status": self.status,
            "code": self.code,
            "basis": self.basis,
            "errors": list(self.errors) or None,
        }
        return {name: value for name, value in members.items() if value is not None}


class ProblemBody(TypedDict, total=False):
    """An RFC 9457 problem: `title` is the Chinese sentence, `detail` the English one."""

    type: str
    title: str
    detail: str
    status: int
    code: str
    basis: str
    errors: list[dict[str, Any]]


def refused(refusal: Refusal) -> Problem:
    """Translate a duty's no."""
    basis = refusal.basis
    cited = (
        basis if isinstance(basis, str) or basis is None else f"{basis.law}（{basis.version}）{basis.article}"
    )
    return Problem(STATUS[refusal.kind], refusal.code, refusal.zh, refusal.en, cited)


def closed(error: LedgerClosed) -> Problem:
    """Say why a ledger takes nothing, and where it stands: `errors` has ledger, sequence and hash."""
    head = {"ledger": error.ledger, "sequence": error.head.sequence, "hash": error.head.hash}
    return replace(CLOSED[error.why], errors=(head,))


def misshapen(error: ValidationError) -> Problem:
    """Say which fields are wrong and how, without repeating what was sent."""
    faults = tuple(
        {"field": "/".join(str(step) for step in each["loc"]), "fault": each["type"], "detail": each["msg"]}
        for each in error.errors(include_input=False, include_context=False, include_url=False)
    )
    return Problem(
        422,
        "wrong-shape",
        "提交的内容不符合要求。",
        "What was sent does not have the right shape.",
        errors=faults,
    )


UNREADABLE = Problem(400, "unreadable", "提交的内容无法读取。", "What was sent cannot be read.")
BAD_KEY = Problem(
    400,
    "idempotency-key-missing",
    "请求须带有效的 Idempotency-Key。",
    "The request needs an Idempotency-Key of 16 to 128 visible characters.",
)
BAD_HEADER = Problem(400, "header-unreadable", "请求头无法读取。", "A header of the request cannot be read.")
BAD_QUERY = Problem(
    422,
    "wrong-query",
    "查询参数不符合要求。",
    "A query parameter is unknown or does not have the right shape.",
)
ELSEWHERE = Problem(
    422,
    "position-elsewhere",
    "只能写本级人民代表大会账本的位置。",
    "A position is named in a ledger of another congress.",
)
WHO = Problem(401, "unauthenticated", "请先登录。", "Please sign in.")
NOT_YOURS = Problem(403, "forbidden", "您无权办理此事。", "This is not yours to do.")
ABSENT = Problem(404, "not-found", "没有找到。", "There is nothing here, or it is not yours to know.")
STALE = Problem(
    412,
    "stale",
    "内容已被他人更新，请刷新后再办理。",
    "Somebody changed this meanwhile; reload and decide again.",
)
TOO_LARGE = Problem(413, "too-large", "提交的内容过大。", "What was sent is too large.")
KEY_REUSED = Problem(
    422,
    "idempotency-key-reused",
    "此 Idempotency-Key 已用于另一请求。",
    "This Idempotency-Key was used for another request.",
)
ERASED = Problem(
    409,
    "owner-erased",
    "相关个人信息已被删除，不能再写入。",
    "The owner of these words was erased; nothing can be added.",
)
CLOSED = {
    "moved": Problem(
        409,
        "ledger-moved",
        "该人大的账本已迁往另一平台，此处不再办理。",
        "The ledger went on in another house; nothing is written here any more.",
    ),
    "copied": Problem(
        409,
        "ledger-copied",
        "此处是账本的副本，只能查阅。",
        "This is a copy of the ledger; it can only be read.",
    ),
    "arriving": Problem(
        503,
        "ledger-arriving",
        "账本正在迁入，请稍后再试。",
        "The ledger is being taken over; please try again later.",
        retry_after=10,
    ),
}
NEEDS_MATCH = Problem(
    428, "if-match-required", "此操作须带 If-Match。", "This operation needs an If-Match header."
)
NOT_ALLOWED = Problem(405, "method-not-allowed", "此处不支持该方法。", "This method is not offered here.")
TOO_OFTEN = Problem(
    429, "too-often", "操作过于频繁，请稍后再试。", "Too often; please try again later.", retry_after=10
)
BEHIND = Problem(
    503,
    "view-behind",
    "数据正在更新，请稍后再试。",
    "The view has not caught up yet; please try again.",
    retry_after=1,
)
REFERENCES_BEHIND = Problem(
    503,
    "references-behind",
    "相关数据正在更新，请稍后再试。",
    "What this decision must know has not arrived yet; please try again.",
    retry_after=1,
)
PROOF_BEHIND = Problem(
    503, "proof-behind", "该条记录正在签名，请稍后再取证明。",
    "The entry is not signed yet; please ask for its proof again.", retry_after=2,
)  # fmt: skip
AWAY = Problem(
    503, "store-away", "存储暂时没有应答，请稍后用同一请求再试。",
    "The store does not answer just now; please send the same request again.", retry_after=5,
)  # fmt: skip
FULL = Problem(503, "full", "系统繁忙，请稍后再试。", "The house is busy; please try again.", retry_after=2)
BROKEN = Problem(
    500, "broken", "系统发生故障，操作未完成。", "Something broke; the operation was not completed."
)
