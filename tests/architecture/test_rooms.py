"""The rooms of the house are those of its plan; a word without a room is refused."""

import importlib
import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from events.catalogue.event import Event
from events.catalogue.registry import CATALOGUE
from services.chassis import problems
from services.chassis.shapes import Refusal
from tests.rulebook import HOUSE

TOP = {"deploy", "events", "gateway", "services", "tests"}
EVENTS = {"bus", "catalogue", "drivers", "journal", "notary", "proof", "relay", "vault"}
CATALOGUED = {
    "deputies", "liaison", "suggestions", "training",
    "entry", "envelope", "event", "frozen", "registry", "upcasters", "vocabulary",
}  # fmt: skip
CHASSIS = {
    "asking", "auditing", "clock", "following", "forgetting", "handling", "logging", "marks", "metrics",
    "problems",
    "projecting", "reacting",
    "rebuilding", "referring", "settings", "running", "shapes", "shelf", "states", "taking",
    "web", "words", "workdays",
}  # fmt: skip
GATEWAY = {
    "accounts", "api", "clients", "front", "limits", "main", "pages", "policy", "rendering",
    "session",
}  # fmt: skip
DUTIES: dict[str, set[str]] = {
    "deputies": {"congress", "mandate", "erasure"},
    "suggestions": {"suggestion"},
    "liaison": {"station", "opinion", "erasure"},
    "training": {"plan", "course"},
    "supervision": set(),
    "reporting": set(),
}
MAY_HAVE = {"service", "api", "reactions", "references", "views"}
MUST_HAVE = {"service", "api", "views"}
FOUR = {"commands", "refusals", "state", "rules"}
PORTS = {
    "events/journal": "sqlite",
    "events/bus": "embedded",
    "events/vault": "sqlite",
    "events/notary": "sqlite",
    "services/chassis/shelf": "sqlite",
    "gateway/accounts": "sqlite",
    "gateway/clients": "inprocess",
}
WIRE = re.compile(r"^[a-z]+\.[a-z-]+\.v[0-9]+$")
CODE = re.compile(r"^[a-z]+(-[a-z]+)*$")
HAN = re.compile(r"[\u4e00-\u9fff]")


def rooms(folder: Path) -> set[str]:
    """Give the modules and packages of a folder; what holds no code is no room."""
    inside = {file.relative_to(folder).parts[0] for file in folder.rglob("*.py")}
    return {name.removesuffix(".py") for name in inside} - {"__init__"}


def refusals() -> list[tuple[str, str, Refusal]]:
    """Give every refusal of the house: where it stands, its name, itself."""
    found = []
    for file in sorted((HOUSE / "services").glob("*/*/refusals.py")):
        name = ".".join(file.relative_to(HOUSE).with_suffix("").parts)
        module = importlib.import_module(name)
        values = vars(module).items()
        found += [(name, each, value) for each, value in values if isinstance(value, Refusal)]
    return found


def test_the_top_floor() -> None:
    """Four packages and their tests: nothing else at the top holds a package."""
    assert {file.parent.name for file in HOUSE.glob("*/__init__.py")} == TOP


@pytest.mark.parametrize(
    ("folder", "plan"),
    [
        ("events", EVENTS),
        ("events/catalogue", CATALOGUED),
        ("services", {"chassis", *DUTIES}),
        ("services/chassis", CHASSIS),
        ("gateway", GATEWAY),
    ],
)
def test_a_floor_has_the_rooms_of_the_plan(folder: str, plan: set[str]) -> None:
    """A new room is drawn in the plan first, by who answers for the plan."""
    assert rooms(HOUSE / folder) == plan


@pytest.mark.parametrize("service", DUTIES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    """A service may omit a room, it may not invent one; its duties are those that stand."""
    found = rooms(HOUSE / "services" / service)
    assert found - MAY_HAVE == DUTIES[service]
    assert found >= MUST_HAVE
    assert (HOUSE / "services" / service / "views" / "__init__.py").exists()


@pytest.mark.parametrize(
    "duty", [f"{service}/{duty}" for service, duties in DUTIES.items() for duty in sorted(duties)]
)
def test_every_duty_has_the_same_four_rooms(duty: str) -> None:
    """Whoever knows one duty knows all."""
    assert rooms(HOUSE / "services" / duty) == FOUR


@pytest.mark.parametrize(("folder", "adapter"), PORTS.items())
def test_every_port_folder_has_its_port_and_an_adapter(folder: str, adapter: str) -> None:
    """The embedded stand-in is product code and stands beside the port it serves."""
    assert rooms(HOUSE / folder) >= {"port", adapter}


def test_ports_are_nowhere_else() -> None:
    """A folder with a port is known here, so that its adapters are looked for."""
    found = {str(file.parent.relative_to(HOUSE)) for file in HOUSE.glob("*/**/port.py")}
    assert {each for each in found if not each.startswith(".")} == set(PORTS)


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_event_says_itself(event: type[Event]) -> None:
    """Wire names are literal and versioned; the docstring tells what happened, in a sentence."""
    assert WIRE.match(event.wire)
    assert event.__doc__
    assert event.__doc__ != event.__base__.__doc__
    assert inspect.cleandoc(event.__doc__).endswith((".", "。"))


def test_every_refusal_says_itself() -> None:
    """A no has a stable code and a full sentence, first in Chinese, then in English."""
    silent = [
        f"{where}.{name}"
        for where, name, no in refusals()
        if not (CODE.match(no.code) and HAN.search(no.zh) and no.zh.endswith("。"))
        or HAN.search(no.en)
        or not no.en.endswith(".")
    ]
    assert silent == []


def test_no_two_refusals_share_a_code() -> None:
    """A code names one no in the whole house, that of a duty or of the machinery."""
    values = vars(problems).items()
    said = [(f"{where}.{name}", no.code) for where, name, no in refusals()]
    said += [(name, no.code) for name, no in values if isinstance(no, problems.Problem)]
    codes = Counter(code for _, code in said)
    twice = [f"{code}: {where}" for where, code in said if codes[code] > 1]
    assert not twice, "\n".join(["", *sorted(twice)])


def test_every_refusals_room_is_found() -> None:
    """The duties' refusals are those read here: none hides in a room of another name."""
    found = {where.split(".")[2] for where, _, _ in refusals()}
    assert found == {duty for duties in DUTIES.values() for duty in duties}
