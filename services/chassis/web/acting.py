"""`Act` over HTTP: token, key, body, decision, receipt."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from events.journal.moving import LedgerClosed
from events.journal.port import EntryTooLarge, JournalBroken, JournalFull, Once
from events.vault.port import VaultBusy
from services.chassis import metrics, problems
from services.chassis.asking import Ask, Done, Target
from services.chassis.shapes import Command, Ids, Reader, Refusal
from services.chassis.web import reading
from services.chassis.web.answers import Json
from services.chassis.web.desk import Desk
from services.chassis.web.routes import Act


class ReceiptBody(TypedDict):
    """The entries of one commit, and the hash of the last: what the caller keeps."""

    ledger: str
    first: int
    last: int
    hash: str
    recorded: str


class Decided(TypedDict, total=False):
    """What a command came to: `thing` is the id in paths. `receipt` is null when nothing was to be done."""

    id: str
    thing: str
    version: int
    position: str
    receipt: ReceiptBody | None
    code: str


async def act(route: Act, desk: Desk, request: Request) -> Response:
    """Do what is asked and answer with the receipt, or say no."""
    params = reading.path(request)
    congress = params["congress"]
    reader = reading.caller(request, desk.tokens, congress, desk.service)
    key, raw = reading.key(request), await reading.body(request)
    command = reading.command(route.command, raw)
    ask = _ask(route, request, reader, Once(
        f"{reader.role}/{reader.id} {route.operation}", key,
        reading.fingerprint(route.operation, params, raw),
    ))  # fmt: skip
    try:
        target = await _sought(route, desk, request) if route.seek else _target(route, request)
        outcome = await desk.handling.handle(route.decider, command, target, ask)
    except (JournalFull, JournalBroken, VaultBusy) as error:
        raise problems.FULL from error
    except LedgerClosed as error:
        raise problems.closed(error) from error
    except EntryTooLarge as error:
        raise problems.TOO_LARGE from error
    metrics.COMMANDS.labels(route.operation, type(outcome).__name__).inc()
    if isinstance(outcome, Refusal):
        metrics.REFUSALS.labels(outcome.code).inc()
        raise problems.refused(outcome)
    return _answer(route, outcome)


def _ask(route: Act, request: Request, reader: Reader, once: Once) -> Ask:
    return Ask(
        reader.congress, f"{reader.role}/{reader.id}", reader.holds, once,
        correlation=reading.correlation(request, once),
        trace=reading.trace(request),
        if_match=reading.if_match(request, demanded=route.decision),
        at_least=reading.at_least(request),
        creates=creates(route),
    )  # fmt: skip


def creates(route: Act) -> bool:
    """Tell whether a route makes new things."""
    return route.creates or (route.stream is None and "{id}" not in route.path)


def _target(route: Act, request: Request) -> Target:
    kind, params = route.decider.kind, request.path_params

    def target(command: Command, ids: Ids) -> str:
        if route.stream is not None:
            return route.stream(command, ids, params)
        return f"{kind}/{params['id']}" if "id" in params else f"{kind}/{ids.new()}"

    return target


async def _sought(route: Act, desk: Desk, request: Request) -> Target:
    assert route.seek is not None  # noqa: S101 - the caller looked
    stream = await route.seek(desk, request.path_params, reading.at_least(request))
    return lambda _command, _ids: stream


def _answer(route: Act, done: Done) -> Response:
    receipt = done.receipt
    body: dict[str, Any] = {
        "id": done.stream,
        "thing": done.stream.partition("/")[2],
        "version": done.version,
        "position": done.position,
        "receipt": receipt and {
            "ledger": receipt.ledger, "first": receipt.first, "last": receipt.last,
            "hash": receipt.hash, "recorded": receipt.recorded,
        },
    }  # fmt: skip
    if route.code and receipt:
        body["code"] = done.code
    headers = {"Mandate-Position": done.position, "ETag": f'"{done.version}"', "Cache-Control": "no-store"}
    return Json(body, 201 if creates(route) and receipt else 200, headers)
