"""Requests read strictly: headers, query, body. What cannot be read answers 4xx, never 5xx."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request

from events.catalogue.registry import BY_SERVICE
from events.journal.port import Once
from services.chassis import problems
from services.chassis.shapes import Command, Reader
from services.chassis.web.tokens import Tokens
from services.chassis.web.tracing import sound
from services.chassis.words import FORBIDDEN, strict_json

MOST_BYTES = 60_000
KEY = re.compile(r"[\x21-\x7e]{16,128}")
ETAG = re.compile(r'"([0-9]{1,10})"')
POSITION = re.compile(f"({'|'.join(BY_SERVICE)})/([0-9]{{6}}|[0-9]{{9}})/([1-9][0-9]{{0,9}})")
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
QUERY = re.compile(f"[^\x09\x0a{FORBIDDEN}]{{0,400}}")


def caller(request: Request, tokens: Tokens, congress: str, service: str) -> Reader:
    """Give who asks, from the signed token alone."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise problems.WHO
    return tokens.check(token, congress, service)


def path(request: Request) -> Mapping[str, str]:
    """Give the path's parameters; one that no id could be is absent."""
    for value in request.path_params.values():
        if not IDENTIFIER.fullmatch(value):
            raise problems.ABSENT
    return request.path_params


def key(request: Request) -> str:
    """Give the idempotency key, which every command must have."""
    value = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(value):
        raise problems.BAD_KEY
    return value.lower() if UUID.fullmatch(value.lower()) else value


def if_match(request: Request, *, demanded: bool) -> int | None:
    """Give the version the caller has seen; `*` and absence are no condition."""
    value = request.headers.get("if-match")
    if value is None:
        if demanded:
            raise problems.NEEDS_MATCH
        return None
    if value.strip() == "*" and not demanded:
        return None
    if not (found := ETAG.fullmatch(value.strip())):
        raise problems.BAD_HEADER
    return int(found[1])


def at_least(request: Request) -> Sequence[str]:
    """Give the newest position of each ledger that the answer must have seen: all headers are one list.

    Raises:
        Problem: 400 for what names no position, 422 for one of another congress than the path's.

    """
    value = ",".join(request.headers.getlist("mandate-at-least"))
    newest: dict[str, int] = {}
    for each in value.split(",") if value else ():
        if not (found := POSITION.fullmatch(each.strip(" "))):
            raise problems.BAD_HEADER
        service, congress, sequence = found.groups()
        if congress != request.path_params["congress"]:
            raise problems.ELSEWHERE
        ledger = f"{service}/{congress}"
        newest[ledger] = max(newest.get(ledger, 0), int(sequence))
    return [f"{ledger}/{sequence}" for ledger, sequence in newest.items()]


def trace(request: Request) -> str | None:
    """Give the W3C trace context, if there is a sound one."""
    return sound(request.headers.getlist("traceparent"))


def correlation(request: Request, once: Once) -> str:
    """Give what ties the entries of one request together: the caller's UUID, or one of ours.

    A key is a stranger's only secret, so it does not stand in an entry.
    """
    value = request.headers.get("x-request-id", "").lower()
    return (
        value
        if UUID.fullmatch(value)
        else hashlib.sha256(f"{once.scope}\n{once.key}".encode()).hexdigest()[:32]
    )


async def body(request: Request) -> bytes:
    """Give the body, counted as it comes in.

    Raises:
        Problem: 413 above 60,000 bytes, 400 when the client went away or sent no JSON.

    """
    content = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    if content.lower() != "application/json":
        raise problems.UNREADABLE
    parts, size = [], 0
    try:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise problems.TOO_LARGE
    except ClientDisconnect as error:
        raise problems.UNREADABLE from error
    return b"".join(parts)


def command(shape: type[Command], raw: bytes) -> Command:
    """Give the command that a body is."""
    try:
        strict_json(raw)
    except ValueError as error:
        raise problems.UNREADABLE from error
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        raise problems.misshapen(error) from error


def fingerprint(operation: str, params: Mapping[str, str], raw: bytes) -> bytes:
    """Give what makes two requests the same: operation, path and body."""
    where = "\n".join(f"{name}={value}" for name, value in sorted(params.items()))
    return hashlib.sha256(f"{operation}\n{where}\n".encode() + raw).digest()


def query(request: Request, allowed: Sequence[str]) -> Mapping[str, str]:
    """Give the query, each parameter once and known."""
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= set(allowed):
        raise problems.BAD_QUERY
    if not all(QUERY.fullmatch(value) for value in found.values()):
        raise problems.BAD_QUERY
    return found
