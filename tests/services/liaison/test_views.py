from typing import Any

import pytest

from events.catalogue.event import Event
from events.catalogue.liaison import DeputyAttached, DeputyDetached, StationClosed
from services.chassis.shapes import Reader
from services.chassis.words import told
from services.liaison.views.opinions import OPINIONS
from services.liaison.views.receipts import RECEIPTS, SEEN
from services.liaison.views.stations import STATIONS
from tests.cast import CITIZEN, CLERK, COSIGNER, LEAD, OTHER_UNIT_CLERK, STATION_CLERK, UNIT_CLERK
from tests.folding import Story
from tests.services.liaison.opinions import (
    ANSWERED,
    ESCALATED,
    LI,
    MA,
    OPENED,
    TOLD,
    TRANSFERRED,
    received,
)
from tests.specification import Who, reference

CONTACT = reference("13800000000")
WITH_CONTACT = received(anonymous=False, contact=CONTACT)


def opinion(*events: Event) -> Any:  # noqa: ANN401 - a document
    """Fold an opinion as those see it who deal with it."""
    return Story("liaison").say("opinion/o1", *events).fold(OPINIONS)["opinion/o1"]


def receipt(*events: Event) -> Any:  # noqa: ANN401 - a document
    """Fold an opinion as its citizen sees it."""
    return Story("liaison").say("opinion/o1", *events).fold(RECEIPTS)["opinion/o1"]


def records(document: Any) -> list[str]:  # noqa: ANN401 - a document
    """Name the vault records that a document refers to."""
    return [each["record"] for each in told(document)]


def seen(document: Any, who: Who) -> Any:  # noqa: ANN401 - a document
    """Give what somebody may see of an opinion."""
    return OPINIONS.shows(document, Reader(who.role, who.id, who.holds, "630200"))


def test_a_station_shows_who_works_there() -> None:
    """L1: Everybody may know a station, its kind and the deputies who work there."""
    story = Story("liaison").say(
        "station/s1", OPENED, DeputyAttached(mandate=MA), DeputyAttached(mandate=LI),
        DeputyDetached(mandate=MA),
    )  # fmt: skip
    document = story.fold(STATIONS)["station/s1"]
    assert (document["state"], document["kind"]) == ("open", "station")
    assert document["deputies"] == [LI]
    assert STATIONS.shows(document, Reader("citizen", "anonymous", None, "630200")) == document


def test_a_closed_station_is_remembered() -> None:
    """L1: What a station was stays to be read."""
    story = Story("liaison").say("station/s1", OPENED).say("station/s1", StationClosed())
    assert story.fold(STATIONS)["station/s1"]["state"] == "closed"


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((received(),), "waiting"),
        ((received(), TRANSFERRED), "transferred"),
        ((received(), TRANSFERRED, ANSWERED), "answered"),
        ((received(), ESCALATED), "escalated"),
        ((received(), ESCALATED, TOLD), "told"),
    ],
)
def test_stages(events: tuple[Event, ...], stage: str) -> None:
    """L5: Office and citizen see the same stage, and a step of the story for each event."""
    for document in (opinion(*events), receipt(*events)):
        assert document["stage"] == stage
        assert len(document["story"]) == len(events)


@pytest.mark.parametrize("who", [CLERK, STATION_CLERK, LEAD, Who("station", "chu")])
def test_who_speaks_with_the_citizen_may_reach_him(who: Who) -> None:
    """L8: Office, station and the deputy addressed see how to reach the citizen."""
    assert seen(opinion(WITH_CONTACT), who)["contact"] == CONTACT.model_dump()


def test_a_unit_sees_no_identity() -> None:
    """L9: A unit sees what was said, and only once it was passed to it; never the contact."""
    assert seen(opinion(WITH_CONTACT), UNIT_CLERK) is None
    passed = opinion(WITH_CONTACT, TRANSFERRED)
    assert seen(passed, OTHER_UNIT_CLERK) is None
    shown = seen(passed, UNIT_CLERK)
    assert shown["words"] == reference("路灯坏了").model_dump()
    assert CONTACT.record not in records(shown)


def test_another_deputy_sees_what_he_took_up() -> None:
    """L9: A deputy who took up an opinion not addressed to him sees no contact."""
    assert seen(opinion(WITH_CONTACT), COSIGNER) is None
    taken = opinion(WITH_CONTACT, ESCALATED.model_copy(update={"mandate": LI}))
    assert "words" in seen(taken, COSIGNER)
    assert "contact" not in seen(taken, COSIGNER)
    assert taken["people"] == [MA, LI]


@pytest.mark.parametrize(
    "who",
    [
        CITIZEN, Who("leader", "sun"), Who("auditor", "wu"), Who("station", "bo", "station/s2"),
        Who("unit", "x"), Who("deputy", "y"),
    ],
)  # fmt: skip
def test_nobody_else_reads_opinions(who: Who) -> None:
    """L8: Who does not deal with an opinion does not see it."""
    assert seen(opinion(WITH_CONTACT), who) is None


def test_showing_changes_nothing() -> None:
    """L9: Leaving out the contact for one reader does not take it from the next."""
    document = opinion(WITH_CONTACT, TRANSFERRED)
    seen(document, UNIT_CLERK)
    assert "contact" in seen(document, CLERK)


def test_the_digest_is_no_office_fact() -> None:
    """L9: Those who deal with opinions are not shown the digest of the receipt code."""
    assert "receipt" not in opinion(received())


def test_the_citizen_sees_his_words_and_the_answer() -> None:
    """L5: Under his code the citizen reads his words, who has it, and the answer."""
    document = receipt(received(), TRANSFERRED, ANSWERED)
    assert document["words"] == reference("路灯坏了").model_dump()
    assert document["unit_name"] == "市住建局"
    assert document["answer"] == reference("已修好").model_dump()
    assert reference("请办理").record not in records(document)


def test_the_citizen_is_told_the_outcome() -> None:
    """L5: What came of the suggestion stands on the citizen's page, with number and reply."""
    outcome = receipt(received(), ESCALATED, TOLD)["outcome"]
    assert (outcome["outcome"], outcome["number"], outcome["label"]) == ("closed", 3, "A")
    assert outcome["text"] == reference("答复").model_dump()


def test_the_citizen_sees_no_more() -> None:
    """L9: No answer under a code contains its digest, a contact, or who typed what."""
    document = receipt(WITH_CONTACT, ANSWERED)
    assert document.keys() - set(SEEN) == {"receipt"}
    assert CONTACT.record not in records(document)
    assert {name for step in document["story"] for name in step} == {"what", "when"}
