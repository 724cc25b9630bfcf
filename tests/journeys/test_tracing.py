"""Every entry written through the front door has a trace: the caller's own, or one of its command."""

import secrets
import uuid
from collections.abc import Mapping

import httpx2
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from events.catalogue.envelope import Entry
from gateway.api.document import BASE
from services.chassis.web.tracing import SOUND
from tests.journeys.test_forms import Browser
from tests.journeys.visiting import CITY, NOBODY, Visit

OWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
UNSOUND = (
    "", "00-1-2-01", OWN.upper(), f"01{OWN[2:]}", f"00-{'0' * 32}-00f067aa0ba902b7-01",
    f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01", f"{OWN}-", f"{OWN}, {OWN}",
)  # fmt: skip
LEDGER = f"liaison/{CITY}"


async def written(visit: Visit, after: int) -> list[Entry]:
    """Give what the ledger of opinions holds above a sequence."""
    return [Entry(raw) for raw in await visit.house.journal.fetch(LEDGER, after, 100)]


async def given(visit: Visit, **headers: str) -> Entry:
    """Give an opinion through the API; give its entry."""
    before, station = (await visit.heads())[LEDGER], visit.things[CITY]["stations"]
    body: Mapping[str, object] = {"station": station, "words": "示例：井盖松了。", "anonymous": True}
    answer = await visit.ask(
        NOBODY, "POST", f"{BASE}/{CITY}/opinions", body, idempotency_key=str(uuid.uuid4()), **headers
    )
    assert answer.status == 201, answer.body
    (entry,) = await written(visit, before)
    return entry


async def test_a_sound_trace_goes_through(visit: Visit) -> None:
    """What the client's own system began goes on in the entry, byte by byte."""
    assert (await given(visit, traceparent=OWN)).traceparent == OWN


@pytest.mark.parametrize("told", UNSOUND)
async def test_an_unsound_trace_is_replaced(visit: Visit, told: str) -> None:
    """What is no trace reaches no entry; the command gets one of its own."""
    trace = str((await given(visit, traceparent=told)).traceparent)
    assert SOUND.fullmatch(trace)
    assert trace[3:35] not in told.lower()


async def test_each_command_has_its_own_trace(visit: Visit) -> None:
    """Without a trace told, each command begins one."""
    traces = {(await given(visit)).traceparent for _ in range(3)}
    assert len(traces) == 3
    assert all(SOUND.fullmatch(str(each)) for each in traces)


@pytest.mark.parametrize("told", [OWN, None])
async def test_a_form_is_traced_too(visit: Visit, told: str | None) -> None:
    """A page's command has a trace like one of the API."""
    transport = httpx2.ASGITransport(visit.house.app)
    headers = {"traceparent": told} if told else {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://door", headers=headers) as client:
        browser = Browser(client, f"/{CITY}/stations/{visit.things[CITY]['stations']}/opinion")
        await browser.open()
        before = (await visit.heads())[LEDGER]
        assert (await browser.send()).status_code == 303
    (entry,) = await written(visit, before)
    assert SOUND.fullmatch(str(entry.traceparent))
    assert told in {None, entry.traceparent}


async def test_log_lines_of_a_request_tell_its_trace(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks is found again by the trace that the client knows."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched, capture_logs([merge_contextvars]) as logs:
        patched.setattr(visit.house.journal, "append", broken)
        body = {"station": visit.things[CITY]["stations"], "words": secrets.token_hex(4), "anonymous": True}
        answer = await visit.ask(
            NOBODY, "POST", f"{BASE}/{CITY}/opinions", body, idempotency_key=str(uuid.uuid4()),
            traceparent=OWN,
        )  # fmt: skip
    assert answer.status == 500
    assert [(each["event"], each["trace"]) for each in logs] == [("request broke", OWN)]
