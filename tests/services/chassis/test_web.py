"""Requests are read strictly: each fault has its status, and none is ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from events.journal import group
from events.journal.port import JournalFull
from services.chassis import referring
from services.chassis.web.reading import MOST_BYTES
from tests.cast import CITIZEN, CLERK, COSIGNER, LEAD
from tests.services.chassis.front import LIST, WORDS, Front, front
from tests.world import CONGRESS

pytestmark = pytest.mark.timeout(30)
DEEP = 100_000 // 4


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Front]:
    """The suggestions service, asked directly."""
    async with front(tmp_path) as opened:
        yield opened


def demand(answer: httpx2.Response, status: int, code: str) -> None:
    """Demand this problem, in the form of all problems."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, f"/problems/{code}")
    assert body["title"].endswith("。")


async def nothing_was_written(door: Front) -> None:
    """Demand that no ledger of suggestions has begun."""
    heads = await door.at_work.ports.journal.heads("suggestions/")
    assert heads == {}


UNREADABLE = {
    "empty": b"", "no-json": b"title=x", "half": WORDS[:-1], "more": WORDS + b"{}",
    "array-half": b"[", "single-quotes": b"{'title':'x','text':'y'}", "comma": WORDS[:-1] + b",}",
    "comment": b"/**/" + WORDS, "twice": b'{"title":"a","title":"b","text":"c"}',
    "twice-deep": b'{"title":"a","text":"b","x":{"y":1,"y":2}}',
    "nan": b'{"title":NaN,"text":"x"}', "infinity": b'{"title":Infinity,"text":"x"}',
    "minus-infinity": b'{"title":-Infinity,"text":"x"}', "overflow": b'{"title":1e400,"text":"x"}',
    "float": b'{"title":1.5,"text":"x"}', "exponent": b'{"title":1e2,"text":"x"}',
    "not-utf-8": b'{"title":"\xff","text":"x"}', "utf-8-overlong": b'{"title":"\xc0\xaf","text":"x"}',
    "utf-8-surrogate": b'{"title":"\xed\xa0\x80","text":"x"}', "bom": b"\xef\xbb\xbf" + WORDS,
    "utf-16": WORDS.decode().encode("utf-16"), "utf-16-le": WORDS.decode().encode("utf-16-le"),
    "utf-32": WORDS.decode().encode("utf-32"), "gbk": WORDS.decode().encode("gbk"),
    "control": b'{"title":"a\x00b","text":"x"}', "line": b'{"title":"a\nb","text":"x"}',
    "deep": b"[" * DEEP, "deep-object": b'{"a":' * 10_000, "digits": b'{"title":' + b"9" * 5000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_no_json_of_ours(door: Front, body: bytes) -> None:
    """What is no UTF-8 JSON without floats and doubled keys: 400."""
    demand(await door.post(LIST, body), 400, "unreadable")
    await nothing_was_written(door)


MISSHAPEN = {
    "array": b"[]", "text": b'"x"', "null": b"null", "number": b"7", "nothing": b"{}",
    "number-as-text": b'{"title":7,"text":"x"}', "unknown": WORDS[:-1] + b',"lead":"mandate/3-li"}',
    "null-text": b'{"title":"x","text":null}', "object": b'{"title":{"record":"x"},"text":"x"}',
    "surrogate": b'{"title":"\\ud800","text":"x"}', "pair-torn": b'{"title":"\\udc00\\ud800","text":"x"}',
    "surrogate-key": b'{"\\ud800":"x","title":"x","text":"x"}',
    "null-character": b'{"title":"\\u0000","text":"x"}', "bidi": b'{"title":"a\\u202eb","text":"x"}',
    "blank": b'{"title":"\\u3000 ","text":"x"}', "empty": b'{"title":"","text":"x"}',
    "long": b'{"title":"' + b"x" * 121 + b'","text":"x"}',
    "big": b'{"title":"x","text":"' + b"x" * 8001 + b'"}',
    "deep": b'{"title":' + b"[" * 300 + b"]" * 300 + b',"text":"x"}',
    "sealed": b'{"title":{"text":"x","reference":null,"length":1},"text":"x"}',
}  # fmt: skip


@pytest.mark.parametrize("body", MISSHAPEN.values(), ids=MISSHAPEN)
async def test_the_wrong_shape(door: Front, body: bytes) -> None:
    """JSON that is not the command: 422, with the fields and without what was sent."""
    answer = await door.post(LIST, body)
    demand(answer, 422, "wrong-shape")
    assert answer.json()["errors"]
    assert "input" not in answer.json()["errors"][0]
    await nothing_was_written(door)


async def parts(count: int, of: int) -> AsyncIterator[bytes]:
    """Give a body piece by piece, without saying how long it will be."""
    for _ in range(count):
        yield b" " * of


async def test_too_large(door: Front) -> None:
    """Above 60,000 bytes: 413, whether its length is announced or not; as many are read."""
    demand(await door.post(LIST, b" " * (MOST_BYTES + 1)), 413, "too-large")
    demand(await door.post(LIST, parts(1025, 64)), 413, "too-large")
    demand(await door.post(LIST, parts(2, 10_000_000)), 413, "too-large")
    padded = WORDS + b" " * (MOST_BYTES - len(WORDS))
    assert (await door.post(LIST, padded)).status_code == 201


async def test_a_body_in_pieces(door: Front) -> None:
    """A sound body may come in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(WORDS), 7):
            yield WORDS[start : start + 7]

    assert (await door.post(LIST, pieces())).status_code == 201


@pytest.mark.parametrize(
    "content", ["text/plain", "application/xml", "multipart/form-data", "application/jsonp", ""]
)
async def test_another_kind_of_body(door: Front, content: str) -> None:
    """What says that it is no JSON is not read: 400."""
    demand(await door.post(LIST, WORDS, content_type=content), 400, "unreadable")


@pytest.mark.parametrize("content", ["application/json; charset=utf-8", "Application/JSON", None])
async def test_kinds_of_json(door: Front, content: str | None) -> None:
    """JSON with a charset, in capitals or unsaid is JSON."""
    assert (await door.post(LIST, WORDS, content_type=content)).status_code == 201


@pytest.mark.parametrize("key", [None, "", "short", "x" * 129, "with blanks in it!", "del\x7f" * 8])
async def test_no_sound_key(door: Front, key: str | None) -> None:
    """A command needs an Idempotency-Key of 16 to 128 visible characters: 400."""
    demand(await door.post(LIST, WORDS, idempotency_key=key), 400, "idempotency-key-missing")


@pytest.mark.parametrize(
    "etag", ["", "1", "*", '"x"', '"-1"', 'W/"1"', '"1","2"', '"1', '"12345678901"', '""']
)
async def test_no_sound_etag(door: Front, etag: str) -> None:
    """An If-Match that names no version: 400."""
    path = await door.drafted()
    await door.post(f"{path}/submission")
    body = b'{"category":"x"}'
    demand(await door.post(f"{path}/admission", body, CLERK, if_match=etag), 400, "header-unreadable")


async def test_stale_and_unsaid(door: Front) -> None:
    """A stale If-Match: 412; a decision without one: 428; with the present one: done."""
    path, body = await door.drafted(), b'{"category":"x"}'
    etag = (await door.post(f"{path}/submission")).headers["etag"]
    demand(await door.post(f"{path}/admission", body, CLERK, if_match='"1"'), 412, "stale")
    demand(await door.post(f"{path}/admission", body, CLERK), 428, "if-match-required")
    assert (await door.post(f"{path}/admission", body, CLERK, if_match=etag)).status_code == 200


@pytest.mark.parametrize(
    "position",
    [
        "x", "suggestions/630200", "suggestions/630200/0", "suggestions/630200/01",
        "suggestions/630200/-1", "suggestions/630200/12345678901", "Suggestions/630200/1",
        "suggestions/63/1", "suggestions/630200/1 deputies/630200/1", "suggestions/630200/1;",
        f"supervision/{CONGRESS}/1", f"suggestions/{CONGRESS}0/1", "../630200/1", ",",
    ],
)  # fmt: skip
async def test_no_sound_position(door: Front, position: str) -> None:
    """A Mandate-At-Least that names no positions: 400, reading and writing."""
    demand(await door.post(LIST, WORDS, mandate_at_least=position), 400, "header-unreadable")
    answer = await door.get(LIST, mandate_at_least=position)
    demand(answer, 400, "header-unreadable")


@pytest.mark.parametrize("order", [1, -1])
async def test_several_headers_of_positions(door: Front, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several Mandate-At-Least are one list: what was not reached counts in whichever it stands."""
    monkeypatch.setattr(referring, "WAIT_SECONDS", 0.01)

    async def asked(*sequences: int) -> httpx2.Response:
        headers = [("authorization", f"Bearer {door.token()}"), ("idempotency-key", "several" * 3)]
        headers += [("mandate-at-least", f"deputies/{CONGRESS}/{each}") for each in sequences[::order]]
        return await door.client.post(LIST, content=WORDS, headers=headers)

    demand(await asked(1, 9999), 503, "references-behind")
    assert (await asked(*[1, 2] * 50)).status_code == 201


@pytest.mark.parametrize("congress", ["630202", f"{CONGRESS}001", "999999"])
async def test_a_position_elsewhere(door: Front, congress: str) -> None:
    """How far the ledger of another congress is, is told to nobody who asks in this one: 422."""
    path = await door.drafted()
    for sequence in (1, 9999):
        position = f"deputies/{CONGRESS}/1, suggestions/{congress}/{sequence}"
        demand(await door.post(LIST, WORDS, mandate_at_least=position), 422, "position-elsewhere")
        demand(await door.get(path, mandate_at_least=position), 422, "position-elsewhere")
        demand(await door.get(LIST, CLERK, mandate_at_least=position), 422, "position-elsewhere")


async def test_an_entry_too_large(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is small enough, but would make an entry that is not: 413, and nothing is written."""
    monkeypatch.setattr(group, "MOST_BYTES", 500)
    demand(await door.post(LIST, WORDS), 413, "too-large")
    await nothing_was_written(door)


async def test_absent_things(door: Front) -> None:
    """What does not exist, could not exist, or is not yours to know: 404, all the same."""
    path = await door.drafted()
    for each in (f"{LIST}/nobody", f"{LIST}/NOBODY", f"{LIST}/{'x' * 65}", f"{LIST}/a%00b", "/x/y/z"):
        demand(await door.get(each), 404, "not-found")
    demand(await door.get(path, COSIGNER), 404, "not-found")
    demand(await door.get(f"/{CONGRESS}/ghosts"), 404, "not-found")
    demand(await door.post(f"{LIST}/nobody/submission"), 404, "not-found")
    demand(await door.post(f"{LIST}/%E4%BA%BA/submission"), 404, "not-found")


async def test_not_yours(door: Front) -> None:
    """What is not yours to do, or to list: 403."""
    path = await door.drafted()
    demand(await door.post(f"{path}/submission", who=COSIGNER), 403, "not-lead-deputy")
    demand(await door.get(LIST, CITIZEN), 403, "forbidden")
    demand(await door.get(f"{LIST}/tally?by=stage", CITIZEN), 403, "forbidden")


async def test_a_rule_says_no(door: Front) -> None:
    """A rule's no: 409 with its code, two sentences and its article."""
    path = await door.drafted()
    body = b'{"mandate":"mandate/3-wu"}'
    answer = await door.post(f"{path}/invitations", body)
    demand(answer, 409, "cosigner-not-active")
    assert answer.json()["basis"] == "代表法 第六十一条、第六十二条"
    assert answer.json()["detail"].isascii()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods(door: Front, method: str) -> None:
    """A method that is not offered: 405."""
    headers = {"authorization": f"Bearer {door.token(LEAD)}"}
    demand(await door.client.request(method, LIST, headers=headers), 405, "method-not-allowed")


async def test_reading_and_commanding_are_apart(door: Front) -> None:
    """What is commanded is not read, and what is read is not commanded: 405."""
    path = await door.drafted()
    demand(await door.get(f"{path}/submission"), 405, "method-not-allowed")
    demand(await door.post(path), 405, "method-not-allowed")
    demand(await door.post(f"{LIST}/tally"), 405, "method-not-allowed")


async def test_a_full_journal(door: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too much waits: 503 with Retry-After, and the same request may come again."""

    async def full(*_: object) -> None:
        raise JournalFull

    with monkeypatch.context() as patched:
        patched.setattr(door.at_work.ports.journal, "append", full)
        answer = await door.post(LIST, WORDS, idempotency_key="k" * 16)
    demand(answer, 503, "full")
    assert answer.headers["retry-after"] == "2"
    assert (await door.post(LIST, WORDS, idempotency_key="k" * 16)).status_code == 201


@pytest.mark.parametrize(
    "text", ['"\\' * 8, "{}[]" * 4, "'--;" * 4, "%00%0a" * 3, "x" * 128, "~!@#$%^&*()_+<>?"]
)
async def test_keys_and_ids_of_any_kind(door: Front, text: str) -> None:
    """Visible characters of any kind are a key, and whatever stands beside it breaks nothing."""
    beside = {"x_request_id": text * 9, "traceparent": text, "x_forwarded_for": text}
    answer = await door.post(LIST, WORDS, LEAD, idempotency_key=text, **beside)
    assert answer.status_code == 201, answer.text
    again = await door.post(LIST, WORDS, LEAD, idempotency_key=text, **beside)
    assert again.content == answer.content


async def test_a_request_id_is_only_a_name(door: Front) -> None:
    """A request id names what belongs together; what is no text of ours does not break it."""
    for odd in (b"\xff\xfe", b"\t", b"a" * 5000, b"\x7f\x80"):
        headers = {"authorization": f"Bearer {door.token()}", "content-type": "application/json"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        raw += [(b"x-request-id", odd), (b"idempotency-key", b"k" * 16 + str(len(odd)).encode())]
        answer = await door.client.post(LIST, content=WORDS, headers=raw)
        assert answer.status_code in {201, 400}, answer.text
