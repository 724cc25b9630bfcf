"""`mandate accounts --distributed`: who may sign in where several gateways share the accounts."""

import asyncio
import base64
import secrets
from contextlib import AsyncExitStack

import pytest
from typer.testing import CliRunner

from deploy import cli
from deploy.backing import Stores
from events.drivers import motor

CITY, PASSWORD = "630200", "correct horse battery"


@pytest.fixture
def house(mongo_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a house of the test's own in the environment."""
    name = f"t{secrets.token_hex(6)}"
    for key, value in {
        "MONGO_URL": mongo_url, "MANDATE_MONGO_STANDALONE": "true", "MANDATE_HOUSE": name,
        "KAFKA_BOOTSTRAP": "not.asked:9092", "MANDATE_SERVICES": "{}",
        "MANDATE_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
    }.items():  # fmt: skip
        monkeypatch.setenv(key, value)
    return name


def accounts(*arguments: str, typed: str = "") -> str:
    """Run the command; it succeeds."""
    done = CliRunner().invoke(cli.app, ["accounts", *arguments, "--distributed"], input=typed)
    assert done.exit_code == 0, done.output
    return done.output


def test_people_are_let_in_and_kept_out(house: str, mongo_url: str) -> None:
    """Added, listed, given a token, disabled and forgotten, without any data folder."""
    said = accounts("add", "clerk", CITY, "p1", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert f"clerk may sign in to {CITY}" in said
    assert "clerk" in accounts("list", CITY)
    assert "clerk" not in accounts("list", "630202")
    assert len(accounts("token", "clerk", "laptop").strip()) > 30
    accounts("disable", "clerk")
    assert "yes" in accounts("list", CITY)
    asyncio.run(forgotten())
    assert "clerk" not in accounts("list", CITY)
    asyncio.run(dropped(house, mongo_url))


async def forgotten() -> None:
    """Erase the person as a reactor does."""
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing)
        await stores.forget(CITY, "p1")


async def dropped(house: str, url: str) -> None:
    """Leave nothing behind."""
    for part in ("house", "accounts"):
        database = await motor.connect(url, f"{house}_{part}", standalone=True)
        await database.drop()
        await database.close()
