from collections.abc import Sequence

from events.catalogue import deputies as said
from events.catalogue.deputies import Role
from events.catalogue.event import Event
from events.catalogue.vocabulary import DELETION, Forgetting
from services.chassis.shapes import Document, Reader
from services.deputies.api import office
from services.deputies.erasure import refusals
from services.deputies.erasure.commands import (
    ApproveErasure,
    LiftPersonRestriction,
    RefuseErasure,
    RequestErasure,
    RestrictPerson,
)
from services.deputies.erasure.rules import ERASURE
from services.deputies.references import PERSON
from services.deputies.views.erasures import ERASURES
from tests.cast import CLERK
from tests.folding import Story
from tests.services.deputies import past
from tests.services.deputies.past import HOME, MA
from tests.specification import Given, Who, given, reference, words

LEADER = Who("leader", "sun")
GROUND = Forgetting.TERM_OVER
ASK = RequestErasure(person="ma", ground=GROUND, reason=words("本人要求"))
KEEP = RestrictPerson(law="档案法 第十三条")
REFUSE = RefuseErasure(reason=words("尚需使用"))
WHY = reference("本人要求")
ASKED = said.ErasureRequested(person="ma", requester="staff/clerk", ground=GROUND, reason=WHY)
APPROVED = said.ErasureApproved(owner="person/ma", approver="leader/sun", ground=GROUND, reason=WHY)
REFUSED = said.ErasureRefused(approver="leader/sun", reason=reference("尚需使用"))
RESTRICTED = said.ErasureRestricted(owner="person/ma", approver="leader/sun", law=KEEP.law)
LIFTED = said.ErasureRestrictionLifted(owner="person/ma", approver="leader/sun")
GONE: Document = {"roles": [], "mandates": {MA: "terminated", "mandate/2-ma": "invalid"}}
HOLDING: Document = {"roles": ["auditor "], "mandates": {}}
SITTING: Document = {"roles": [], "mandates": {MA: "active"}}


def ending(*events: Event, known: Document | None = GONE) -> Given:
    """Give a person whose deletion went so far."""
    return given(ERASURE, "erasure/ma", *events).knows({"person/ma": known})


def test_staff_ask_for_who_left() -> None:
    """L10: The data of a person out of office is deleted on request, with its ground."""
    ending().by(CLERK).when(ASK).then(ASKED)
    ending(ASKED, REFUSED).by(CLERK).when(ASK).then(ASKED)
    ending(ASKED).by(CLERK).when(ASK).refused(refusals.ALREADY_REQUESTED)
    ending(ASKED, RESTRICTED).by(CLERK).when(ASK).refused(refusals.ALREADY_REQUESTED)
    ending(ASKED, APPROVED).by(CLERK).when(ASK).refused(refusals.ALREADY_ERASED)
    ending(known=None).by(CLERK).when(ASK).refused(refusals.NO_SUCH_PERSON)


def test_who_is_in_office_is_not_forgotten() -> None:
    """L9: A deputy's information is public while the mandate lasts; a role needs its holder's name."""
    for known in (HOLDING, SITTING):
        ending(known=known).by(CLERK).when(ASK).refused(refusals.IN_OFFICE)
        ending(ASKED, known=known).by(LEADER).when(ApproveErasure()).refused(refusals.IN_OFFICE)
        ending(ASKED, known=known).by(LEADER).when(KEEP).refused(refusals.IN_OFFICE)


def test_another_decides() -> None:
    """L10: Who asked decides nothing, in whatever role; the event names approver, reason and article."""
    assert ending(ASKED).by(LEADER).when(ApproveErasure()).event == APPROVED
    assert APPROVED.basis == DELETION
    ending(ASKED).by(LEADER).when(REFUSE).then(REFUSED)
    for command in (ApproveErasure(), REFUSE, KEEP):
        ending(ASKED).by(Who("leader", "clerk")).when(command).refused(refusals.SAME_PERSON)
        ending(ASKED, APPROVED).by(LEADER).when(command).refused(refusals.NOT_REQUESTED)


def test_a_law_may_demand_that_it_is_kept() -> None:
    """L10: Where a law demands keeping, the data is stored and secured only, until that ends."""
    ending(ASKED).by(LEADER).when(KEEP).then(RESTRICTED)
    ending(ASKED, RESTRICTED).by(LEADER).when(LiftPersonRestriction()).then(LIFTED)
    ending(ASKED).by(LEADER).when(LiftPersonRestriction()).refused(refusals.NOT_RESTRICTED)
    ending(ASKED, RESTRICTED, LIFTED).by(LEADER).when(ApproveErasure()).then(APPROVED)


def test_the_request_is_seen_by_the_offices() -> None:
    """L10: Who asked, who decided and under which law stands in the list of the offices alone."""
    story = Story("deputies")
    steps: Sequence[tuple[Event, str]] = [
        (ASKED, "requested"), (REFUSED, "refused"), (ASKED, "requested"), (RESTRICTED, "restricted"),
        (LIFTED, "requested"), (APPROVED, "erased"),
    ]  # fmt: skip
    for event, state in steps:
        story.say("erasure/ma", event)
        document = story.fold(ERASURES)["erasure/ma"]
        assert document["state"] == state
        assert document.get("law") == (KEEP.law if state == "restricted" else None)
        assert ("why_not" in document) == (state == "refused")
    document = story.fold(ERASURES)["erasure/ma"]
    assert (document["approver"], document["requester"]) == ("leader/sun", "staff/clerk")
    for role, sees in {"staff": True, "leader": True, "auditor": True, "deputy": False}.items():
        reader = Reader(role, "x", None, "630200")
        assert (ERASURES.shows(document, reader) is not None) == sees
        assert (office(reader) is not None) == sees


def test_what_a_person_holds_is_known() -> None:
    """L9: Roles and mandates are counted as they come and go, and the name is at hand."""
    story = Story("deputies")
    role = said.RoleGranted(person="ma", role=Role.DEPUTY, holds=MA)
    story.say(MA, past.elected(), past.TAKEN_UP).say(HOME, role)
    known = story.fold(PERSON)["person/ma"]
    assert (known["mandates"], len(known["roles"])) == ({MA: "active"}, 1)
    assert known["name"]["record"] == past.NAME.record
    ended = said.MandateTerminated(
        ground=said.Termination.DEATH,
        ground_day=past.TODAY,
        announced=past.TODAY,
        announced_by="市人大常委会",
    )
    withdrawn = said.RoleWithdrawn(person="ma", role=Role.DEPUTY, holds=MA)
    story.say(MA, ended).say(HOME, withdrawn)
    assert story.fold(PERSON)["person/ma"] | {"name": None} == {
        "mandates": {MA: "terminated"}, "roles": [], "name": None,
    }  # fmt: skip
