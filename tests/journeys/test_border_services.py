"""Behind the door: a service believes the gateway's signed token, meant for it, and nothing else."""

import base64
import json
import secrets
import time
from collections.abc import Iterator, Mapping

import pytest

from gateway.clients.inprocess import InProcess
from services.chassis.web import tokens as minting
from services.chassis.web.tokens import Caller, Tokens
from tests.journeys import sound
from tests.journeys.visiting import CITY, DISTRICT, Visit

STAFF = Caller("staff", "x")
CLAIMING = (
    ("mandate-role", "staff"),
    ("x-user", "staff"),
    ("x-forwarded-user", "staff"),
    ("mandate-caller", "staff/x"),
)


def unsigned(service: str) -> str:
    """Give a token that says of itself that it needs no signature."""
    claims = {"iss": "mandate-gateway", "aud": service, "exp": int(time.time()) + 60, "sub": "x",
              "role": "staff", "holds": None, "congress": CITY}  # fmt: skip
    parts = [json.dumps(each).encode() for each in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts) + "."


def forged(visit: Visit, service: str) -> Mapping[str, str]:
    """Give every token that is not the gateway's own for this service and congress."""
    ours, theirs = visit.house.ports.tokens, Tokens(secrets.token_bytes(32))
    other = "training" if service != "training" else "liaison"
    signed = ours.mint(STAFF, CITY, service)
    head, claims, signature = signed.split(".")
    return {
        "none": "", "another key's": theirs.mint(STAFF, CITY, service),
        "another service's": ours.mint(STAFF, CITY, other),
        "another congress's": ours.mint(STAFF, DISTRICT, service),
        "unsigned": unsigned(service), "an API token": visit.who(CITY, "staff").token,
        "cut": f"{head}.{claims}.", "turned": f"{head}.{claims}.{signature[::-1]}",
        "noise": "." * 40, "other than ASCII": "é" * 40,
    }  # fmt: skip


def everything(visit: Visit) -> Iterator[tuple[str, str, str]]:
    """Give service, method and path of every operation, the operator's own too."""
    for each in visit.house.front.operations.by_id.values():
        operation = sound.Operation(each.id, each.method, each.template, frozenset(), each.document)
        yield each.service, each.method, operation.at(CITY, visit.things[CITY])


async def test_forged_callers_are_nobody(visit: Visit) -> None:
    """Asked directly, with any header that claims a caller, every operation answers 401."""
    before, wrong = await visit.heads(), []
    services = InProcess({name: each.app for name, each in visit.house.running.items()})
    headers = [*CLAIMING, ("idempotency-key", "k" * 24), ("if-match", '"1"')]
    for service, method, path in everything(visit):
        for name, token in forged(visit, service).items():
            body = b"{}" if method == "POST" else None
            answer = await services.ask(service, method, path, token=token, headers=headers, body=body)
            if answer.status != 401:
                wrong.append(f"{method} {service}{path} with {name}: {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert await visit.heads() == before


async def test_an_old_token_is_no_token(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller token counts for a minute; after that it is as good as none."""
    monkeypatch.setattr(minting, "LIFETIME", -60)
    old = visit.house.ports.tokens.mint(Caller("staff", "late"), CITY, "deputies")
    services = InProcess({"deputies": visit.house.running["deputies"].app})
    answer = await services.ask("deputies", "GET", f"/{CITY}/people", token=old)
    assert answer.status == 401
