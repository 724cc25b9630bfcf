import datetime as dt
from typing import Any

import pytest

from events.catalogue.event import Event
from events.catalogue.suggestions import ContactConfirmed, ContactKind, ContactMode, Satisfaction
from events.catalogue.vocabulary import ReplyClass, Step
from services.reporting.views.definitions import RATES, figures
from services.reporting.views.figures import FIGURES
from tests.folding import Story
from tests.services.suggestions import past
from tests.services.suggestions.past import (
    ANSWERED,
    HANDLED,
    JOINT,
    MAIN,
    PARALLEL,
    REVIEW,
    UNHAPPY,
    WAITING,
)

SATISFIED, BASICALLY, UNSATISFIED = (
    Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED, Satisfaction.UNSATISFIED,
)  # fmt: skip
RESOLVED, REFERENCE = ReplyClass.RESOLVED_OR_ADOPTED, ReplyClass.FOR_REFERENCE_OR_INFEASIBLE


def rows(*items: tuple[Event, ...]) -> Any:  # noqa: ANN401 - a document
    """Fold the events of several suggestions into the rows of the session."""
    story = Story("suggestions")
    for number, events in enumerate(items):
        story.say(f"suggestion/s{number}", *events)
    return story.fold(FIGURES)["figures/3-7"]["items"]


def rate(key: str, *items: tuple[Event, ...]) -> tuple[int, int]:
    """Give numerator and denominator of one rate over several suggestions."""
    (found,) = [each for each in figures(rows(*items)) if each["key"] == key]
    return found["numerator"], found["denominator"]


def replied(day: str = "2025-05-20", **changes: Any) -> Event:  # noqa: ANN401 - its fields
    """Say that a unit replied on a day."""
    return past.replied(day=dt.date.fromisoformat(day), **changes)


def met(kind: ContactKind, mode: ContactMode = ContactMode.FACE_TO_FACE) -> ContactConfirmed:
    """Say that the deputy confirmed a contact."""
    return ContactConfirmed(contact=1, kind=kind, mode=mode, session="3-7")


def test_assigned_out_of_accepted() -> None:
    """FIG-交办率: Assigned of accepted items; not admitted and not yet reviewed ones are out."""
    refused = (*REVIEW, past.NOT_ADMITTED)
    assert rate("assigned", HANDLED, WAITING, REVIEW, refused) == (1, 2)


def test_assigned_in_time_needs_a_limit() -> None:
    """FIG-交办率: Where no rule limits the assignment, no item is on time or late."""
    assert rate("assigned-in-time", HANDLED) == (0, 0)
    limit = past.deadline(Step.ASSIGN, "2025-02-20", (past.local(),))
    late = past.submitted(assign_by=limit.model_copy(update={"due": dt.date(2025, 2, 26)}))
    timely = past.submitted(assign_by=limit.model_copy(update={"due": dt.date(2025, 2, 27)}))
    begun = [(past.DRAFTED, each, *HANDLED[2:]) for each in (late, timely)]
    assert rate("assigned-in-time", *begun) == (1, 2)


def test_replied_out_of_assigned() -> None:
    """FIG-答复率: Items with all required first replies, of those assigned."""
    half = (*WAITING, past.assigned(*PARALLEL), replied(complete=False))
    assert rate("replied", ANSWERED, HANDLED, half, WAITING) == (1, 3)


@pytest.mark.parametrize(("day", "on_time"), [("2025-05-27", 1), ("2025-05-28", 0)])
def test_replied_in_time(day: str, on_time: int) -> None:
    """FIG-答复率: On the statutory day it is in time, on the next it is late."""
    assert rate("replied-in-time", (*HANDLED, replied(day))) == (on_time, 1)


def test_of_several_replies_the_last_first_one_counts() -> None:
    """FIG-答复率: In parallel handling the item is replied with the last unit's first reply."""
    parallel = (*WAITING, past.assigned(*PARALLEL))
    early, late = replied("2025-05-20", complete=False), replied("2025-06-03", unit="water")
    assert rate("replied-in-time", (*parallel, early, late)) == (0, 1)
    again = replied("2025-07-01", redo=1, reply=2)
    assert rows((*UNHAPPY, past.redo(), again))["suggestion/s0"]["replied"] == "2025-05-20"


def test_concluded_has_two_meanings() -> None:
    """FIG-办结率: An item handled again is formally answered, but not concluded."""
    open_redo = (*UNHAPPY, past.redo())
    answered_again = (*open_redo, replied("2025-07-01", redo=1, reply=2))
    assert rate("concluded-formally", ANSWERED, open_redo, answered_again) == (3, 3)
    assert rate("concluded", ANSWERED, open_redo, answered_again) == (2, 3)


def test_unrated_is_not_satisfied() -> None:
    """T7: An unrated reply is in no rate of satisfaction; rated of replied stands beside it."""
    happy, fair = [(*ANSWERED, past.rated(each)) for each in (SATISFIED, BASICALLY)]
    items = (happy, fair, UNHAPPY, ANSWERED)
    assert rate("rated", *items) == (3, 4)
    assert rate("satisfied", *items) == (1, 3)
    assert rate("accepted", *items) == (2, 3)


def test_first_round_and_final() -> None:
    """FIG-满意率: The first rating and the last are told apart; a redo hides no first no."""
    again = (past.redo(), replied("2025-07-01", redo=1, reply=2), past.rated(SATISFIED, redo=1))
    items = ((*UNHAPPY, *again), (*ANSWERED, past.rated(BASICALLY)))
    assert rate("satisfied-first", *items) == (0, 2)
    assert rate("accepted-first", *items) == (1, 2)
    assert rate("satisfied", *items) == (1, 2)
    assert rate("accepted", *items) == (2, 2)


def test_an_open_redo_keeps_the_last_word() -> None:
    """FIG-满意率: Until it is rated again, the rating that led to the redo stands."""
    assert rate("accepted", (*UNHAPPY, past.redo())) == (0, 1)


def test_ten_rounds_are_in_order() -> None:
    """FIG-满意率: The tenth round comes after the second."""
    ratings = [past.rated(UNSATISFIED, redo=number) for number in range(10)]
    assert rate("satisfied", (*ANSWERED, *ratings, past.rated(SATISFIED, redo=10))) == (1, 1)


def test_met_face_to_face() -> None:
    """FIG-面商率: One confirmed contact face to face counts; online ones are counted apart."""
    online = (*HANDLED, met(ContactKind.BEFORE, ContactMode.ONLINE))
    unconfirmed = (*HANDLED, past.contacted())
    items = ((*HANDLED, met(ContactKind.AFTER)), online, unconfirmed)
    assert rate("met", *items) == (1, 3)
    assert rate("met-online", *items) == (1, 3)


def test_met_thrice() -> None:
    """FIG-三见面率: Before, during and after must each be confirmed."""
    twice = (*HANDLED, met(ContactKind.BEFORE), met(ContactKind.DURING), met(ContactKind.DURING))
    assert rate("met-thrice", twice, (*twice, met(ContactKind.AFTER))) == (1, 2)


def test_resolved_out_of_replied() -> None:
    """FIG-解决率: Class and satisfaction are independent: a deputy may be content with a D."""
    solved = (*HANDLED, replied(reply_class=RESOLVED), past.rated(UNSATISFIED))
    content = (*HANDLED, replied(reply_class=REFERENCE), past.rated(SATISFIED))
    assert rate("resolved", solved, content, HANDLED) == (1, 2)
    assert rate("satisfied", solved, content, HANDLED) == (1, 2)
    assert rate("resolved-or-planned", solved, content, ANSWERED, WAITING) == (2, 4)


def test_of_parallel_replies_the_least_counts() -> None:
    """FIG-解决率: An item is solved when all its units solved their parts."""
    parts = (*WAITING, past.assigned(*PARALLEL), replied(reply_class=RESOLVED, complete=False))
    assert rate("resolved", (*parts, replied(unit="water", reply_class=RESOLVED))) == (1, 1)
    assert rate("resolved", (*parts, replied(unit="water", reply_class=REFERENCE))) == (0, 1)


def test_the_main_units_class_is_the_items() -> None:
    """FIG-解决率: A joint unit's own class leaves the item's as it is."""
    joint = replied(unit="water", reply_class=REFERENCE, complete=False)
    main = replied(reply_class=RESOLVED)
    assert rate("resolved", (*WAITING, past.assigned(MAIN, JOINT), joint, main)) == (1, 1)


def test_a_successor_in_a_redo_loses_no_answer() -> None:
    """S7: When a unit is let go in a redo, the answer it gave before still stands."""
    solved = (*HANDLED, replied(reply_class=RESOLVED), past.rated(UNSATISFIED), past.redo())
    assert rate("resolved", (*solved, past.returning(), past.returned())) == (1, 1)


def test_admission_is_dated_by_the_legal_day() -> None:
    """T4: The day of admission is the day in Asia/Shanghai."""
    assert rows(WAITING)["suggestion/s0"]["admitted"] == "2025-02-27"


def test_cohorts_do_not_mix() -> None:
    """S14: What was submitted between sessions is counted in a cohort of its own."""
    recess = past.submitted(session="3-2025")
    story = Story("suggestions").say("suggestion/s1", *WAITING).say("suggestion/s2", recess)
    documents = story.fold(FIGURES)
    assert [len(documents[each]["items"]) for each in documents] == [1, 1]
    assert documents["figures/3-2025"]["at"] == "suggestions/630200/5"


def test_rows_hold_no_words() -> None:
    """I10: Figures are published; their rows hold days and codes, and nobody's words."""
    folded = rows((*UNHAPPY, past.redo()))
    assert "record" not in str(folded)


def test_every_rate_is_defined_in_both_languages() -> None:
    """S15: A figure is published with its definition; keys are told apart."""
    assert len({each.key for each in RATES}) == len(RATES)
    assert all(each.definition and each.definition_en for each in RATES)


def test_nothing_is_nought_of_nought() -> None:
    """S15: A session without items has every figure, with nothing in it."""
    assert {(each["numerator"], each["denominator"]) for each in figures({})} == {(0, 0)}


def test_numerators_stay_within_denominators() -> None:
    """S15: What is counted is always among what it is counted out of."""
    every = figures(rows(REVIEW, WAITING, HANDLED, ANSWERED, UNHAPPY, past.CLOSED))
    assert all(0 <= each["numerator"] <= each["denominator"] for each in every)
