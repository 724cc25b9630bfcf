"""An audit through the front door: who may read it, what it tells, page by page."""

import json
from typing import Any

import pytest

from deploy import auditing
from deploy.embedded import House
from deploy.stored import InFolder
from gateway.policy import permitted
from services.chassis import problems
from services.chassis.web.tokens import Caller

CITY = "630200"
NO = problems.BAD_QUERY.status
CLERK, AUDITOR = Caller("staff", "clerk"), Caller("auditor", "auditor")


async def got(haidong: House, service: str, path: str, who: Caller = AUDITOR) -> tuple[int, Any]:
    """Ask a service as the front door does."""
    token = haidong.front.token(who, CITY, service)
    answer = await haidong.front.services.ask(service, "GET", f"/{CITY}{path}", token=token)
    return answer.status, json.loads(answer.body)


async def test_reports(haidong: House) -> None:
    """The last reports are there for each service once they were made, of ledger and views."""
    await auditing.verify(InFolder(haidong.folder.path), 0, lambda *_: None)
    await auditing.drift(InFolder(haidong.folder.path), "all", 0, lambda *_: None)
    for service in haidong.running:
        status, told = await got(haidong, service, f"/audit/{service}")
        assert status == 200
        assert told["drift"]["sound"]
        assert (told["store"] or {}).get("flaws") == (None if told["verify"] is None else [])
        assert (told["verify"] is None) == (service in {"supervision", "reporting"})
        if told["verify"]:
            assert told["verify"]["sound"]
            assert told["verify"]["entries"] > 100
            assert told["verify"]["signed"]["agrees"]


async def test_a_trail_page_by_page(haidong: House) -> None:
    """All steps come, each once, in the order of the ledger, however few are asked for at once."""
    journal = haidong.journal
    raws = await journal.fetch(f"suggestions/{CITY}", 0, 10_000)
    subjects = [json.loads(raw)["subject"] for raw in raws]
    about = max(set(subjects), key=lambda each: subjects.count(each) if each[:11] == "suggestion/" else 0)
    path = f"/ledgers/suggestions/trail?about={about}"
    _, whole = await got(haidong, "suggestions", f"{path}&limit=1000")
    assert not whole["more"]
    own = [each for each in whole["steps"] if each["stream"] == about]
    assert len(own) == subjects.count(about)
    assert {"suggestion.drafted.v1", "suggestion.registered.v1"} <= {each["did"] for each in own}
    assert any(each["basis"] and each["rulebook"] for each in own)
    pieces, after, more = list[Any](), 0, True
    while more:
        _, page = await got(haidong, "suggestions", f"{path}&limit=3&after={after}")
        pieces, after, more = [*pieces, *page["steps"]], page["after"], page["more"]
    assert pieces == whole["steps"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", NO), ("?about=", NO), ("?about=nobody", NO), ("?about=a/b&limit=0", NO),
        ("?about=a/b&after=-1", NO), ("?about=a/b&other=1", NO), ("?about=a/b", 200),
    ],
)  # fmt: skip
async def test_what_names_nothing(haidong: House, query: str, status: int) -> None:
    """Without a thing to look for it is refused; a thing that nobody knows has an empty trail."""
    found, told = await got(haidong, "suggestions", f"/ledgers/suggestions/trail{query}")
    assert found == status
    assert status != 200 or told == {"about": "a/b", "steps": [], "after": told["after"], "more": False}


def test_who_may() -> None:
    """Reports are for those who keep records; a trail is as the ledger itself."""
    for service in ("Deputies", "Suggestions", "Liaison", "Training"):
        assert permitted(f"trail{service}") == permitted(f"read{service}Ledger")
        assert permitted(f"read{service}Audit") == {"staff", "auditor"}
