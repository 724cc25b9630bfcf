import pytest
from pydantic import ValidationError

from deploy import adoption
from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.suggestions import Ground, Manner, Part
from events.catalogue.vocabulary import Deadline, Step
from services.chassis.shapes import On
from services.suggestions.suggestion import refusals
from services.suggestions.suggestion.commands import (
    Admit,
    Assign,
    AssignTo,
    RefuseAdmission,
    Register,
)
from tests.cast import CLERK
from tests.services.suggestions.past import (
    ADMITTED,
    CLOSED,
    DRAFTED,
    HANDLED,
    HOUSING,
    JOINT,
    MAIN,
    NOT_ADMITTED,
    PARALLEL,
    REGISTERED,
    REVIEW,
    S1,
    SESSION,
    WAITING,
    assigned,
    case,
    deadline,
    local,
    submitted,
)
from tests.specification import reference, words

ADMIT = Admit(category="城乡建设")
REFUSE = RefuseAdmission(ground=Ground.SPECIFIC_CASE, explanation=words("涉及个案"))
NUMBERS = f"numbering/{SESSION}"


def to(*handlers: said.Handler, manner: Manner = Manner.BY_LETTER) -> Assign:
    """Ask to assign to these."""
    asked = tuple(AssignTo(unit=h.unit, part=h.part, share=h.share) for h in handlers)
    return Assign(handlers=asked, manner=manner)


def test_admitted() -> None:
    """S3: What the review finds to be a suggestion is admitted, in a field."""
    case(*REVIEW).by(CLERK).when(ADMIT).then(ADMITTED)


@pytest.mark.parametrize("ground", list(Ground))
@pytest.mark.parametrize("letter", [True, False])
def test_not_admitted_on_a_listed_ground(ground: Ground, letter: bool) -> None:  # noqa: FBT001
    """S3: Not admitted on a listed ground, told to the deputy; it may go on as a letter."""
    asked = REFUSE.model_copy(update={"ground": ground, "becomes_letter": letter})
    case(*REVIEW).by(CLERK).when(asked).then(
        said.SuggestionNotAdmitted(
            ground=ground, explanation=reference("涉及个案"), becomes_letter=letter, session=SESSION
        )
    )


@pytest.mark.parametrize(
    "body",
    ['{"ground":"too_critical","explanation":"x"}', '{"ground":"no_content"}', '{"explanation":"x"}'],
)
def test_no_ground_of_ones_own(body: str) -> None:
    """S3: The grounds are a list, and the explanation is not optional."""
    with pytest.raises(ValidationError):
        RefuseAdmission.model_validate_json(body)


def test_the_citizen_hears_of_a_no() -> None:
    """L5: A suggestion made from an opinion names it when it is not admitted."""
    past = case(DRAFTED, submitted(opinion="opinion/o1"))
    assert past.when(REFUSE).event.opinion == "opinion/o1"


@pytest.mark.parametrize("past", [(DRAFTED,), (*REVIEW, ADMITTED), (*REVIEW, NOT_ADMITTED), HANDLED])
def test_reviewed_once(past: tuple[Event, ...]) -> None:
    """S3: The review decides on what was submitted, and once."""
    for command in (ADMIT, REFUSE):
        case(*past).when(command).refused(refusals.NOT_UNDER_REVIEW)


def test_the_first_number() -> None:
    """I6: The register begins at 1 in each session, in the same commit as its numbering."""
    case(*REVIEW, ADMITTED).when(Register()).then(
        REGISTERED, On(NUMBERS, said.NumberIssued(number=1, suggestion=S1))
    )


def test_the_next_number() -> None:
    """I6: The next number is the last plus one; the year between sessions counts by itself."""
    issued = On(NUMBERS, said.NumberIssued(number=58, suggestion="suggestion/s0"))
    registered, given = case(issued, *REVIEW, ADMITTED).when(Register()).events
    assert (registered.number, given.event.number) == (59, 59)
    recess = submitted(session="3-2025"), ADMITTED
    registered, given = case(issued, DRAFTED, *recess).when(Register()).events
    assert (registered.number, given.stream) == (1, "numbering/3-2025")


@pytest.mark.parametrize("past", [REVIEW, (*REVIEW, NOT_ADMITTED), WAITING])
def test_registered_once_admitted(past: tuple[Event, ...]) -> None:
    """S3: What was not admitted gets no number, and nothing gets two."""
    case(*past).when(Register()).refused(refusals.NOT_ADMITTED_YET)


@pytest.mark.parametrize("handlers", [(HOUSING,), (MAIN, JOINT), PARALLEL])
@pytest.mark.parametrize("manner", list(Manner))
def test_assigned(handlers: tuple[said.Handler, ...], manner: Manner) -> None:
    """S6: By letter or at a meeting; to one alone, to a main with joint ones, or in parallel."""
    expected = assigned(*handlers).model_copy(update={"manner": manner})
    case(*WAITING).by(CLERK).on("2025-02-27").when(to(*handlers, manner=manner)).then(expected)


def part(unit: str, part: Part, share: str | None = None) -> said.Handler:
    """Give one unit's part."""
    return said.Handler(unit=unit, name=unit, part=part, share=share)


@pytest.mark.parametrize(
    "handlers",
    [
        (part("housing", Part.SOLE), part("water", Part.SOLE)),
        (part("housing", Part.SOLE), part("water", Part.JOINT)),
        (part("housing", Part.MAIN),),
        (part("housing", Part.JOINT),),
        (part("housing", Part.MAIN), part("water", Part.MAIN), part("edu", Part.JOINT)),
        (part("housing", Part.PARALLEL, "路面"),),
        (part("housing", Part.PARALLEL, "路面"), part("water", Part.PARALLEL)),
        (part("housing", Part.MAIN), part("water", Part.PARALLEL, "管网")),
        (*PARALLEL, part("edu", Part.JOINT)),
    ],
)
def test_parts_that_do_not_fit(handlers: tuple[said.Handler, ...]) -> None:
    """I1, S6: One alone; exactly one main; or two and more in parallel, the split written down."""
    case(*WAITING).when(to(*handlers)).refused(refusals.PARTS_DO_NOT_FIT)


def test_one_round_for_each_unit() -> None:
    """I1: A unit stands in an assignment once."""
    twice = (part("housing", Part.MAIN), part("housing", Part.JOINT))
    case(*WAITING).when(to(*twice)).refused(refusals.UNIT_TWICE)


def test_assigned_to_a_listed_unit() -> None:
    """S6: Nobody is assigned what the congress does not list."""
    for handlers in ((part("nowhere", Part.SOLE),), (MAIN, part("nowhere", Part.JOINT))):
        case(*WAITING).when(to(*handlers)).refused(refusals.UNKNOWN_UNIT)


@pytest.mark.parametrize("past", [REVIEW, (*REVIEW, ADMITTED), HANDLED, CLOSED])
def test_assigned_once_registered(past: tuple[Event, ...]) -> None:
    """S6, I2: It is assigned once, and only under a number: the day is computed once."""
    case(*past).when(to(HOUSING)).refused(refusals.NOT_REGISTERED)


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2025-02-27", "2025-05-27"), ("2025-11-30", "2026-02-28"), ("2025-08-31", "2025-12-01"),
        ("2025-11-28", "2026-02-28"), ("2025-01-28", "2025-04-28"),
    ],
)  # fmt: skip
def test_three_months_for_the_reply(on: str, due: str) -> None:
    """T5: Assigned on 2025-02-27, due on 2025-05-27; months end on working days."""
    statutory: Deadline = case(*WAITING).on(on).when(to(HOUSING)).event.statutory
    assert (str(statutory.due), str(statutory.start)) == (due, on)


@pytest.mark.parametrize(
    ("on", "law", "article"),
    [("2025-03-10", "2015年修正", "第四十二条第一款"), ("2025-03-11", "2025年修正", "第五十一条第二款")],
)
def test_the_law_of_the_day(on: str, law: str, article: str) -> None:
    """I2: Until 2025-03-10 the reply stands on article 42 of 2015, from the 11th on 51 of 2025."""
    event = case(*WAITING).on(on).when(to(HOUSING)).event
    assert event.statutory.limit
    basis = event.statutory.limit.basis
    assert (basis.version, basis.article) == (law, article)
    assert event.statutory.rulebook == f"national@{law[:4]}"
    assert event.statutory.calendar == "cn@2025"
    assert (event.basis is None) is (on < "2025-03-11")


def test_steps_without_a_limit_have_no_date() -> None:
    """S7, S8: National law sets no window for a return and none for the first contact."""
    event = case(*WAITING).on("2025-03-11").when(to(HOUSING)).event
    assert (event.return_by.due, event.contact_by.due) == (None, None)
    here = case(*WAITING).under(local()).on("2025-09-23").when(to(HOUSING)).event
    assert here.return_by == deadline(Step.RETURN, "2025-09-23", [local()])
    assert (str(here.return_by.due), str(here.contact_by.due)) == ("2025-10-13", "2025-10-27")


def test_a_year_without_calendar_is_provisional() -> None:
    """T4, I2: A day that looks into a year without its notice is marked, for recalculation."""
    past = case(*WAITING).on("2026-11-02")
    assert past.when(to(HOUSING)).event.statutory.provisional
    shipped = case(*WAITING).on("2025-11-03").with_calendars(*adoption.calendars())
    assert not shipped.when(to(HOUSING)).event.statutory.provisional
