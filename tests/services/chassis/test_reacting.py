"""Each reaction once for each causing entry, whatever is redelivered, lost or broken."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.catalogue import deputies
from events.catalogue.envelope import Entry, decided
from events.catalogue.event import Event
from events.catalogue.liaison import OpinionEscalated
from events.catalogue.suggestions import DraftDeclined, SuggestionDrafted
from events.journal.port import Proposed
from services.chassis import following, referring
from services.chassis.marks import Marks
from services.chassis.reacting import Reacting
from services.chassis.running import Ports, Running
from services.chassis.shapes import Reaction, Send
from services.suggestions.reactions import REACTIONS
from services.suggestions.service import SERVICE
from tests.services.chassis.following import settled
from tests.specification import reference
from tests.world import CONGRESS, elect, found, ports, running, say

pytestmark = pytest.mark.timeout(30)
(REACTION,) = REACTIONS
OPINIONS, OURS, OTHERS = f"liaison/{CONGRESS}", f"suggestions/{CONGRESS}", f"deputies/{CONGRESS}"
DAY = dt.date(2025, 2, 20)
NAME = f"reaction-{REACTION.name}"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(following, "PAUSE", 0.01)


@pytest.fixture
async def standing(tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports with a founded congress, and one deputy in office."""
    async with ports(tmp_path) as opened:
        await found(opened, "ma")
        yield opened


def escalated(person: str = "ma") -> Event:
    """Say that a deputy took up an opinion."""
    return OpinionEscalated(mandate=f"mandate/3-{person}", words=reference("路灯坏了"))


async def drafts(standing: Ports) -> list[Entry]:
    """Give all that suggestions have written."""
    return [Entry(raw) for raw in await standing.journal.fetch(OURS, 0, 100)]


async def test_reacted_once(standing: Ports) -> None:
    """L5: One escalation is one draft, which names its cause and who reacted."""
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated())
        await settled(at_work)
    (entry,) = await drafts(standing)
    assert (entry.type, entry.data["opinion"]) == (SuggestionDrafted.wire, "opinion/o1")
    assert entry.causationid == f"{OPINIONS}/1"
    assert entry.actor == f"reaction/{REACTION.name}"
    assert entry.correlationid == "test"


async def test_the_trace_goes_on(standing: Ports) -> None:
    """What a reaction writes carries on the trace of the entry that caused it."""
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(), trace=trace)
        await settled(at_work)
    (entry,) = await drafts(standing)
    assert entry.traceparent == trace


async def test_each_cause_by_itself(standing: Ports) -> None:
    """L5: Ten opinions are ten drafts, in their order, under ids of their own."""
    async with running(SERVICE, standing) as at_work:
        for number in range(10):
            await say(standing, OPINIONS, f"opinion/o{number}", escalated())
        await settled(at_work)
    made = await drafts(standing)
    assert [each.data["opinion"] for each in made] == [f"opinion/o{n}" for n in range(10)]
    assert len({each.subject for each in made}) == 10


def reacting(at_work: Running, reaction: Reaction = REACTION, mark: int = 0) -> Reacting:
    """Give a reaction of this service that stands somewhere."""
    ports_, handling = at_work.ports, at_work.desk.handling
    return Reacting(reaction, handling, ports_.shelf, Marks({OPINIONS: mark}))


async def test_redelivered(standing: Ports) -> None:
    """The same entries again, in any batches, by one or by two at once: still one draft each."""
    async with running(SERVICE, standing) as at_work:
        for number in range(4):
            await say(standing, OPINIONS, f"opinion/o{number}", escalated())
        await settled(at_work)
        raws = await standing.journal.fetch(OPINIONS, 0, 10)
        entries = [Entry(raw) for raw in raws]
        one, other = reacting(at_work), reacting(at_work)
        await asyncio.gather(one.take(OPINIONS, entries), other.take(OPINIONS, entries))
        for entry in entries:
            await reacting(at_work).take(OPINIONS, [entry])
    assert len(await drafts(standing)) == 4


async def test_marks_lost(standing: Ports) -> None:
    """Started again without its marks, it replays everything and writes nothing."""
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(), escalated("wu"))
        await settled(at_work)
    before = await standing.journal.heads()
    await standing.shelf.drop(Reacting.place(REACTION))
    async with running(SERVICE, standing) as again:
        await settled(again)
        assert again.followings[NAME].mark(OPINIONS) == 2
    assert await standing.journal.heads() == before
    assert (await standing.shelf.marks(Reacting.place(REACTION)))[OPINIONS] == 2


async def test_died_before_the_mark(standing: Ports) -> None:
    """What was done before the crash is met again by its key; the next entry is done."""
    place, opinions = Reacting.place(REACTION), [f"opinion/o{number}" for number in range(3)]
    async with running(SERVICE, standing) as at_work:
        for opinion in opinions[:2]:
            await say(standing, OPINIONS, opinion, escalated())
        await settled(at_work)
    await standing.shelf.drop(place)  # a mark does not go back, so it begins anew
    await standing.shelf.declare(place)
    await standing.shelf.put(CONGRESS, place, "liaison", {}, 1)
    await say(standing, OPINIONS, opinions[2], escalated())
    async with running(SERVICE, standing) as again:
        await settled(again)
    assert [each.data["opinion"] for each in await drafts(standing)] == opinions


@pytest.mark.parametrize("person", ["wu", "li"])
async def test_a_no_becomes_an_event(standing: Ports, person: str) -> None:
    """L5, I8: For a deputy unknown or suspended no draft is made, and that is recorded, once."""
    await elect(standing, "li")
    away = deputies.MandateSuspended(ground=deputies.Suspension.DETAINED, day=DAY, body="常委会")
    await say(standing, OTHERS, "mandate/3-li", away)
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(person))
        await settled(at_work)
        raw = await standing.journal.fetch(OPINIONS, 0, 1)
        await reacting(at_work).take(OPINIONS, [Entry(raw[0])])
    (entry,) = await drafts(standing)
    assert (entry.type, entry.data["refusal"]) == (DraftDeclined.wire, "mandate-not-active")


async def test_a_no_stands(standing: Ports) -> None:
    """A no that was recorded is not decided again, though the deputy is in office by now."""
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated("li"))
        await settled(at_work)
        await elect(standing, "li")
        await settled(at_work)
        raw = await standing.journal.fetch(OPINIONS, 0, 1)
        await reacting(at_work).take(OPINIONS, [Entry(raw[0])])
    assert [each.type for each in await drafts(standing)] == [DraftDeclined.wire]


async def test_without_an_event_a_no_is_nothing(standing: Ports) -> None:
    """Where no event stands for a no, nothing was to be done."""
    service = replace(SERVICE, reactions=(replace(REACTION, declined=None),))
    async with running(service, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated("wu"), escalated())
        await settled(at_work)
        assert at_work.followings[NAME].stopped == {}
    assert [each.data["lead"] for each in await drafts(standing)] == ["mandate/3-ma"]


def failing(faults: Iterable[Exception]) -> Reaction:
    """Give the reaction, with faults before it succeeds."""

    def react(entry: Entry, known: Mapping[str, Any]) -> Iterable[Send]:
        for fault in faults:
            raise fault
        return REACTION.react(entry, known)

    return replace(REACTION, react=react)


async def test_a_fault_is_tried_again(standing: Ports) -> None:
    """A fault that passes is tried again, until the reaction is done."""
    faults = iter([ConnectionResetError(), TimeoutError()])
    service = replace(SERVICE, reactions=(failing(faults),))
    async with running(service, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(), escalated())
        await settled(at_work)
        assert at_work.followings[NAME].stopped == {}
    assert len(await drafts(standing)) == 2


async def test_a_fault_that_stays_stops_the_ledger(standing: Ports) -> None:
    """A fault that stays stops this reaction at that entry; a retry goes on from there."""
    faults = [OSError()]
    service = replace(SERVICE, reactions=(failing(faults),))
    async with running(service, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(), escalated())
        await settled(at_work)
        following = at_work.followings[NAME]
        assert following.stopped[OPINIONS].sequence == 1
        assert at_work.failed() == []
        faults.clear()
        assert await following.retry(OPINIONS)
    assert len(await drafts(standing)) == 2


async def test_a_reaction_never_gives_up(standing: Ports) -> None:
    """What stops a reaction for long is tried again by itself: once it passes, nothing was lost."""
    faults = [OSError()]
    service = replace(SERVICE, reactions=(failing(faults),))
    async with running(service, standing) as at_work:
        await say(standing, OPINIONS, "opinion/o1", escalated(), escalated())
        await settled(at_work)
        assert OPINIONS in at_work.followings[NAME].stopped
        faults.clear()
        async with asyncio.timeout(10):
            while len(await drafts(standing)) < 2:
                await asyncio.sleep(0.02)
    assert len(await drafts(standing)) == 2


async def standing_on(standing: Ports, position: str) -> None:
    """Say that an opinion was taken up by who had seen a position of others."""
    event, now = escalated("li"), standing.clock.now()
    part = decided(
        type=event.wire, subject="opinion/o1", time=now, congress=CONGRESS, actor="staff/test",
        correlationid="test", dataschema=f"/schemas/{event.wire}", data=event.data(),
        standson=[position],
    )  # fmt: skip
    await standing.journal.append(OPINIONS, [Proposed("opinion/o1", part)], {})


async def test_it_waits_for_what_its_cause_had_seen(standing: Ports) -> None:
    """What the cause stood on is awaited: no draft is declined because references lag."""
    head = (await standing.journal.heads())[OTHERS].sequence
    async with running(SERVICE, standing) as at_work:
        await standing_on(standing, f"{OTHERS}/{head + 3}")
        await asyncio.sleep(0.1)
        assert await drafts(standing) == []
        await elect(standing, "li")
        await settled(at_work)
    assert [each.type for each in await drafts(standing)] == [SuggestionDrafted.wire]


async def test_it_does_not_wait_for_ever(standing: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A position that does not come stops the ledger there, to be tried again."""
    monkeypatch.setattr(referring, "WAIT_SECONDS", 0.02)
    head = (await standing.journal.heads())[OTHERS].sequence
    async with running(SERVICE, standing) as at_work:
        await standing_on(standing, f"{OTHERS}/{head + 3}")
        await settled(at_work)
        assert at_work.followings[NAME].stopped[OPINIONS].error == "Problem"
        await elect(standing, "li")
        await settled(at_work)
        assert await at_work.followings[NAME].retry(OPINIONS)
    assert [each.type for each in await drafts(standing)] == [SuggestionDrafted.wire]


async def test_other_events_are_passed_over(standing: Ports) -> None:
    """What a reaction does not know moves its mark and nothing else."""
    async with running(SERVICE, standing) as at_work:
        await say(standing, OPINIONS, "station/s1", deputies.MandateConfirmed(
            day=DAY, body="常委会"
        ))  # fmt: skip
        await settled(at_work)
        assert at_work.followings[NAME].mark(OPINIONS) == 1
    assert await drafts(standing) == []
