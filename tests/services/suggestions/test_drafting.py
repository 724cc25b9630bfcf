import pytest
from pydantic import ValidationError

from events.catalogue import suggestions as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import Step
from services.chassis.shapes import Command, Document
from services.suggestions.suggestion import refusals
from services.suggestions.suggestion.commands import (
    Cosign,
    DeclineCosign,
    Draft,
    InviteCosigner,
    OpenDraft,
    Revise,
    Submit,
)
from tests.cast import CLERK, CONGRESS, COSIGNER, IN_OFFICE, LEAD, SUSPENDED, TERMINATED
from tests.services.suggestions.past import (
    ASKED,
    DRAFTED,
    LI,
    MA,
    NOT_SIGNED,
    REVIEW,
    SIGNED,
    SUBMITTED,
    TEXT,
    TITLE,
    case,
    deadline,
    local,
    submitted,
)
from tests.specification import reference, words

DRAFT = Draft(title=words("关于改善供热的建议"), text=words("情况、问题、建议。"))
REVISE = Revise(title=words("改后的题目"), text=words("改后的正文"))
ASK = InviteCosigner(mandate=LI)
OPEN = OpenDraft(lead=MA, cites=reference("路灯坏了"), opinion="opinion/o1")
CITED = said.SuggestionDrafted(lead=MA, cites=reference("路灯坏了"), opinion="opinion/o1")
REVISED = said.DraftRevised(title=reference("改后的题目"), text=reference("改后的正文"))
AWAY = pytest.mark.parametrize("state", [SUSPENDED, TERMINATED, None])


def test_a_deputy_begins_one_matter() -> None:
    """S1: A suggestion is about one matter: one title, one text, one lead deputy."""
    case().by(LEAD).when(DRAFT).then(DRAFTED)


@pytest.mark.parametrize("body", ['{"title":"","text":"x"}', '{"title":"x"}', '{"title":"x","text":" \\n "}'])
def test_title_and_text_are_needed(body: str) -> None:
    """S1: Title and text are both written, or it is no draft."""
    with pytest.raises(ValidationError):
        Draft.model_validate_json(body)


@AWAY
def test_who_is_not_in_office_begins_nothing(state: Document | None) -> None:
    """I8: Who has no active mandate (suspended, ended, unknown) begins no suggestion."""
    case().knows({MA: state}).by(LEAD).when(DRAFT).refused(refusals.MANDATE_NOT_ACTIVE)


def test_an_office_begins_nothing() -> None:
    """I8: Who holds no mandate at all begins no suggestion."""
    case().by(CLERK).when(DRAFT).refused(refusals.MANDATE_NOT_ACTIVE)


def test_the_lead_changes_his_words() -> None:
    """S1: As long as it is a draft, its words may change."""
    case(DRAFTED).by(LEAD).when(REVISE).then(REVISED)


@pytest.mark.parametrize("command", [REVISE, ASK, Submit()])
def test_others_do_not_act_on_a_draft(command: Command) -> None:
    """S2: The lead deputy leads; a cosigner changes, invites and submits nothing."""
    case(DRAFTED, ASKED).by(COSIGNER).when(command).refused(refusals.NOT_LEAD)


@pytest.mark.parametrize("command", [REVISE, ASK, Submit()])
@AWAY
def test_a_lead_out_of_office_does_nothing(command: Command, state: Document | None) -> None:
    """I8: A lead whose mandate is suspended or ended neither signs nor submits."""
    past = case(DRAFTED).knows({MA: state}).by(LEAD)
    past.when(command).refused(refusals.MANDATE_NOT_ACTIVE)


@pytest.mark.parametrize("command", [REVISE, ASK, Submit()])
def test_fixed_once_submitted(command: Command) -> None:
    """S1: After submission words and signatures are fixed."""
    case(*REVIEW).by(LEAD).when(command).refused(refusals.NOT_A_DRAFT)


@pytest.mark.parametrize("command", [Cosign(), DeclineCosign()])
def test_nobody_signs_later(command: Command) -> None:
    """I7: What is not confirmed on the day of filing is never confirmed."""
    past = case(DRAFTED, ASKED, SUBMITTED).by(COSIGNER)
    past.when(command).refused(refusals.NOT_A_DRAFT)


def test_another_is_asked_to_sign() -> None:
    """S2: The lead asks another deputy, who has then to confirm."""
    case(DRAFTED).by(LEAD).when(ASK).then(ASKED)


def test_nobody_is_asked_twice() -> None:
    """S2: Who was asked is not asked again, whatever he said."""
    for past in ((ASKED,), (ASKED, SIGNED), (ASKED, NOT_SIGNED)):
        case(DRAFTED, *past).by(LEAD).when(ASK).refused(refusals.ALREADY_INVITED)


def test_the_lead_signs_already() -> None:
    """S2: The lead is no cosigner of himself."""
    asked = InviteCosigner(mandate=MA)
    case(DRAFTED).by(LEAD).when(asked).refused(refusals.COSIGNER_IS_LEAD)


@AWAY
def test_only_deputies_in_office_are_asked(state: Document | None) -> None:
    """I8: Who may not sign is not asked to."""
    past = case(DRAFTED).knows({LI: state}).by(LEAD)
    past.when(ASK).refused(refusals.COSIGNER_NOT_ACTIVE)


def test_a_cosigner_confirms_himself() -> None:
    """S2: Each cosigner confirms by his own act that it is his will."""
    case(DRAFTED, ASKED).by(COSIGNER).when(Cosign()).then(SIGNED)
    case(DRAFTED, ASKED).by(COSIGNER).when(DeclineCosign()).then(NOT_SIGNED)


@pytest.mark.parametrize("command", [Cosign(), DeclineCosign()])
def test_only_who_was_asked_answers(command: Command) -> None:
    """S2: The lead, an office or a deputy nobody asked confirms nothing."""
    for who, past in ((LEAD, [ASKED]), (CLERK, [ASKED]), (COSIGNER, [])):
        case(DRAFTED, *past).by(who).when(command).refused(refusals.NOT_INVITED)


@pytest.mark.parametrize("command", [Cosign(), DeclineCosign()])
@pytest.mark.parametrize("answer", [SIGNED, NOT_SIGNED])
def test_answered_once(command: Command, answer: Event) -> None:
    """S2: A confirmation given or denied stands."""
    past = case(DRAFTED, ASKED, answer).by(COSIGNER)
    past.when(command).refused(refusals.ALREADY_ANSWERED)


def test_a_consent_is_to_words() -> None:
    """S2: New words need new consents; who said no is not asked again."""
    case(DRAFTED, ASKED, SIGNED, REVISED).by(COSIGNER).when(Cosign()).then(SIGNED)
    refused = case(DRAFTED, ASKED, NOT_SIGNED, REVISED).by(COSIGNER)
    refused.when(Cosign()).refused(refusals.ALREADY_ANSWERED)


def test_nobody_signs_an_empty_page() -> None:
    """S2: A draft made from an opinion is signed once it has words of its own."""
    case(CITED, ASKED).by(COSIGNER).when(Cosign()).refused(refusals.NO_TEXT)
    case(CITED, ASKED, REVISED).by(COSIGNER).when(Cosign()).then(SIGNED)


@AWAY
def test_no_signature_out_of_office(state: Document | None) -> None:
    """I8: Suspended or terminated one may not sign; to say no is always possible."""
    past = case(DRAFTED, ASKED).knows({LI: state}).by(COSIGNER)
    past.when(Cosign()).refused(refusals.MANDATE_NOT_ACTIVE)
    past.when(DeclineCosign()).then(NOT_SIGNED)


def test_one_signer_is_enough() -> None:
    """S2: No number of signers is needed."""
    case(DRAFTED).by(LEAD).on("2025-02-20").when(Submit()).then(SUBMITTED)


def test_alone_or_together() -> None:
    """S2: Signed alone or together, the same event with the same effect."""
    past = case(DRAFTED, ASKED, SIGNED).by(LEAD).on("2025-02-20")
    past.when(Submit()).then(submitted(cosigners=(LI,)))


@pytest.mark.parametrize("answers", [(), (NOT_SIGNED,), (SIGNED, REVISED)])
def test_only_confirmed_signatures_count(answers: tuple[Event, ...]) -> None:
    """I7: Who has not confirmed these words on the day of filing has not signed."""
    past = case(DRAFTED, ASKED, *answers).by(LEAD).on("2025-02-20")
    assert past.when(Submit()).event.cosigners == ()


@AWAY
def test_a_cosigner_who_left(state: Document | None) -> None:
    """I7, I8: The day of filing decides whether a confirmed signature is one."""
    past = case(DRAFTED, ASKED, SIGNED).knows({LI: state}).by(LEAD)
    past.when(Submit()).refused(refusals.COSIGNER_NOT_ACTIVE)


@AWAY
def test_who_did_not_sign_may_leave(state: Document | None) -> None:
    """I7: A deputy who has not signed holds up nobody by leaving."""
    past = case(DRAFTED, ASKED).knows({LI: state}).by(LEAD).on("2025-02-20")
    past.when(Submit()).then(SUBMITTED)


def test_nothing_is_submitted_without_words() -> None:
    """S1: Without title and text there is no concrete matter."""
    case(CITED).by(LEAD).when(Submit()).refused(refusals.NO_TEXT)


def test_a_term_without_session_has_no_cohort() -> None:
    """S6: Who assigns follows from the session, so there must have been one."""
    for known in (None, {**CONGRESS, "sessions": []}):
        past = case(DRAFTED).knows({"congress/630200": known}).by(LEAD)
        past.when(Submit()).refused(refusals.NO_SESSION)


@pytest.mark.parametrize(
    ("on", "cohort", "occasion"),
    [
        ("2025-02-18", "3-2025", "recess"), ("2025-02-19", "3-7", "session"),
        ("2025-02-22", "3-7", "session"), ("2025-02-23", "3-2025", "recess"),
        ("2026-01-05", "3-2026", "recess"),
    ],
)  # fmt: skip
def test_session_or_recess(on: str, cohort: str, occasion: str) -> None:
    """S6: In session, first and last day included, it is the session's; else the year's recess."""
    event = case(DRAFTED).by(LEAD).on(on).when(Submit()).event
    assert (event.session, event.occasion) == (cohort, occasion)


def test_a_recess_intake_has_its_limit_where_one_is_set() -> None:
    """S6: A local limit of 10 working days to assign; none in national law, none in session."""
    past = case(DRAFTED).by(LEAD)
    here = past.under(local()).on("2025-09-23").when(Submit()).event.assign_by
    assert here == deadline(Step.ASSIGN, "2025-09-23", [local()])
    assert str(here.due) == "2025-10-13"
    assert past.on("2025-09-23").when(Submit()).event.assign_by.due is None
    assert past.under(local()).on("2025-02-20").when(Submit()).event.assign_by is None


def test_a_draft_from_an_opinion() -> None:
    """L5: An escalated opinion opens a draft that cites it and has no words of its own."""
    case().when(OPEN).then(CITED)
    assert case(DRAFTED).when(OPEN).events == []


def test_the_origin_is_kept() -> None:
    """L5: What came from an opinion says so when it is submitted."""
    event = case(CITED, REVISED).by(LEAD).when(Submit()).event
    assert (event.opinion, event.title) == ("opinion/o1", REVISED.title)
    assert case(DRAFTED).by(LEAD).when(Submit()).event.title == TITLE != TEXT


@AWAY
def test_no_draft_for_who_left(state: Document | None) -> None:
    """I8: For a deputy out of office no draft is opened."""
    case().knows({MA: state}).when(OPEN).refused(refusals.MANDATE_NOT_ACTIVE)


def test_the_cohort_is_that_of_the_term() -> None:
    """S14: The cohort names the term, which it keeps when the next one begins."""
    term = {**CONGRESS, "term": 4}
    past = case(DRAFTED).knows({"congress/630200": term, MA: {**IN_OFFICE, "term": 4}})
    event = past.by(LEAD).on("2026-07-01").when(Submit()).event
    assert (event.session, event.term) == ("4-2026", 4)


def test_nothing_is_decided_without_rules() -> None:
    """I2: Every date comes from a rulebook in force, so nothing begins before one was adopted."""
    case().under().by(LEAD).when(DRAFT).refused(refusals.NO_RULEBOOK)
