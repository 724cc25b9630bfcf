from typing import Any

import pytest

from deploy import adoption
from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.suggestions import Satisfaction
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Reader
from services.chassis.workdays import Days
from services.suggestions.api import BRIEF, ROUTES, listed
from services.suggestions.suggestion.rules.decider import RULES
from services.suggestions.suggestion.state import EVOLVE
from services.suggestions.views.case_document import CaseDocument, dated
from services.suggestions.views.cases import CASES, HIDDEN_FACTS
from tests.folding import Story
from tests.services.suggestions.past import (
    ADMITTED,
    ANSWERED,
    ASKED,
    CLOSED,
    DRAFTED,
    HANDLED,
    JOINT,
    LI,
    MA,
    MAIN,
    MET,
    NOT_ADMITTED,
    NOT_SIGNED,
    PARALLEL,
    REVIEW,
    S1,
    SIGNED,
    SUBMITTED,
    TITLE,
    UNHAPPY,
    WAITING,
    assigned,
    confirmed,
    contacted,
    day,
    deadline,
    local,
    received,
    redo,
    replied,
    returned,
    returning,
    submitted,
)
from tests.specification import reference

LEAD = Reader("deputy", "ma", MA, "630200")
COSIGNER = Reader("deputy", "li", LI, "630200")
OTHER = Reader("deputy", "wu", "mandate/3-wu", "630200")
HOUSING = Reader("unit", "zhao", "unit/housing", "630200")
WATER = Reader("unit", "qian", "unit/water", "630200")
OFFICE = [Reader(role, "x", None, "630200") for role in ("staff", "leader", "auditor")]
PUBLIC = [Reader(role, "x", None, "630200") for role in ("citizen", "station", "gateway", "unit")]
REVISED = said.DraftRevised(title=reference("改"), text=reference("改"))
CITED = said.SuggestionDrafted(lead=MA, cites=reference("路灯坏了"), opinion="opinion/o1")


def seen(*past: Event) -> Any:  # noqa: ANN401 - a document
    """Give the document of the suggestion."""
    return Story("suggestions").say(S1, *past).fold(CASES)[S1]


REFUSED = said.ReturnRefused(unit="housing", reason=reference("属于"), day=returning().day, session="3-7")


@pytest.mark.parametrize(
    ("past", "stage"),
    [
        ((DRAFTED,), "drafted"), ((DRAFTED, ASKED, SIGNED), "drafted"), (REVIEW, "submitted"),
        ((*REVIEW, ADMITTED), "admitted"), ((*REVIEW, NOT_ADMITTED), "not_admitted"),
        (WAITING, "registered"), ((*WAITING, assigned()), "assigned"), (HANDLED, "in_handling"),
        ((*HANDLED, returning()), "return_requested"),
        ((*HANDLED, returning(), REFUSED), "in_handling"),
        ((*HANDLED, returning(), returned()), "assigned"), (MET, "in_handling"),
        (ANSWERED, "replied"), (UNHAPPY, "rated"), ((*UNHAPPY, redo()), "redo"),
        (CLOSED, "closed"),
    ],
)  # fmt: skip
def test_the_stage(past: tuple[Event, ...], stage: str) -> None:
    """S1: A suggestion stands where its last entry put it, and every entry is in its story."""
    document = seen(*past)
    assert document["stage"] == stage
    assert [each["what"] for each in document["story"]] == [each.wire for each in past]
    assert set(document) <= set(CaseDocument.__annotations__)


def test_every_event_is_folded() -> None:
    """Every event of a suggestion moves state and case; a command each has its rule and route."""
    assert set(EVOLVE) - set(CASES.on) == {said.NumberIssued, said.DraftDeclined}
    commands = {route.command for route in ROUTES if hasattr(route, "command")}
    assert {each.__name__ for each in set(RULES) - commands} == {"OpenDraft"}


def test_the_story_tells_when_and_by_whom() -> None:
    """S15: Each line of the story has address, day, actor and facts, but no dates or words."""
    (line,) = seen(DRAFTED)["story"]
    assert (line["at"], line["when"][:10], line["actor"]) == (
        "suggestions/630200/1", "2025-02-27", "staff/clerk",
    )  # fmt: skip
    for each in seen(*CLOSED)["story"]:
        assert not HIDDEN_FACTS & set(each["facts"])


def test_the_day_that_is_due() -> None:
    """T5: Assigned on 2025-02-27, the case shows 2025-05-27 and explains it."""
    document = seen(*WAITING, assigned())
    assert document["due"] == document["statutory"]["due"] == "2025-05-27"
    assert document["statutory"]["limit"]["basis"]["article"] == "第四十二条第一款"


def test_assigned_anew_the_day_stays() -> None:
    """T6: After a return the statutory day stands where it stood, with another unit."""
    document = seen(*HANDLED, returning(), returned(on="2025-04-30"))
    assert (document["due"], document["units"]) == ("2025-05-27", ["water"])
    assert "received" not in document["handlers"]["water"]


def test_a_new_round_has_its_own_day() -> None:
    """S11: A redo has the local day, or none where the law sets none."""
    assert "due" not in seen(*UNHAPPY, redo())
    here = redo().model_copy(update={"redo_by": deadline(Step.REDO_REPLY, "2025-06-03", [local()])})
    document = seen(*UNHAPPY, here)
    assert (document["due"], document["redo"]) == ("2025-08-04", 1)
    assert document["statutory"]["due"] == "2025-05-27"


def test_days_are_counted_on_reading() -> None:
    """T5: Every date of a case tells the working days left by the calendars; none is folded."""
    document = seen(*WAITING, assigned(rulebooks=[local()]))
    assert "days_left" not in repr(document)
    shown = dated(document, day("2025-05-23"), Days(adoption.calendars()))
    assert (shown["days_left"], shown["statutory"]["days_left"]) == (2, 2)
    assert shown["dates"]["contact_by"]["days_left"] < 0
    assert dated(document, day("2025-05-28"), Days(adoption.calendars()))["days_left"] == -1
    again = dated(seen(*UNHAPPY, redo()), day("2025-05-23"), Days(adoption.calendars()))
    assert "days_left" not in again
    over = dated(seen(*CLOSED), day("2025-05-23"), Days(adoption.calendars()))
    assert "days_left" not in over
    assert dated(seen(DRAFTED), day("2025-05-23"), Days()) == seen(DRAFTED)


def test_contacts_and_their_confirmation() -> None:
    """S8: A contact stands in the case as recorded until the deputy confirms it."""
    assert seen(*HANDLED, contacted())["contacts"]["1"]["confirmed"] is False
    contacts = seen(*MET, contacted(number=2))["contacts"]
    assert [each["confirmed"] for each in contacts.values()] == [True, False]
    again = seen(*MET, contacted(number=2), confirmed(2))["contacts"]
    assert again["2"]["confirmed"] is True


def test_replies_and_ratings_of_all_rounds() -> None:
    """S11: No reply and no rating disappears in the next round."""
    second = replied(reply=2, redo=1)
    document = seen(*UNHAPPY, redo(), second)
    assert [each["reply"] for each in document["replies"]] == [1, 2]
    assert [each["result"] for each in document["ratings"]] == ["unsatisfied"]
    assert document["ratings"][0]["attitude"] == Satisfaction.SATISFIED
    assert (document["stage"], document["handlers"]["housing"]["redo"]) == ("replied", 1)


def test_a_reply_of_some_is_not_yet_one() -> None:
    """S6: In parallel handling it is replied when the last unit has replied."""
    begun = (*WAITING, assigned(*PARALLEL), received(), received("water"))
    one = seen(*begun, replied(complete=False))
    assert (one["stage"], one["handlers"]["housing"]["replied"]) == ("in_handling", "2025-05-20")
    assert seen(*begun, replied(complete=False), replied("water", reply=2))["stage"] == "replied"


def test_closed_without_a_rating() -> None:
    """T7: Silence stands in the case as no rating."""
    silent = said.SuggestionClosed.model_copy(CLOSED[-1], update={"outcome": said.Outcome.NO_RATING})
    document = seen(*ANSWERED, silent)
    assert (document["outcome"], document["ratings"]) == ("no_rating", [])


def test_signatures() -> None:
    """S2, I7: Asked, signed, declined; new words ask anew; only the signed are submitted."""
    assert seen(DRAFTED, ASKED)["cosigners"] == {LI: "invited"}
    assert seen(DRAFTED, ASKED, SIGNED)["cosigners"] == {LI: "signed"}
    assert seen(DRAFTED, ASKED, SIGNED, REVISED)["cosigners"] == {LI: "invited"}
    assert seen(DRAFTED, ASKED, NOT_SIGNED, REVISED)["cosigners"] == {LI: "declined"}
    assert seen(DRAFTED, ASKED, SUBMITTED)["people"] == [MA]
    joint = seen(DRAFTED, ASKED, SIGNED, submitted(cosigners=(LI,)))
    assert (joint["people"], joint["cosigners"]) == ([MA, LI], {LI: "signed"})


def test_the_words_stay_references() -> None:
    """L9: The case holds references; words are opened for whoever may read them."""
    document = seen(*REVIEW)
    assert document["title"] == TITLE.model_dump()
    assert "供热" not in repr(document)


@pytest.mark.parametrize("past", [(DRAFTED,), (DRAFTED, ASKED, SIGNED)])
def test_a_draft_is_hidden(past: tuple[Event, ...]) -> None:
    """S1: A draft is its deputies' own; no office, unit or other deputy sees it."""
    document = seen(*past)
    assert CASES.shows(document, LEAD) == document
    assert (CASES.shows(document, COSIGNER) == document) is (len(past) > 1)
    for reader in (*OFFICE, *PUBLIC, HOUSING, OTHER):
        assert CASES.shows(document, reader) is None


@pytest.mark.parametrize("past", [REVIEW, WAITING, HANDLED, CLOSED, (*REVIEW, NOT_ADMITTED)])
def test_who_sees_it_later(past: tuple[Event, ...]) -> None:
    """S16: Submitted, the offices see it; others and the public do not before it is published."""
    document = seen(*past)
    for reader in (LEAD, *OFFICE):
        assert CASES.shows(document, reader) == document
    for reader in (*PUBLIC, OTHER, COSIGNER):
        assert CASES.shows(document, reader) is None


def test_a_unit_sees_its_own() -> None:
    """S6: A unit sees what was assigned to it, and no longer what it was let go from."""
    assert CASES.shows(seen(*WAITING), HOUSING) is None
    both = seen(*WAITING, assigned(MAIN, JOINT))
    assert CASES.shows(both, HOUSING) == CASES.shows(both, WATER) == both
    one = seen(*HANDLED)
    assert (CASES.shows(one, HOUSING), CASES.shows(one, WATER)) == (one, None)
    other = seen(*HANDLED, returning(), returned())
    assert (CASES.shows(other, HOUSING), CASES.shows(other, WATER)) == (None, other)


def test_the_citizens_words_are_for_the_deputies() -> None:
    """L9: What a citizen wrote is seen by the deputies of the case only, not by unit or office."""
    told = (CITED, REVISED, submitted(opinion="opinion/o1"), ADMITTED, *WAITING[3:], assigned())
    document = seen(*told)
    assert CASES.shows(document, LEAD)["cites"] == reference("路灯坏了").model_dump()
    for reader in (*OFFICE, HOUSING):
        assert reference("路灯坏了").record not in repr(CASES.shows(document, reader))
    assert document["opinion"] == "opinion/o1"


def test_what_each_may_list() -> None:
    """S16: Deputies and units list their own, the offices what was submitted, others nothing."""
    assert listed(LEAD) == {"people": [MA]}
    assert listed(HOUSING) == {"units": ["housing"]}
    assert all(listed(reader) == {"submitted": True} for reader in OFFICE)
    assert all(listed(reader) is None for reader in PUBLIC[:3])
    assert listed(Reader("deputy", "x", None, "630200")) == {"people": [None]}
    assert "submitted" not in seen(DRAFTED)
    assert set(BRIEF) <= set(CaseDocument.__annotations__)
