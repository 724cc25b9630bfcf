"""Reading at a moment: a route's own code, on the desk of today or on one of the past."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from services.chassis.projecting import sources
from services.chassis.web import moments, reading
from services.chassis.web.desk import Desk
from services.chassis.web.moments import AS_OF, Moment
from services.chassis.web.past import Past

Read = Callable[[Desk, Request], Awaitable[Response]]


async def recall(read: Read, past: Past, request: Request) -> Response:
    """Answer for today, or for the moment that is asked for.

    The present is asked in any case, and first: whoever is refused today is refused the past.
    """
    plain = moments.without(request)
    answer = await read(past.present, plain)
    if (asked := moments.asked(request, past.present.clock.now())) is not None:
        congress = reading.path(request)["congress"]
        answer = await _at(read, past, plain, congress, await past.moment(congress, asked))
    answer.headers["Vary"] = moments.ACCEPT
    return answer


async def _at(read: Read, past: Past, plain: Request, congress: str, moment: Moment) -> Response:
    if (desk := await past.level(congress, moment)) is not None:
        answer = await _told(read, desk, plain, congress, moment)
        if await past.level(congress, moment) is not None:  # nor was anything written meanwhile
            return answer
    async with past.at(congress, moment) as desk:
        return await _told(read, desk, plain, congress, moment)


async def _told(read: Read, desk: Desk, plain: Request, congress: str, moment: Moment) -> Response:
    """Name in the answer the moment, where it can be asked for again, and the positions it stands on."""
    answer = await read(desk, plain)
    stands = dict[str, int]()
    for fold in desk.folds.values():
        for service in sources(fold.view):
            stands[f"{service}/{congress}"] = await fold.marks.fresh(f"{service}/{congress}")
    position = ", ".join(f"{ledger}/{mark}" for ledger, mark in stands.items() if mark)
    same = plain.query_params.multi_items()
    answer.headers.setdefault("Mandate-Position", position)
    answer.headers["Memento-Datetime"] = moment.http
    answer.headers["Content-Location"] = f"?{urlencode([*same, (AS_OF, moment.name)])}"
    answer.headers["Link"] = f'<?{urlencode(same)}>; rel="original timegate"'
    return answer
