import datetime as dt
import json
from typing import Any

from events.catalogue import deputies, liaison, training
from events.catalogue.suggestions import Satisfaction
from services.chassis.projecting import sources
from services.chassis.shapes import Reader
from services.supervision.views.dossier import DOSSIER, names
from services.supervision.views.joining import joined
from tests.cast import CITIZEN, CLERK, COSIGNER, LEAD, UNIT_CLERK
from tests.folding import Story
from tests.services.liaison.opinions import ANSWERED, ESCALATED, OPENED, received
from tests.services.suggestions import past
from tests.services.suggestions.past import S1
from tests.specification import Who, reference

MA, LI = "mandate/3-ma", "mandate/3-li"
DAY = dt.date(2021, 11, 1)
ELECTED = deputies.MandateElected(
    person="ma", name=reference("马某"), contact=reference("139"), term=3, electorate="ledu",
    electorate_name="乐都区", frontline=True, elected=DAY,
)  # fmt: skip
ATTENDED = training.DeputyAttended(mandate=MA, topic=training.Topic.BUDGET, minutes=90)


def part(story: Story, mandate: str = MA) -> Any:  # noqa: ANN401 - a document
    """Fold one service's part of a dossier."""
    return story.fold(DOSSIER).get(mandate, {})


def dossier(mandate: str = MA, **parts: Story) -> Any:  # noqa: ANN401 - a document
    """Join a dossier from the stories of services."""
    services = ("deputies", "suggestions", "liaison", "training")
    folded = {each: part(parts.get(each, Story(each)), mandate) for each in services}
    return joined(mandate, folded, {S1: {"stage": "closed", "number": 1, "lead": "x"}})


def signed() -> Story:
    """Tell that Ma led a suggestion, Li signed it, and Ma rated it twice."""
    submitted = past.submitted(cosigners=(LI,))
    twice = past.rated(Satisfaction.SATISFIED, redo=1)
    return Story("suggestions").say(S1, submitted, past.rated(Satisfaction.UNSATISFIED), twice)


def test_a_dossier_begins_with_the_mandate() -> None:
    """D1: The record holds who was elected where, and the days of the mandate; no telephone."""
    story = Story("deputies").say(
        MA, ELECTED, deputies.MandateConfirmed(day=DAY, body="市人大常委会"),
        deputies.MandateTakenUp(day=DAY),
    )  # fmt: skip
    facts = dossier(deputies=story)["facts"]
    assert (facts["state"], facts["taken_up"], facts["frontline"]) == ("active", "2021-11-01", True)
    assert "contact" not in facts


def test_a_suspension_leaves_the_first_day() -> None:
    """D1: After a suspension the day on which the work was taken up still stands."""
    story = Story("deputies").say(
        MA, ELECTED, deputies.MandateTakenUp(day=DAY),
        deputies.MandateSuspended(
            ground=deputies.Suspension.DETAINED, day=dt.date(2024, 1, 1), body="代资委"
        ),
        deputies.MandateResumed(day=dt.date(2024, 6, 1), body="代资委"),
    )  # fmt: skip
    facts = dossier(deputies=story)["facts"]
    assert (facts["state"], facts["taken_up"]) == ("active", "2021-11-01")
    assert (facts["suspended"], facts["resumed"]) == ("2024-01-01", "2024-06-01")


def test_led_and_cosigned_are_told_apart() -> None:
    """D1: A suggestion stands in the dossier of its lead and of everybody who signed."""
    assert [dossier(each, suggestions=signed())["suggestions"][0]["as"] for each in (MA, LI)] == [
        "lead", "cosigner",
    ]  # fmt: skip
    figures = dossier(suggestions=signed())["figures"]
    assert (figures["led"], figures["cosigned"], figures["rated"]) == (1, 0, 2)
    assert dossier(LI, suggestions=signed())["figures"]["rated"] == 0


def test_what_became_of_it_stands_on_the_board() -> None:
    """D1: Stage and number come from the board, the rest from the deputy's own acts."""
    (row,) = dossier(suggestions=signed())["suggestions"]
    assert (row["stage"], row["number"], row["lead"], row["session"]) == ("closed", 1, MA, "3-7")


def test_opinions_count_for_who_dealt_with_them() -> None:
    """L7: Opinions addressed, answered and taken up are counted apart, each opinion once."""
    story = Story("liaison").say("opinion/o1", received(), ANSWERED)
    story.say("opinion/o2", received(addressed_to=None), ESCALATED)
    by_station = ANSWERED.model_copy(update={"answered_by": "station/s1"})
    story.say("opinion/o3", received(), by_station)
    found = dossier(liaison=story)["figures"]
    assert found["opinions_addressed"] == 2
    assert (found["opinions_answered"], found["opinions_escalated"]) == (1, 1)


def test_stations_are_those_of_now() -> None:
    """L1: The dossier names the stations at which the deputy works."""
    attached = liaison.DeputyAttached(mandate=MA)
    story = Story("liaison").say("station/s1", OPENED, attached).say("station/s2", OPENED, attached)
    story.say("station/s1", liaison.DeputyDetached(mandate=MA))
    assert dossier(liaison=story)["stations"] == ["station/s2"]


def test_training_is_counted_in_courses_and_minutes() -> None:
    """TR4: Courses attended and minutes earned stand beside each other, never added."""
    story = Story("training").say("course/c1", ATTENDED).say("course/c2", ATTENDED)
    found = dossier(training=story)["figures"]
    assert (found["courses"], found["minutes"]) == (2, 180)


def test_rows_stand_by_their_dates() -> None:
    """D1: Whatever the ids are, and however a shelf keeps them, what came first stands first."""
    story = Story("training").say("course/z", ATTENDED).say("course/a", ATTENDED, on="2025-03-01")
    opinions = Story("liaison").say("opinion/z", received()).say("opinion/a", ESCALATED, on="2025-03-01")
    opinions.say("opinion/z", ANSWERED, on="2025-03-02")
    late = past.submitted(day=past.day("2025-02-21"))
    told = Story("suggestions").say("suggestion/z", past.SUBMITTED).say("suggestion/a", late)
    found = shelved(training=story, liaison=opinions, suggestions=told)
    assert [each["id"] for each in found["courses"]] == ["course/z", "course/a"]
    assert [each["id"] for each in found["opinions"]] == ["opinion/z", "opinion/a"]
    assert [each["id"] for each in found["suggestions"]] == ["suggestion/z", "suggestion/a"]


def shelved(**parts: Story) -> Any:  # noqa: ANN401 - a document
    """Join a dossier from parts as a shelf gives them back: sorted by name."""
    folded = {each: part(parts.get(each, Story(each))) for each in sources(DOSSIER)}
    kept = {name: json.loads(json.dumps(each, sort_keys=True)) for name, each in folded.items()}
    return joined(MA, kept, {})


def test_an_empty_dossier_is_a_dossier() -> None:
    """D1: Who has done nothing yet has a record that says so."""
    assert set(dossier()["figures"].values()) == {0}


def test_names_are_asked_once() -> None:
    """D1: The dossier names stations, courses and the leads of what was signed."""
    story = Story("training").say("course/c1", ATTENDED)
    document = dossier(LI, suggestions=signed(), training=story)
    assert names(document) == [MA]
    assert names(dossier(suggestions=signed(), training=story)) == [MA, "course/c1"]


def test_offices_and_the_deputy_himself_read_it() -> None:
    """D1: The organiser keeps the record and the deputy may check his own."""
    document = dossier()
    for who in (CLERK, Who("leader", "sun"), Who("auditor", "wu"), LEAD):
        assert DOSSIER.shows(document, Reader(who.role, who.id, who.holds, "630200")) == document
    for who in (COSIGNER, CITIZEN, UNIT_CLERK, Who("station", "an"), Who("unit", "x", MA)):
        assert DOSSIER.shows(document, Reader(who.role, who.id, who.holds, "630200")) is None
