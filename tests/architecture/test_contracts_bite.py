"""The walls stand, and each of them bites."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rulebook import HOUSE

PACKAGES = ("deploy", "gateway", "services", "events")
SHELF = "services/chassis/shelf/port.py"
STATION = "services/liaison/station"

# Contract to violations: a file and the line planted in it. What is circular or climbs over
# two walls at once would not show which of them bit.
PLANTS: dict[str, tuple[tuple[str, str], ...]] = {
    "The house: deploy above gateway above services above events": (
        ("services/chassis/metrics.py", "import gateway.policy"),
        ("events/bus/port.py", "import services.chassis.clock"),
        ("gateway/limits.py", "import deploy.folder"),
    ),
    "Services are strangers, and the chassis knows none of them": (
        ("services/liaison/api.py", "import services.suggestions.references"),
        ("services/petitions/__init__.py", "PETITIONS = 1"),
    ),
    "Every service has the same rooms: it may omit one, it may not invent one": (
        ("services/liaison/helpers.py", "HELP = 1"),
        ("services/liaison/views/stations.py", "import services.liaison.references"),
    ),
    "Every duty has the same four rooms": (
        (f"{STATION}/helpers.py", "HELP = 1"),
        (f"{STATION}/commands.py", "import services.liaison.station.refusals"),
    ),
    "The pure rooms touch no machinery, not even through a friend": (
        (f"{STATION}/commands.py", "import uuid"),
        (f"{STATION}/refusals.py", "import time"),
        (f"{STATION}/state.py", "import random"),
        (f"{STATION}/rules.py", "import services.chassis.handling"),
        ("services/suggestions/suggestion/rules/rating.py", "import asyncio"),
        ("services/liaison/references.py", "import os"),
        ("services/liaison/reactions.py", "import structlog"),
        ("services/liaison/views/stations.py", "import services.chassis.projecting"),
        ("services/chassis/shapes.py", "import fastapi"),
        ("services/chassis/workdays.py", "import time"),
        ("events/catalogue/registry.py", "import uuid"),
        ("events/proof/chain.py", "import os"),
    ),
    "Journal, bus, vault and notary are strangers above one language": (
        ("events/notary/port.py", "import events.journal.port"),
        ("events/journal/port.py", "import events.bus.port"),
        ("events/vault/port.py", "import events.journal.port"),
        ("events/drivers/grouping.py", "import events.catalogue.event"),
        ("events/telling.py", "TELL = 1"),
        ("events/journal/moving.py", "import events.relay"),
    ),
    "Adapters are named only where the system is assembled": (
        ("services/chassis/running.py", "import events.journal.sqlite"),
        ("services/chassis/handling.py", "import events.bus.embedded"),
        ("services/chassis/projecting.py", "import services.chassis.shelf.sqlite"),
        ("gateway/session/sessions.py", "import gateway.accounts.sqlite"),
        ("gateway/front.py", "import gateway.clients.inprocess"),
        ("services/chassis/running.py", "import events.journal.mongo"),
        ("services/chassis/reacting.py", "import events.bus.kafka"),
    ),
    "Drivers serve adapters only": (
        ("services/chassis/running.py", "import events.drivers.apsw"),
        ("events/journal/port.py", "import events.drivers.apsw"),
        ("events/vault/port.py", "import events.drivers.motor"),
    ),
    "A driver lives in the file that bears its name": (
        ("events/journal/rows.py", "import sqlite3"),
        (SHELF, "import apsw"),
        ("gateway/limits.py", "import httpx2"),
        ("gateway/policy.py", "import jinja2"),
        ("events/journal/outbox.py", "import pymongo"),
        ("events/bus/port.py", "import aiokafka"),
    ),
    "The gateway meets services only over HTTP": (
        ("gateway/limits.py", "import services.liaison.references"),
        ("gateway/limits.py", "import events.catalogue.registry"),
    ),
    "The gateway's rooms": (
        ("gateway/helpers.py", "HELP = 1"),
        ("gateway/accounts/values.py", "import gateway.limits"),
        ("gateway/policy.py", "import gateway.limits"),
    ),
    "The verifier knows nothing of the house": (
        ("deploy/verifier/merkle.py", "import events.proof.chain"),
        ("deploy/verifier/almanac.py", "import services.chassis.workdays"),
        ("deploy/verifier/cli.py", "import gateway.limits"),
        ("deploy/verifier/archive.py", "import deploy.archive"),
    ),
    "No room circles back": (
        ("services/chassis/clock.py", "import services.chassis.handling"),
        ("events/journal/port.py", "import events.journal.group"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the four packages' code and the contracts."""
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        for file in (HOUSE / package).rglob("*.py"):
            target = copy / file.relative_to(HOUSE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    shutil.copyfile(HOUSE / "pyproject.toml", copy / "pyproject.toml")
    return copy


def named() -> dict[str, tuple[str, tuple[str, str]]]:
    """Give every plant under a name that says what it is, with the contract it is meant for."""
    return {
        f"{file}: {line}": (contract, (file, line))
        for contract, plants in PLANTS.items()
        for file, line in plants
    }


def test_every_contract_has_a_plant() -> None:
    """A wall that nobody ran against may be painted on."""
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert sorted(PLANTS) == sorted(each["name"] for each in contracts)


def test_every_contract_bites_and_no_other(house: Path) -> None:
    """The clean house breaks no contract, each plant exactly the one it is meant for."""
    plants = named()
    asked = json.dumps({name: plant for name, (_, plant) in plants.items()})
    walls = HOUSE / "tests" / "architecture" / "walls.py"
    run = subprocess.run(
        [sys.executable, walls], cwd=house, input=asked, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found.pop("clean") == []
    wrong = [
        f"{name}\n  meant for: {contract}\n  broke: {found[name]}"
        for name, (contract, _) in plants.items()
        if found[name] != [contract]
    ]
    assert not wrong, "\n".join(["", *wrong])
