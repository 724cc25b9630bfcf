import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from events.catalogue import training
from events.catalogue.suggestions import Handler, Occasion, Part
from services.chassis.clock import OffsetClock
from services.supervision.service import SERVICE
from tests import world
from tests.cast import CITIZEN, CLERK, COSIGNER, LEAD, STATION_CLERK, UNIT_CLERK
from tests.services.suggestions import past
from tests.specification import Who
from tests.world import CONGRESS, Client, told

LEDGER = f"suggestions/{CONGRESS}"
LATE = dt.datetime(2025, 5, 28, 4, tzinfo=dt.UTC)


class Watch:
    """Supervision at work, after what the ledgers told."""

    def __init__(self, client: Client, position: str) -> None:
        self.client, self.position = client, position

    async def read(self, who: Who, path: str, status: int = 200) -> Any:  # noqa: ANN401 - any JSON
        """Read what was told last."""
        answer = await self.client.get(who, path, self.position)
        assert answer.status == status, answer.body
        return told(answer)


@asynccontextmanager
async def watch(folder: Path) -> AsyncIterator[Watch]:
    """Tell five suggestions: late, replied, with another unit, submitted, of another cohort."""
    async with world.ports(folder) as ports, world.running(SERVICE, ports) as at_work:
        assert isinstance(ports.clock, OffsetClock)
        await world.found(ports, "ma", "li")
        water = Handler(unit="water", name="市水务局", part=Part.SOLE)
        await world.say(ports, LEDGER, "suggestion/g1", *past.HANDLED)
        await world.say(ports, LEDGER, "suggestion/g2", *past.ANSWERED)
        await world.say(ports, LEDGER, "suggestion/g3", *past.WAITING, past.assigned(water))
        await world.say(ports, LEDGER, "suggestion/g4", *past.REVIEW)
        recess = past.submitted(session="3-2025", occasion=Occasion.RECESS)
        await world.say(ports, LEDGER, "suggestion/g5", past.DRAFTED, recess, past.NOT_ADMITTED)
        planned = training.CoursePlanned(
            title="预算审查", mode=training.Mode.ONLINE, topic=training.Topic.BUDGET, minutes=90,
            starts=LATE, place="线上", capacity=50,
        )  # fmt: skip
        attended = training.DeputyAttended(mandate=past.MA, topic=training.Topic.BUDGET, minutes=90)
        await world.say(ports, f"training/{CONGRESS}", "course/c1", planned, attended)
        ports.clock.set(LATE)
        heads = await ports.journal.heads()
        seen = ", ".join(f"{ledger}/{head.sequence}" for ledger, head in heads.items())
        yield Watch(Client(at_work), seen)


async def test_the_board_by_colour(tmp_path: Path) -> None:
    """T4: On the day after the due day the list of red items has what is late, and no more."""
    async with watch(tmp_path) as here:
        red = (await here.read(CLERK, "/board?colour=red"))["items"]
        assert {each["id"] for each in red} == {"suggestion/g1", "suggestion/g3"}
        assert {(each["colour"], each["days_left"]) for each in red} == {("red", -1)}
        calm = (await here.read(CLERK, "/board?colour=none&session=3-7"))["items"]
        assert {each["id"] for each in calm} == {"suggestion/g2", "suggestion/g4"}
        assert (await here.read(CLERK, "/board?colour=green"))["items"] == []
        await here.read(CLERK, "/board?colour=blue", 422)


async def test_the_board_of_each(tmp_path: Path) -> None:
    """A unit lists its own items, a deputy those he signed, a citizen none."""
    async with watch(tmp_path) as here:
        mine = (await here.read(UNIT_CLERK, "/board"))["items"]
        assert {each["id"] for each in mine} == {"suggestion/g1", "suggestion/g2"}
        assert len((await here.read(LEAD, "/board"))["items"]) == 5
        assert (await here.read(COSIGNER, "/board"))["items"] == []
        for who in (CITIZEN, STATION_CLERK):
            await here.read(who, "/board", 403)
            await here.read(who, "/board/summary", 403)


async def test_the_summary_counts_accepted_items(tmp_path: Path) -> None:
    """Items are those accepted; units those that have one, each with what it is late with."""
    async with watch(tmp_path) as here:
        summary = await here.read(CLERK, "/board/summary?session=3-7&occasion=session")
        assert (summary["items"], summary["units"]) == (3, 2)
        assert summary["stages"] == {
            "in_handling": 1, "replied": 1, "assigned": 1, "submitted": 1,
        }  # fmt: skip
        assert summary["colours"] == {"red": 2, "amber": 0, "green": 0, "none": 2}
        assert summary["by_unit"] == [
            {"unit": "housing", "name": "市住建局", "items": 2, "open": 1, "late": 1},
            {"unit": "water", "name": "市水务局", "items": 1, "open": 1, "late": 1},
        ]
        assert summary["as_of"] == "2025-05-28"
        assert f"{LEDGER}/{summary['positions'][LEDGER]}" in here.position


async def test_the_summary_of_a_cohort(tmp_path: Path) -> None:
    """S3: What was not admitted is shown by its stage and counted in no total."""
    async with watch(tmp_path) as here:
        summary = await here.read(CLERK, "/board/summary?session=3-2025")
        assert (summary["items"], summary["stages"]) == (0, {"not_admitted": 1})
        own = await here.read(UNIT_CLERK, "/board/summary")
        assert own["items"] == 2
        await here.read(CLERK, "/board/summary?session=last", 422)


async def test_a_dossier_is_one_answer(tmp_path: Path) -> None:
    """D1: The parts of four services are joined on reading, with names and positions."""
    async with watch(tmp_path) as here:
        document = await here.read(LEAD, "/dossiers/3-ma")
        assert document["facts"]["state"] == "active"
        assert document["figures"] == {
            "led": 5, "cosigned": 0, "rated": 0, "opinions_addressed": 0, "opinions_answered": 0,
            "opinions_escalated": 0, "courses": 1, "minutes": 90,
        }  # fmt: skip
        assert document["names"]["course/c1"] == "预算审查"
        services = {each.partition("/")[0] for each in document["positions"]}
        assert services == {"deputies", "suggestions", "liaison", "training"}
        stages = {each["id"]: each["stage"] for each in document["suggestions"]}
        assert stages["suggestion/g5"] == "not_admitted"


async def test_a_dossier_is_read_by_few(tmp_path: Path) -> None:
    """D1: Another deputy's dossier, and one that is none, answer the same."""
    async with watch(tmp_path) as here:
        await here.read(CLERK, "/dossiers/3-ma")
        for who, whose in ((COSIGNER, "3-ma"), (CITIZEN, "3-ma"), (CLERK, "3-nobody")):
            await here.read(who, f"/dossiers/{whose}", 404)
