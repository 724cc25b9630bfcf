import hashlib

from events.catalogue.liaison import DeputyDetached, StationClosed
from services.chassis.shapes import On
from services.liaison.opinion import refusals
from services.liaison.opinion.commands import AnswerOpinion, GiveOpinion
from services.liaison.opinion.rules import OPINION
from services.liaison.opinion.state import receipt_digest
from services.liaison.station.rules import STATION as STATION_DUTY
from tests.cast import CITIZEN
from tests.services.liaison.opinions import CODE, MA, opinion, received
from tests.specification import reference, words

GIVE = GiveOpinion(station="s1", words=words("路灯坏了"), addressed_to=MA, anonymous=True)


def test_an_opinion_is_addressed_to_a_deputy() -> None:
    """L4: An opinion given by the station's code is addressed to a deputy who works there."""
    opinion().by(CITIZEN).when(GIVE).then(received())


def test_an_opinion_may_be_for_the_station() -> None:
    """L4: Whoever knows no deputy speaks to the station."""
    command = GIVE.model_copy(update={"addressed_to": None})
    opinion().by(CITIZEN).when(command).then(received(addressed_to=None))


def test_only_deputies_of_the_station_are_addressed() -> None:
    """L4: Nobody is addressed where he does not work, or works no more."""
    command = GIVE.model_copy(update={"addressed_to": "mandate/3-li"})
    opinion().by(CITIZEN).when(command).refused(refusals.NOT_AT_STATION)
    gone = On("station/s1", DeputyDetached(mandate=MA))
    opinion(gone).by(CITIZEN).when(GIVE).refused(refusals.NOT_AT_STATION)


def test_only_open_stations_receive() -> None:
    """L4: A closed station receives nothing, and one that never was is not found."""
    closed = On("station/s1", StationClosed())
    opinion(closed).by(CITIZEN).when(GIVE).refused(refusals.STATION_CLOSED)
    elsewhere = GIVE.model_copy(update={"station": "s9"})
    opinion().by(CITIZEN).when(elsewhere).refused(refusals.NO_SUCH_STATION)


def test_anonymous_is_anonymous() -> None:
    """L9: Anonymous opinions are allowed; whoever stays anonymous leaves no contact."""
    command = GIVE.model_copy(update={"contact": words("13800000000")})
    opinion().by(CITIZEN).when(command).refused(refusals.ANONYMOUS_WITH_CONTACT)


def test_a_contact_is_free() -> None:
    """L8: Nobody must leave a contact or a place; whoever does is answered there too."""
    without = GIVE.model_copy(update={"anonymous": False})
    opinion().by(CITIZEN).when(without).then(received(anonymous=False))
    contact = {"contact": words("13800000000"), "place": words("东大街")}
    expected = {"contact": reference("13800000000"), "place": reference("东大街")}
    with_both = without.model_copy(update=contact)
    opinion().by(CITIZEN).when(with_both).then(received(anonymous=False, **expected))


def test_the_ledger_keeps_a_digest_of_his_number() -> None:
    """L9: Of the number that he drew himself the ledger keeps a digest; who drew none has none."""
    event = opinion().by(CITIZEN).when(GIVE.model_copy(update={"nonce": "0123456789abcdefghijklmnop"})).event
    assert event.nonce == hashlib.sha256(b"0123456789abcdefghijklmnop").hexdigest()
    assert opinion().by(CITIZEN).when(GIVE).event.nonce is None


def test_the_ledger_keeps_no_code() -> None:
    """L9: The ledger holds a digest of the receipt code, from which nobody gets the code."""
    event = opinion().by(CITIZEN).when(GIVE).event
    assert event.receipt == hashlib.sha256(CODE.encode()).hexdigest()
    assert CODE.encode() not in event.data()


def test_a_code_is_known_however_it_is_written() -> None:
    """L9: Small letters, hyphens and spaces do not lock a citizen out."""
    assert receipt_digest("rece-iptc ode2-3456-7234-5672-345") == receipt_digest(CODE)


def test_the_ledger_holds_no_citizen() -> None:
    """L9: The ledger names references of what was said, never the words or the contact."""
    given_words = GIVE.model_copy(update={"anonymous": False, "contact": words("13800000000")})
    data = opinion().by(CITIZEN).when(given_words).event.data().decode()
    assert "路灯" not in data
    assert "13800000000" not in data


def test_the_citizen_alone_owns_what_he_said() -> None:
    """L9: His words lie under a key of this opinion; erasing it leaves the office's answers."""
    assert OPINION.owner(GIVE, "opinion/o1") == "opinion/o1"
    assert OPINION.owner(AnswerOpinion(text=words("已修好")), "opinion/o1") == "answer/o1"


def test_an_opinion_stands_on_its_station() -> None:
    """L4: The opinion and its station are decided from the same events."""
    assert STATION_DUTY.kind in OPINION.initial
