"""The API through the front door: who is believed, and what it says of itself."""

import json
import uuid

import pytest

from gateway.api.document import BASE
from gateway.session.sessions import SESSION_COOKIE
from tests.journeys import sound
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit


async def test_a_browsers_cookie_counts_for_nothing(visit: Visit) -> None:
    """Under /api only bearer tokens are believed: a session's cookie makes nobody of its owner."""
    accounts = visit.house.accounts
    account = await accounts.get("staff")
    assert account is not None
    opened = await accounts.open_session(account, account.created)
    assert opened is not None
    answer = await visit.ask(
        NOBODY, "GET", f"{BASE}/{CITY}/suggestions", cookie=f"{SESSION_COOKIE}={opened[0]}"
    )
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "unauthenticated")


async def test_the_document_is_served_as_it_is_merged(visit: Visit) -> None:
    """One OpenAPI 3.1 over all services, and a page that shows it without any outside host."""
    served = await visit.ask(NOBODY, "GET", f"{BASE}/openapi.json")
    assert json.loads(served.body) == json.loads(json.dumps(visit.document))
    for operation in ("", *(f"?operation={each.id}" for each in sound.operations(visit.document))):
        shown = await visit.ask(NOBODY, "GET", f"/api/docs{operation}")
        assert shown.status == 200
        assert b"http://" not in shown.body
        assert b"https://" not in shown.body
    assert (await visit.ask(NOBODY, "GET", "/api/docs?operation=foundCongress")).status == 404


async def test_a_browser_finds_the_houses_sign(visit: Visit) -> None:
    """A picture opened alone has no page that names its icon: the browser asks where it always asks."""
    icon = await visit.ask(NOBODY, "GET", "/favicon.ico")
    assert (icon.status, icon.header("content-type")) == (200, "image/svg+xml")


async def test_a_strangers_key_cannot_be_guessed(visit: Visit) -> None:
    """Without an account a command takes a random UUID for its key, nothing weaker."""
    (give,) = [each for each in sound.operations(visit.document) if each.id == "giveOpinion"]
    body = sound.body(give, visit.document, sound.known(CITY, visit.things[CITY]))
    path = give.at(CITY, visit.things[CITY])
    weak = await visit.ask(NOBODY, "POST", path, body, idempotency_key="0000000000000000000001")
    assert (weak.status, json.loads(weak.body)["code"]) == (400, "idempotency-key-missing")
    good = await visit.ask(NOBODY, "POST", path, body, idempotency_key=str(uuid.uuid4()))
    assert good.status == 201
    receipt = await visit.ask(NOBODY, "GET", f"{BASE}/{CITY}/receipts/{json.loads(good.body)['code']}")
    assert receipt.status in {200, 404}


async def test_a_congress_that_is_not_there_leaves_no_trace(visit: Visit) -> None:
    """A stranger's guess of a congress is absent, and nothing is made for it."""
    for code in ("999999", "123456", "630200001"):
        answer = await visit.ask(
            NOBODY, "POST", f"{BASE}/{code}/opinions", {}, idempotency_key=str(uuid.uuid4())
        )
        assert answer.status == 404
    assert not {name for name in await visit.heads() if name.partition("/")[2] not in {CITY, DISTRICT}}


@pytest.mark.parametrize("order", [1, -1])
async def test_every_position_named_reaches_the_service(visit: Visit, order: int) -> None:
    """Of several Mandate-At-Least none is lost on the way, and the house's own make none too many."""
    (give,) = [each for each in sound.operations(visit.document) if each.id == "giveOpinion"]
    body = json.dumps(sound.body(give, visit.document, sound.known(CITY, visit.things[CITY]))).encode()
    heads = (await visit.heads()).items()
    here = [f"{ledger}/{head}" for ledger, head in heads if ledger.endswith(f"/{CITY}")]
    for ledger, _, sequence in (each.rpartition("/") for each in here):
        visit.house.front.answered(CITY, f"{ledger}/{sequence}")

    async def asked(*positions: str) -> int:
        sent = [("mandate-at-least", each) for each in positions[::order]]
        sent += [("idempotency-key", str(uuid.uuid4())), ("content-type", "application/json")]
        path = give.at(CITY, visit.things[CITY])
        return (await visit.app.ask("door", "POST", path, token="", headers=sent, body=body)).status

    assert len(here) == 4
    assert await asked(*here, ", ".join(here * 8)) == 201
    assert await asked(*here, f"deputies/{DISTRICT}/1") == 422
