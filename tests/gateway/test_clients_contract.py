"""The contract of the clients of services, the same for every adapter."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.clients.http import HttpServices
from gateway.clients.inprocess import InProcess
from gateway.clients.port import Services, Unreachable
from tests.gateway.echo import ROUTES, Caller, scope
from tests.loopback import served

Opening = Callable[[Mapping[str, ASGIApp]], AbstractAsyncContextManager[Services]]


@asynccontextmanager
async def in_process(applications: Mapping[str, ASGIApp]) -> AsyncIterator[Services]:
    """Call the applications directly."""
    yield InProcess(applications)


@asynccontextmanager
async def http(applications: Mapping[str, ASGIApp]) -> AsyncIterator[Services]:
    """Serve the applications on loopback and ask them over HTTP."""
    async with AsyncExitStack() as stack:
        bases = {name: await stack.enter_async_context(served(each)) for name, each in applications.items()}
        services = HttpServices(bases)
        stack.push_async_callback(services.close)
        yield services


ADAPTERS: tuple[Opening, ...] = (in_process, http)


@pytest.fixture(params=ADAPTERS)
async def services(request: pytest.FixtureRequest) -> AsyncIterator[Services]:
    """Connect to the service `echo`."""
    opening: Opening = request.param
    async with opening({"echo": Starlette(routes=ROUTES)}) as opened:
        yield opened


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


async def test_a_body_may_be_large(services: Services) -> None:
    """What does not fit into one gulp goes through in pieces, with its length told or not."""
    piece = b"x" * 50_000
    for header in ((b"transfer-encoding", b"chunked"), (b"content-length", b"200000")):
        sender = Caller(piece, piece, piece, piece)
        await services.forward("echo", scope("POST", "/upload", header), sender.receive, sender.send)
        assert b"".join(sender.bodies) == b"X" * 200_000
        assert len(sender.bodies) > 1


async def test_a_no_may_come_before_the_body(services: Services) -> None:
    """A service that does not look at a large body is heard all the same, and again."""
    for _ in range(2):
        sender = Caller(*[b"x" * 65_536] * 40)
        await services.forward("echo", scope("POST", "/early"), sender.receive, sender.send)
        assert (sender.answered[0]["status"], b"".join(sender.bodies)) == (413, b"no")


async def test_a_forwarded_path_is_not_decoded_twice(services: Services) -> None:
    """The service routes by the very path that the gateway has looked at."""
    path = "/mirror/a%2Fb%252F?海 東#x"
    asked = {**scope("GET", path), "raw_path": b"/elsewhere"}
    caller = Caller()
    await services.forward("echo", asked, caller.receive, caller.send)
    assert json.loads(b"".join(caller.bodies))["named"] == path.removeprefix("/mirror/")


async def test_a_forwarded_fault_is_an_answer_and_half_an_answer_is_none(services: Services) -> None:
    """As when asked: the caller hears 500, or that there is nobody."""
    caller, half = Caller(), Caller()
    await services.forward("echo", scope("GET", "/fault"), caller.receive, caller.send)
    assert caller.answered[0]["status"] == 500
    assert not caller.answered[-1].get("more_body")
    with pytest.raises(Unreachable):
        await services.forward("echo", scope("GET", "/broken"), half.receive, half.send)
    with pytest.raises(KeyError):
        await services.forward("nobody", scope("GET", "/"), caller.receive, caller.send)


async def test_a_caller_who_leaves_ends_the_request(services: Services) -> None:
    """A client gone in the middle of his body, or of the answer, keeps nothing waiting."""
    caller = Caller(b"a", leaves=True)
    asked = scope("POST", "/mirror/a", (b"content-length", b"9"))
    async with asyncio.timeout(5):
        await services.forward("echo", asked, caller.receive, caller.send)
    assert all(message.get("status") != 201 for message in caller.answered)
    hearer = Caller()
    hearer.leave_after(3)
    async with asyncio.timeout(5):
        await services.forward("echo", scope("GET", "/endless"), hearer.receive, hearer.send)
    assert len(hearer.bodies) >= 3
