"""A ledger that is marked: what commands are told, and what reactions do."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from events.catalogue.envelope import Entry
from events.catalogue.liaison import OpinionEscalated
from events.journal.moving import MovingJournal, Why
from services.chassis import following
from services.chassis.running import Ports
from services.suggestions.reactions import REACTIONS
from services.suggestions.service import SERVICE
from tests.cast import LEAD
from tests.services.chassis.following import settled
from tests.specification import reference
from tests.world import CONGRESS, Client, found, ports, running, say, told

OPINIONS, OURS = f"liaison/{CONGRESS}", f"suggestions/{CONGRESS}"
NAME = f"reaction-{REACTIONS[0].name}"
WORDS = {"title": "关于改善供热的建议", "text": "情况、问题、建议。"}


@pytest.fixture
async def standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ports]:
    """Ports with a founded congress, and one deputy in office."""
    monkeypatch.setattr(following, "PAUSE", 0.01)
    async with ports(tmp_path) as opened:
        await found(opened, "ma")
        yield opened


def movable(standing: Ports) -> MovingJournal:
    """Give the journal as those know it who carry ledgers."""
    return cast("MovingJournal", standing.journal)


async def drafts(standing: Ports) -> Sequence[Entry]:
    """Give all that suggestions have written."""
    return [Entry(raw) for raw in await standing.journal.fetch(OURS, 0, 100)]


async def escalate(standing: Ports) -> None:
    """Let a deputy take up an opinion."""
    await say(
        standing, OPINIONS, "opinion/o1", OpinionEscalated(mandate="mandate/3-ma", words=reference("路灯"))
    )


@pytest.mark.parametrize(
    ("why", "status", "code"),
    [
        ("moved", 409, "ledger-moved"), ("copied", 409, "ledger-copied"),
        ("arriving", 503, "ledger-arriving"),
    ],
)  # fmt: skip
async def test_commands_are_told_why(standing: Ports, why: Why, status: int, code: str) -> None:
    """Each mark has a code of its own, and the answer names where the ledger stands."""
    async with running(SERVICE, standing) as at_work:
        client = Client(at_work)
        assert (await client.post(LEAD, "/suggestions", WORDS)).status == 201
        await movable(standing).mark([OURS], why)
        answer = await client.post(LEAD, "/suggestions", WORDS)
        head = (await standing.journal.heads())[OURS]
        assert (answer.status, told(answer)["code"]) == (status, code)
        assert told(answer)["errors"] == [{"ledger": OURS, "sequence": head.sequence, "hash": head.hash}]
        assert (answer.header("retry-after") is not None) == (status == 503)


@pytest.mark.parametrize("why", ["moved", "copied"])
async def test_what_lives_elsewhere_is_reacted_to_there(standing: Ports, why: Why) -> None:
    """A reaction passes over what its own ledger cannot take, and nothing is blocked."""
    await movable(standing).mark([OURS], why)
    async with running(SERVICE, standing) as at_work:
        await escalate(standing)
        await settled(at_work)
        assert (at_work.followings[NAME].stopped, at_work.followings[NAME].marks[OPINIONS]) == ({}, 1)
    assert await drafts(standing) == []


async def test_a_reaction_waits_for_what_arrives(standing: Ports) -> None:
    """While its ledger is being taken over it tries again, and reacts once it may."""
    await movable(standing).mark([OURS], "arriving")
    async with running(SERVICE, standing) as at_work:
        await escalate(standing)
        following = at_work.followings[NAME]
        assert not await following.retry(OPINIONS)
        assert following.marks[OPINIONS] == 0
        await movable(standing).mark([OURS], None)
        assert await following.retry(OPINIONS)
    assert [each.causationid for each in await drafts(standing)] == [f"{OPINIONS}/1"]
