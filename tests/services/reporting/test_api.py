from pathlib import Path
from typing import Any

from events.catalogue.suggestions import Occasion
from services.reporting.api import order
from services.reporting.service import SERVICE
from tests import world
from tests.cast import CITIZEN, CLERK
from tests.services.suggestions import past
from tests.world import CONGRESS, Client, told

LEDGER = f"suggestions/{CONGRESS}"


async def test_figures_are_everybodys(tmp_path: Path) -> None:
    """S15: Everybody reads figures with numerators, definitions, and what they stand on."""
    async with world.ports(tmp_path) as ports, world.running(SERVICE, ports) as at_work:
        await world.say(ports, LEDGER, "suggestion/g1", *past.CLOSED)
        await world.say(ports, LEDGER, "suggestion/g2", *past.WAITING)
        recess = past.submitted(session="3-2025", occasion=Occasion.RECESS)
        receipt = await world.say(ports, LEDGER, "suggestion/g3", recess)
        client = Client(at_work)

        async def read(query: str) -> Any:  # noqa: ANN401 - any JSON
            answer = await client.get(CITIZEN, f"/figures{query}", receipt.position)
            assert answer.status == 200, answer.body
            return told(answer)

        latest = await read("")
        assert (latest["session"], latest["items"]) == ("3-7", 2)
        assert latest["sessions"] == ["3-7", "3-2025"]
        assert latest["positions"] == {LEDGER: receipt.last}
        assert latest["at"] == f"{LEDGER}/{receipt.last - 2}"  # registering counts nothing
        assert latest["as_of"] == "2025-02-20"
        by_key = {each["key"]: each for each in latest["figures"]}
        assert (by_key["assigned"]["numerator"], by_key["assigned"]["denominator"]) == (1, 2)
        assert "交办" in by_key["assigned"]["definition"]
        assert (await read("?session=3-2025"))["items"] == 0
        assert (await read("?session=3-7&occasion=recess"))["items"] == 0
        assert (await read("?session=3-9"))["figures"][0]["denominator"] == 0
        wrong = await client.get(CLERK, "/figures?session=last")
        assert wrong.status == 422


async def test_no_session_yet(tmp_path: Path) -> None:
    """S15: A congress without suggestions has figures that say so."""
    async with world.ports(tmp_path) as ports, world.running(SERVICE, ports) as at_work:
        found = told(await Client(at_work).get(CITIZEN, "/figures"))
        assert (found["session"], found["sessions"], found["items"]) == (None, [], 0)


def test_sessions_are_sorted_as_numbers() -> None:
    """S14: The tenth session comes after the ninth, a term's cohorts of recess before both."""
    assert sorted(["3-10", "3-9", "4-1", "3-2025"], key=order) == ["3-2025", "3-9", "3-10", "4-1"]
