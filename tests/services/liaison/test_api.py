from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from events.catalogue import suggestions
from events.catalogue.vocabulary import ReplyClass
from services.chassis.running import Ports
from services.liaison.service import SERVICE
from tests import world
from tests.cast import CITIZEN, CLERK, COSIGNER, LEAD, STATION_CLERK, UNIT_CLERK
from tests.services.suggestions import past
from tests.specification import Who
from tests.world import CONGRESS, Client, told

OPEN = {"name": "碾伯街道代表联络站", "place": "碾伯街道", "kind": "station", "tier": "street"}
WORDS = {"words": "路灯坏了", "anonymous": False, "contact": "13800000000"}


class Station:
    """A station of the congress where deputy Ma works, and what one does there."""

    def __init__(self, client: Client, id_: str) -> None:
        self.client, self.id = client, id_
        self.clerk = Who("station", "an", f"station/{id_}")
        self.seen: str | None = None

    async def do(self, who: Who, path: str, body: Any) -> Any:  # noqa: ANN401 - any JSON
        """Command; it must succeed."""
        answer = await self.client.post(who, path, body)
        assert answer.status in {200, 201}, answer.body
        done = told(answer)
        self.seen = done["position"]
        return done

    async def read(self, who: Who, path: str, status: int = 200) -> Any:  # noqa: ANN401 - any JSON
        """Read what was done last."""
        answer = await self.client.get(who, path, self.seen)
        assert answer.status == status, answer.body
        return told(answer)

    async def opinion(self, **more: Any) -> tuple[str, str]:  # noqa: ANN401 - fields
        """Let a citizen say something; give its path and his code."""
        body = {"station": self.id, "addressed_to": LEAD.holds, **WORDS, **more}
        done = await self.do(CITIZEN, "/opinions", body)
        return "/" + done["id"].replace("opinion/", "opinions/"), done["code"].lower()


@asynccontextmanager
async def station(folder: Path) -> AsyncIterator[tuple[Station, Ports]]:
    """Open liaison with one station."""
    async with world.ports(folder) as ports, world.running(SERVICE, ports) as at_work:
        await world.found(ports, "ma", "li")
        client = Client(at_work)
        opened = told(await client.post(CLERK, "/stations", OPEN))
        here = Station(client, opened["id"].partition("/")[2])
        await here.do(here.clerk, f"/stations/{here.id}/deputies", {"mandate": LEAD.holds})
        yield here, ports


async def test_a_citizen_reads_his_answer_under_his_code(tmp_path: Path) -> None:
    """L4: The citizen gets a code; under it he reads his words and the deputy's answer."""
    async with station(tmp_path) as (here, _):
        path, code = await here.opinion()
        await here.do(LEAD, f"{path}/answer", {"text": "已修好"})
        seen = await here.read(CITIZEN, f"/receipts/{code}")
        assert seen["words"]["text"] == "路灯坏了"
        assert (seen["stage"], seen["answer"]["text"]) == ("answered", "已修好")
        parts = "-".join([code[:4], code[4:]])
        assert (await here.read(CITIZEN, f"/receipts/{parts}"))["stage"] == "answered"


async def test_every_other_code_is_unknown(tmp_path: Path) -> None:
    """L9: An unknown code, a malformed one and an opinion's id answer the same."""
    async with station(tmp_path) as (here, _):
        path, code = await here.opinion()
        wrong = ["a" * 26, "x", "no_code", path.rpartition("/")[2], code[:-1], code.upper() + "%20"]
        answers = [await here.read(CITIZEN, f"/receipts/{each}", 404) for each in wrong]
        assert all(each == answers[0] for each in answers)


async def test_erased_words_are_gone(tmp_path: Path) -> None:
    """L9: After erasure the citizen's words are gone, and the office's answer stands."""
    async with station(tmp_path) as (here, ports):
        path, code = await here.opinion()
        await here.do(LEAD, f"{path}/answer", {"text": "已修好"})
        await ports.vault.erase(CONGRESS, path[1:].replace("opinions", "opinion"))
        seen = await here.read(CITIZEN, f"/receipts/{code}")
        assert (seen["words"]["text"], seen["answer"]["text"]) == (None, "已修好")


async def test_one_call_for_the_stations_page(tmp_path: Path) -> None:
    """L7: The page counts opinions by what came of them, each opinion once."""
    async with station(tmp_path) as (here, _):
        path, _code = await here.opinion()
        await here.opinion(anonymous=True, contact=None)
        await here.do(LEAD, f"{path}/answer", {"text": "已修好"})
        page = await here.read(CITIZEN, f"/stations/{here.id}/page")
        assert page["received"] == 2
        assert page["opinions"] == {"answered": 1, "waiting": 1}
        assert list(page["station"]["names"]) == [LEAD.holds]
        await here.read(CITIZEN, "/stations/none/page", 404)


async def test_lists_hold_what_is_the_readers(tmp_path: Path) -> None:
    """L9: A list has for each reader his opinions only, and for citizens there is none."""
    async with station(tmp_path) as (here, _):
        path, _code = await here.opinion()

        async def count(who: Who) -> int:
            return len((await here.read(who, "/opinions"))["items"])

        everybody = (CLERK, here.clerk, LEAD, COSIGNER, UNIT_CLERK, STATION_CLERK)
        assert [await count(who) for who in everybody] == [1, 1, 1, 0, 0, 0]
        transfer = {"unit": "housing", "note": "请办理"}
        await here.do(here.clerk, f"{path}/transfer", transfer)
        assert await count(UNIT_CLERK) == 1
        await here.read(CITIZEN, "/opinions", 403)
        await here.read(COSIGNER, path, 404)


async def test_deputies_of_the_station_see_what_they_may_take_up(tmp_path: Path) -> None:
    """L5: A deputy who works at the station reads what was said there, without the contact."""
    async with station(tmp_path) as (here, _):
        path, _code = await here.opinion(addressed_to=None)
        (item,) = (await here.read(LEAD, f"/stations/{here.id}/opinions"))["items"]
        assert item["words"]["text"] == "路灯坏了"
        assert "contact" not in item
        await here.read(COSIGNER, f"/stations/{here.id}/opinions", 404)
        await here.do(LEAD, f"{path}/escalation", {})
        assert (await here.read(LEAD, path))["stage"] == "escalated"


async def test_the_citizen_is_told_what_became_of_the_suggestion(tmp_path: Path) -> None:
    """L5: When the suggestion closes, the opinion's citizen reads it; until then it is open."""
    async with station(tmp_path) as (here, ports):
        path, code = await here.opinion()
        await here.do(LEAD, f"{path}/escalation", {})
        assert (await here.read(CITIZEN, f"/receipts/{code}"))["stage"] == "escalated"
        opinion = path[1:].replace("opinions", "opinion")
        closed = past.closed(opinion=opinion, reply_class=ReplyClass.FOR_REFERENCE_OR_INFEASIBLE, label="D")
        assert isinstance(closed, suggestions.SuggestionClosed)
        await world.say(ports, f"suggestions/{CONGRESS}", past.S1, closed)
        liaison, _, last = (here.seen or "").rpartition("/")
        here.seen = f"{liaison}/{int(last) + 1}"
        seen = await here.read(CITIZEN, f"/receipts/{code}")
        assert (seen["stage"], seen["outcome"]["label"]) == ("told", "D")
