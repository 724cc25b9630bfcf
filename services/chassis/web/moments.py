"""Moments of the record: what `as_of` and `Accept-Datetime` (RFC 7089) ask for.

`as_of` is a legal day (its end), an instant (RFC 3339), or positions in ledgers, several by
comma; positions may be joined by one day or instant. Entries count by `recordedtime`, which
never runs backwards within a ledger.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlencode

from starlette.requests import Request

from events.catalogue.envelope import Entry, instant
from events.catalogue.registry import BY_SERVICE
from services.chassis import problems
from services.chassis.problems import Problem
from services.chassis.workdays import SHANGHAI, legal_day

AS_OF, ACCEPT = "as_of", "Accept-Datetime"
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
INSTANT = DAY + "[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
POSITION = f"({'|'.join(BY_SERVICE)})/([0-9]{{6}}|[0-9]{{9}})/(0|[1-9][0-9]{{0,9}})"
ITEM = f"({DAY}|{INSTANT}|{POSITION})"
PATTERN = f"^{ITEM}(,{ITEM}){{0,7}}$"
HTTP_DATE = re.compile("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
LONGEST = 400
BAD_AS_OF = Problem(
    422,
    "as-of-unreadable",
    "as_of 应为日期、时刻或账本位置。",
    "as_of must be a day, an instant with its zone, or positions in ledgers.",
)
NOT_YET = Problem(422, "as-of-future", "所选时间尚未到来。", "That time has not come yet.")
NOT_WRITTEN = Problem(
    422, "as-of-unwritten", "账本中还没有这一位置。", "That position has not been written yet."
)
BEFORE = Problem(
    410, "as-of-before-record", "所选时间早于本级人大在此的第一条记录。",
    "That is before the first entry of this congress.",
)  # fmt: skip
RECALLING = Problem(
    503, "as-of-recalling", "正在还原当时的情况，请稍后再试。",
    "The state of that time is still being worked out; please try again.", retry_after=5,
)  # fmt: skip
UNFOLDED = Problem(
    500, "as-of-unfolded", "所选时间之前有无法处理的条目，须先由运维人员处理。",
    "An entry before that time cannot be folded; the operator has to see to it first.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: sequences by ledger, an instant, or both."""

    positions: Mapping[str, int] = field(default_factory=dict)
    instant: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the record: every entry recorded up to `instant`; a ledger in `cuts` up to there."""

    instant: dt.datetime
    cuts: tuple[tuple[str, int], ...] = ()

    def holds(self, entry: Entry) -> bool:
        """Tell whether an entry stood in its ledger then."""
        cut = dict(self.cuts).get(entry.ledger)
        return entry.recordedtime <= instant(self.instant) if cut is None else entry.sequence <= cut

    @property
    def name(self) -> str:
        """Give the `as_of` that asks for exactly this."""
        return ",".join([*(f"{ledger}/{cut}" for ledger, cut in self.cuts), instant(self.instant)])

    @property
    def http(self) -> str:
        """Give it as HTTP writes dates, to the second."""
        return format_datetime(self.instant.replace(microsecond=0), usegmt=True)


def asked(request: Request, now: dt.datetime) -> Asked | None:
    """Give the moment that a request asks for; None: the present. The query counts before the header.

    A header that names a time yet to come asks for the newest state, as RFC 7089 has it.

    Raises:
        Problem: 400 for a header, 422 for a parameter that cannot be read or is yet to come.

    """
    header = request.headers.get(ACCEPT)
    told = None if header is None else _accepted(header.strip(), now)
    given = request.query_params.getlist(AS_OF)
    return _named(given, request.path_params["congress"], now) if given else told


def _accepted(header: str, now: dt.datetime) -> Asked:
    if not HTTP_DATE.fullmatch(header):
        raise problems.BAD_HEADER
    try:
        return Asked(instant=min(parsedate_to_datetime(header), now))
    except ValueError as error:
        raise problems.BAD_HEADER from error


def without(request: Request) -> Request:
    """Give the request as it would be asked of the present."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != AS_OF]
    if len(pairs) == len(request.query_params.multi_items()):
        return request
    return Request({**request.scope, "query_string": urlencode(pairs).encode()}, request.receive)


def _named(given: list[str], congress: str, now: dt.datetime) -> Asked:
    if len(given) > 1 or len(given[0]) > LONGEST or not re.fullmatch(PATTERN, given[0]):
        raise BAD_AS_OF
    positions, instants = dict[str, int](), list[dt.datetime]()
    for each in given[0].split(","):
        if (found := re.fullmatch(POSITION, each)) is None:
            instants.append(_instant(each, now))
        elif found[2] != congress:
            raise problems.ELSEWHERE
        elif positions.setdefault(f"{found[1]}/{found[2]}", int(found[3])) != int(found[3]):
            raise BAD_AS_OF
    if len(instants) > 1:
        raise BAD_AS_OF
    return Asked(positions, instants[0] if instants else None)


def _instant(text: str, now: dt.datetime) -> dt.datetime:
    """Read a day as its last microsecond, or as now while it lasts; anything else as an instant."""
    try:
        if not re.fullmatch(DAY, text):
            return _come(dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC), now)
        day = dt.date.fromisoformat(text)
        if day == legal_day(now):
            return now
        end = dt.datetime.combine(day, dt.time.max, SHANGHAI)
        return _come(end.astimezone(dt.UTC), now)
    except (ValueError, OverflowError) as error:
        raise BAD_AS_OF from error


def _come(when: dt.datetime, now: dt.datetime) -> dt.datetime:
    if when > now:
        raise NOT_YET
    return when
