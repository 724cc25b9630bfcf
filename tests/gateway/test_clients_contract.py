"""The contract of the clients of services, the same for every adapter."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from gateway.clients.inprocess import InProcess
from gateway.clients.port import Services, Unreachable

Opening = Callable[[Mapping[str, ASGIApp]], Services]
ADAPTERS: tuple[Opening, ...] = (InProcess,)


async def mirror(request: Request) -> JSONResponse:
    """Tell what arrived."""
    told = {
        "method": request.method,
        "path": request.url.path,
        "raw": request.scope["raw_path"].decode(),
        "named": request.path_params["name"],
        "query": request.query_params.multi_items(),
        "headers": request.headers.items(),
        "body": (await request.body()).decode(),
    }
    return JSONResponse(told, status_code=201)


async def repeated(_: Request) -> Response:
    """Answer with headers of one name."""
    response = Response(b"\x00\xff", headers={"X-Position": "a/1"})
    response.headers.append("X-Position", "b/2")
    return response


async def stream(_: Request) -> StreamingResponse:
    """Answer in three pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"one ", b"two ", b"three"):
            await asyncio.sleep(0)
            yield piece

    return StreamingResponse(pieces())


async def broken(_: Request) -> StreamingResponse:
    """Break off within the answer."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        raise RuntimeError

    return StreamingResponse(pieces())


async def fault(_: Request) -> Response:
    """Fail before there is an answer."""
    raise RuntimeError


async def upload(request: Request) -> Response:
    """Answer each piece of the body as it comes."""

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in request.stream():
            yield piece.upper()

    return StreamingResponse(pieces())


async def nothing(_: Request) -> Response:
    """Answer without a body."""
    return Response(status_code=204)


ROUTES = [
    Route("/mirror/{name:path}", mirror, methods=["GET", "POST", "PUT"]),
    *(Route(f"/{f.__name__}", f) for f in (repeated, stream, broken, fault, nothing)),
    Route("/upload", upload, methods=["POST"]),
]


@pytest.fixture(params=ADAPTERS)
def services(request: pytest.FixtureRequest) -> Services:
    """Connect to the service `echo`."""
    opening: Opening = request.param
    return opening({"echo": Starlette(routes=ROUTES)})


class Caller:
    """A client of the gateway, as a server would show it: sends pieces, gathers the answer."""

    def __init__(self, *pieces: bytes, leaves: bool = False) -> None:
        self.answered: list[Message] = []
        self._pieces, self._leaves = list(pieces) or [b""], leaves
        self._silence = asyncio.Event()

    async def receive(self) -> Message:
        if not self._pieces:
            if not self._leaves:
                await self._silence.wait()
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {
            "type": "http.request",
            "body": piece,
            "more_body": bool(self._pieces) or self._leaves,
        }

    async def send(self, message: Message) -> None:
        self.answered.append(message)

    @property
    def bodies(self) -> list[bytes]:
        return [m["body"] for m in self.answered if m["type"] == "http.response.body" and m["body"]]


def scope(method: str, path: str, *headers: tuple[bytes, bytes], query: bytes = b"") -> Scope:
    """Make the scope of a request that has come through the gateway's own routing."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "/outer",
        "query_string": query,
        "headers": list(headers),
        "client": ("203.0.113.9", 1),
        "server": ("house", 80),
        "path_params": {"name": "gateway"},
        "state": {"gateway": True},
    }


async def test_a_question_arrives_whole(services: Services) -> None:
    """Method, headers and body arrive; the token is the only credential."""
    claimed = [("Authorization", "Bearer forged"), ("X-Key", "1"), ("x-key", "2")]
    answer = await services.ask(
        "echo", "PUT", "/mirror/a", token="signed", headers=claimed, body="议案".encode()
    )
    assert answer.status == 201
    assert answer.header("content-type") == "application/json"
    told = json.loads(answer.body)
    assert (told["method"], told["body"]) == ("PUT", "议案")
    for name, values in {"authorization": ["Bearer signed"], "x-key": ["1", "2"]}.items():
        assert [value for key, value in told["headers"] if key == name] == values


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/mirror/海东?届=三&q=a%26b&q=", "/mirror/海东", [["届", "三"], ["q", "a&b"], ["q", ""]]),
        ("/mirror/%E6%B5%B7%E4%B8%9C", "/mirror/海东", []),
        ("/mirror/a%20b%2Fc d?q=1+2?3", "/mirror/a b/c d", [["q", "1 2?3"]]),
        ("/mirror/", "/mirror/", []),
    ],
)
async def test_paths_and_queries_in_any_script_arrive(
    services: Services, target: str, path: str, query: list[list[str]]
) -> None:
    """What is encoded stays so, what stands outside ASCII is encoded as UTF-8."""
    answer = await services.ask("echo", "GET", target, token="signed")
    told = json.loads(answer.body)
    assert (told["named"], told["query"]) == (path.removeprefix("/mirror/"), query)
    assert told["raw"].isascii()
    assert "?" not in told["raw"]


async def test_an_answer_comes_whole(services: Services) -> None:
    """Status, repeated headers and bytes come as they are; a stream is gathered."""
    answer = await services.ask("echo", "GET", "/repeated", token="signed")
    assert (answer.status, answer.body) == (200, b"\x00\xff")
    assert (answer.header("x-position"), answer.all("x-position")) == ("a/1", ["a/1", "b/2"])
    assert answer.header("absent") is None
    streamed = await services.ask("echo", "GET", "/stream", token="signed")
    assert streamed.body == b"one two three"
    empty = await services.ask("echo", "GET", "/nothing", token="signed")
    assert (empty.status, empty.body) == (204, b"")
    head = await services.ask("echo", "HEAD", "/repeated", token="signed")
    assert (head.status, head.header("content-length")) == (200, "2")
    assert (await services.ask("echo", "GET", "/absent", token="signed")).status == 404


async def test_a_fault_is_an_answer_and_half_an_answer_is_none(services: Services) -> None:
    """A service that fails answers 500; one that breaks off is unreachable."""
    assert (await services.ask("echo", "GET", "/fault", token="signed")).status == 500
    with pytest.raises(Unreachable):
        await services.ask("echo", "GET", "/broken", token="signed")
    with pytest.raises(KeyError):
        await services.ask("nobody", "GET", "/", token="signed")


async def test_a_forwarded_request_passes_as_it_stands(services: Services) -> None:
    """Path, query, headers and body are the scope's; nothing of the gateway's routing shows."""
    caller = Caller("議".encode()[:2], "議".encode()[2:])
    asked = scope("POST", "/mirror/b", (b"x-key", b"1"), (b"x-key", b"2"), query=b"q=%E4%B8%89")
    asked["headers"] += [(b"content-length", b"3")]
    before = {**asked}
    await services.forward("echo", asked, caller.receive, caller.send)
    assert asked == before
    told = json.loads(b"".join(caller.bodies))
    assert (told["method"], told["path"], told["named"]) == ("POST", "/mirror/b", "b")
    assert (told["query"], told["body"]) == ([["q", "三"]], "議")
    assert [value for key, value in told["headers"] if key == "x-key"] == ["1", "2"]
    assert caller.answered[0]["status"] == 201


async def test_forwarded_answers_keep_repeated_headers(services: Services) -> None:
    """Two headers of one name stay two."""
    caller = Caller()
    await services.forward("echo", scope("GET", "/repeated"), caller.receive, caller.send)
    headers = caller.answered[0]["headers"]
    assert [value for name, value in headers if name == b"x-position"] == [b"a/1", b"b/2"]
    assert caller.bodies == [b"\x00\xff"]


async def test_a_forwarded_stream_flows_both_ways(services: Services) -> None:
    """Nothing is held back until the end: pieces go through as they come."""
    caller = Caller()
    await services.forward("echo", scope("GET", "/stream"), caller.receive, caller.send)
    assert b"".join(caller.bodies) == b"one two three"
    assert len(caller.bodies) > 1
    sender = Caller(b"a", b"b", b"c")
    asked = scope("POST", "/upload", (b"transfer-encoding", b"chunked"))
    await services.forward("echo", asked, sender.receive, sender.send)
    assert b"".join(sender.bodies) == b"ABC"


async def test_a_caller_who_leaves_ends_the_request(services: Services) -> None:
    """A client gone in the middle of his body keeps nothing waiting."""
    caller = Caller(b"a", leaves=True)
    asked = scope("POST", "/mirror/a", (b"content-length", b"9"))
    async with asyncio.timeout(5):
        with contextlib.suppress(ClientDisconnect):
            await services.forward("echo", asked, caller.receive, caller.send)
    assert all(message.get("status") != 201 for message in caller.answered)
