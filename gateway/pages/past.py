"""Looking back: a page as of a day. Its links look back too, and it offers nothing to do."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from services.chassis.workdays import legal_day

AS_OF = "as_of"
LINK = re.compile(r'<a\b[^>]*?href="(?P<path>/[^"?#]*)?(?P<query>\?[^"#]*)?(?P<rest>#[^"]*)?"[^>]*>')
FORM = re.compile(r'<form\b[^>]*method="get"[^>]*>')
NOW = "data-now"
"""Marks the links and forms of a page that lead back to the present, or to another day."""


def present(request: Request) -> str:
    """Give the address of the same page of the present."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != AS_OF]
    return f"{request.url.path}?{urlencode(query)}" if query else request.url.path


def told(house: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what a page's head says at the moment an answer tells of, and all positions told so far."""
    when = parsedate_to_datetime(answer["memento-datetime"])
    stands = {*house.get("stands", ()), *answer.get("mandate-position", "").split(", ")} - {""}
    newest = dict(sorted(((each.rpartition("/")[0], each) for each in stands), key=lambda pair: pair[1]))
    return {
        **house, "now": when.isoformat(), "today": legal_day(when).isoformat(),
        "stands": sorted(newest.values()), "present": house.get("present", house["today"]),
    }  # fmt: skip


def carried(html: str, congress: str, as_of: str) -> str:
    """Let every link within the congress, and every form that only asks, keep the day."""

    def linked(found: re.Match[str]) -> str:
        path, query, tag = found["path"] or "", found["query"] or "", found[0]
        inside = path == f"/{congress}" or path.startswith(f"/{congress}/") or (query and not path)
        if not inside or NOW in tag:
            return tag
        more = f"{query}&amp;" if query else "?"
        end = found.end("query") if query else found.end("path")
        start = found.start("query") if query else end
        at = found.start()
        return f"{tag[: start - at]}{more}{AS_OF}={quote(as_of, safe='/,')}{tag[end - at :]}"

    hidden = f'<input type="hidden" name="{AS_OF}" value="{escape(as_of)}">'
    html = LINK.sub(linked, html)
    return FORM.sub(lambda found: found[0] if NOW in found[0] else found[0] + hidden, html)
