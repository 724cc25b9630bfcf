"""Bad input against every command: a clear no by the table, and nothing written."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.clients.port import Answer
from tests.journeys import sound
from tests.journeys.sound import Operation
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit, Visitor

HAN = re.compile("[\u4e00-\u9fff]")
UNREADABLE: Mapping[str, bytes] = {
    "nothing": b"",
    "cut short": b'{"text": "a',
    "no JSON": b"text=a",
    "invalid UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "a BOM": b"\xef\xbb\xbf{}",
    "NaN": b'{"minutes": NaN}',
    "infinity": b'{"minutes": 1e400}',
    "a float": b'{"minutes": 1.5}',
    "a key twice": b'{"text": "a", "text": "b"}',
    "too deep": b"[" * 5_000 + b"]" * 5_000,
}
MISSHAPEN: Mapping[str, bytes] = {
    "a list": b"[]",
    "a text": b'"text"',
    "null": b"null",
    "an unknown field": b'{"nobody_knows_this": 1}',
    "a lone surrogate": b'{"nobody_knows_this": "\\ud800"}',
}
WRONG: tuple[Any, ...] = (None, 7, True, [], {}, "", "\u202e", "2025-02-30", "x" * 70_000)
"""Values that no field takes: each fits at most a few of them, and never all."""


def commands(visit: Visit) -> Iterator[tuple[Operation, Visitor]]:
    """Give every command with somebody of the city who may send it."""
    for operation in sound.operations(visit.document):
        if operation.method == "POST":
            roles = sorted(operation.roles - {"citizen"})
            yield operation, NOBODY if operation.public else visit.who(CITY, roles[0])


async def send(visit: Visit, operation: Operation, who: Visitor, body: bytes, **headers: str) -> Answer:
    """Send a body to a real thing of the city, with a fresh key and some ETag."""
    path = operation.at(CITY, visit.things[CITY])
    sent = {"idempotency_key": str(uuid.uuid4()), "if_match": '"1"', **headers}
    return await visit.ask(who, "POST", path, body, **{name: each for name, each in sent.items() if each})


def no(answer: Answer, *statuses: int) -> str:
    """Demand a problem by the table, said in both languages; give its code."""
    assert answer.status in statuses, (answer.status, answer.body.decode()[:300])
    assert answer.header("content-type") == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == answer.status
    assert HAN.search(problem["title"])
    assert problem["detail"].isascii()
    return str(problem["code"])


async def test_what_cannot_be_read_is_400(visit: Visit) -> None:
    """Malformed JSON and UTF-8, duplicate keys, NaN and floats: 400, and nothing is written."""
    before = await visit.heads()
    for operation, who in commands(visit):
        for body in UNREADABLE.values():
            assert no(await send(visit, operation, who, body), 400) == "unreadable"
    assert await visit.heads() == before


async def test_a_wrong_shape_is_422(visit: Visit) -> None:
    """Unknown fields, wrong types, lone surrogates: 422 that names the fields, not what was sent."""
    before = await visit.heads()
    for operation, who in commands(visit):
        for body in MISSHAPEN.values():
            assert no(await send(visit, operation, who, body), 422) == "wrong-shape"
    assert await visit.heads() == before


async def test_a_wrong_field_is_422(visit: Visit) -> None:
    """Each field of a sound body in turn with values of other kinds: never a 5xx, never a write."""
    before, values = await visit.heads(), sound.known(CITY, visit.things[CITY])
    for operation, who in commands(visit):
        body = sound.body(operation, visit.document, values)
        for name in body:
            for wrong in WRONG:
                raw = json.dumps({**body, name: wrong, "nobody_knows_this": 0}).encode()
                no(await send(visit, operation, who, raw), 422, 413)
    assert await visit.heads() == before


async def test_too_large_is_413(visit: Visit) -> None:
    """More than 64 KiB: 413 before anything is parsed."""
    for operation, who in commands(visit):
        assert no(await send(visit, operation, who, b" " * (64 * 1024 + 1)), 413) == "too-large"


async def test_a_key_is_needed(visit: Visit) -> None:
    """Without an Idempotency-Key, or with one that could be guessed: 400."""
    for operation, who in commands(visit):
        for key in ("", "short", "with space " * 2, "é" * 20):
            answer = await send(visit, operation, who, b"{}", idempotency_key=key)
            assert no(answer, 400) in {"idempotency-key-missing", "header-unreadable"}


async def test_an_etag_is_well_formed(visit: Visit) -> None:
    """An If-Match that is no ETag of ours: 400; none where one is demanded: 428."""
    values = sound.known(CITY, visit.things[CITY])
    for operation, who in commands(visit):
        body = json.dumps(sound.body(operation, visit.document, values)).encode()
        demanded = any(
            each["name"] == "If-Match" and each["required"] for each in operation.document["parameters"]
        )
        if demanded:
            assert no(await send(visit, operation, who, body, if_match=""), 428) == "if-match-required"
            assert no(await send(visit, operation, who, body, if_match="1"), 400) == "header-unreadable"


async def test_an_unknown_id_is_absent(visit: Visit) -> None:
    """A command to a thing that is not there: 404, like one that is not yours to know."""
    values = sound.known(CITY, visit.things[CITY])
    for operation, who in commands(visit):
        if operation.kind and not operation.public:
            things = {**visit.things[CITY], operation.kind: "nobody-knows-me"}
            body = sound.body(operation, visit.document, values)
            sent = {"idempotency_key": str(uuid.uuid4()), "if_match": '"1"'}
            no(await visit.ask(who, "POST", operation.at(CITY, things), body, **sent), 404, 412)


async def test_a_foreign_congress_is_absent(visit: Visit) -> None:
    """A command to another congress: 404 for its people's sake, 403 or 401 never a write."""
    before = await visit.heads()
    for operation, who in commands(visit):
        if not operation.public:
            path = operation.at(DISTRICT, visit.things[DISTRICT])
            sent = {"idempotency_key": str(uuid.uuid4()), "if_match": '"1"'}
            no(await visit.ask(who, "POST", path, b"{}", **sent), 404)
    assert await visit.heads() == before
