from events.catalogue import liaison as said
from events.catalogue.event import Event
from events.catalogue.vocabulary import DELETION, Forgetting
from services.liaison.erasure import refusals
from services.liaison.erasure.commands import (
    ApproveOpinionErasure,
    LiftOpinionRestriction,
    RequestOpinionErasure,
    RestrictOpinion,
)
from services.liaison.erasure.rules import ERASURE
from services.liaison.opinion import refusals as noes
from services.liaison.opinion.commands import AnswerOpinion
from tests.cast import CITIZEN, CLERK, LEAD
from tests.services.liaison.opinions import ANSWERED, ESCALATED, TOLD, opinion, received
from tests.specification import Given, Who, given, reference, words

GROUND = Forgetting.CONSENT_WITHDRAWN
BASIS = DELETION
ASK = RequestOpinionErasure(ground=GROUND)
KEEP = RestrictOpinion(law="档案法 第十三条")
ASKED = said.OpinionErasureRequested(requester="citizen/anonymous", ground=GROUND)
BY_CLERK = ASKED.model_copy(update={"requester": "staff/clerk"})
OWNER, CLERK_ID = "opinion/o1", "staff/clerk"
ERASED = said.OpinionErased(owner=OWNER, approver=CLERK_ID, ground=GROUND)
RESTRICTED = said.OpinionRestricted(owner=OWNER, approver=CLERK_ID, law="档案法 第十三条")
LIFTED = said.OpinionRestrictionLifted(owner=OWNER, approver=CLERK_ID)
ANSWER = AnswerOpinion(text=words("已修好"))


def ending(*past: Event) -> Given:
    """Give an opinion whose deletion went so far."""
    return given(ERASURE, OWNER, received(), *past)


def test_the_citizen_asks_and_need_not_say_why() -> None:
    """L10: Whoever holds the receipt code may have his words deleted; withdrawn consent is enough."""
    ending().by(CITIZEN).when(ASK).then(ASKED)
    explained = ASK.model_copy(update={"reason": words("不想公开")})
    ending().by(CITIZEN).when(explained).then(ASKED.model_copy(update={"reason": reference("不想公开")}))


def test_it_is_asked_once() -> None:
    """L10: A request that waits, is held by a law or was granted is not made again."""
    ending(ASKED).by(CITIZEN).when(ASK).refused(refusals.ALREADY_REQUESTED)
    ending(ASKED, RESTRICTED).by(CITIZEN).when(ASK).refused(refusals.ALREADY_REQUESTED)
    ending(ASKED, ERASED).by(CITIZEN).when(ASK).refused(refusals.ALREADY_ERASED)


def test_two_people_stand_behind_a_deletion() -> None:
    """L10: Staff grant what a citizen or a colleague asked for, with approver, ground and article."""
    event = ending(ASKED).by(CLERK).when(ApproveOpinionErasure()).event
    assert event == ERASED
    assert event.basis == BASIS
    assert BASIS.article == "第四十七条"
    ending(BY_CLERK).by(Who("staff", "li")).when(ApproveOpinionErasure()).then(
        ERASED.model_copy(update={"approver": "staff/li"})
    )
    ending(BY_CLERK).by(CLERK).when(ApproveOpinionErasure()).refused(refusals.SAME_PERSON)
    ending(BY_CLERK).by(Who("station", "clerk")).when(KEEP).refused(refusals.SAME_PERSON)


def test_nothing_is_deleted_unasked() -> None:
    """L10: Without a request that waits nothing is deleted or restricted."""
    for command in (ApproveOpinionErasure(), KEEP):
        ending().by(CLERK).when(command).refused(refusals.NOT_REQUESTED)
        ending(ASKED, ERASED).by(CLERK).when(command).refused(refusals.NOT_REQUESTED)
        ending(ASKED, RESTRICTED).by(CLERK).when(command).refused(refusals.NOT_REQUESTED)


def test_a_law_may_demand_that_it_is_kept() -> None:
    """L10: Where a law demands keeping it is stored and secured only, until that ends."""
    ending(ASKED).by(CLERK).when(KEEP).then(RESTRICTED)
    ending(ASKED, RESTRICTED).by(CLERK).when(LiftOpinionRestriction()).then(LIFTED)
    ending(ASKED).by(CLERK).when(LiftOpinionRestriction()).refused(refusals.NOT_RESTRICTED)
    ending(ASKED, RESTRICTED, LIFTED).by(CLERK).when(ApproveOpinionErasure()).then(ERASED)


def test_what_is_gone_or_closed_is_not_dealt_with() -> None:
    """L10: A deleted opinion needs no answer, a restricted one is used by nobody; asked for it goes on."""
    opinion(received(), ASKED, ERASED).by(LEAD).when(ANSWER).refused(noes.ERASED)
    opinion(received(), ASKED, RESTRICTED).by(LEAD).when(ANSWER).refused(noes.RESTRICTED)
    opinion(received(), ASKED).by(LEAD).when(ANSWER).then(ANSWERED)
    opinion(received(), ASKED, RESTRICTED, LIFTED).by(LEAD).when(ANSWER).then(ANSWERED)


def test_the_outcome_is_told_all_the_same() -> None:
    """L5: What a deputy took up is told under the code, though the words are gone."""
    states = opinion(received(), ESCALATED, ASKED, ERASED, TOLD).states()
    assert type(states["opinion/o1"]).__name__ == "Told"


def test_the_reason_outlives_the_words() -> None:
    """L9: The reason lies under a key of its own, which no deletion of the opinion destroys."""
    assert ERASURE.owner(ASK, OWNER) == "erasure/o1"
