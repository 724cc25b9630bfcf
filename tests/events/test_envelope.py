"""The form of an entry, frozen for ever."""

import datetime as dt
import json

import pytest

from events.catalogue.envelope import Entry, decided, instant, opening, placed

WHEN = dt.datetime(2025, 2, 27, 9, 2, 3, 4, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FULL = (
    '{"specversion":"1.0","source":"/suggestions/630200","sequence":"0000000041",'
    '"id":"suggestions/630200/41","recordedtime":"2025-02-27T01:02:05.000000Z",'
    f'"prevhash":"{"ab" * 32}",'
    '"type":"suggestion.submitted.v1","subject":"suggestion/ab12",'
    '"time":"2025-02-27T01:02:03.000004Z","partitionkey":"630200","actor":"deputy/1f0c",'
    '"correlationid":"c1","causationid":"liaison/630200/4","traceparent":"00-1-2-01",'
    '"rulebook":"national@2025","calendar":"cn@2025",'
    '"standson":"deputies/630200/17 liaison/630200/41","datacontenttype":"application/json",'
    '"dataschema":"https://mandate.example/s.json","data":{"title":"路灯","n":[1,{"data":2}]}}'
).encode()


def part(**more: str | tuple[str, ...]) -> bytes:
    """Decide the suggestion of these tests."""
    given = {
        "type": "suggestion.submitted.v1",
        "subject": "suggestion/ab12",
        "congress": "630200",
        "actor": "deputy/1f0c",
        "correlationid": "c1",
        "dataschema": "https://mandate.example/s.json",
    }
    data = '{"title":"路灯","n":[1,{"data":2}]}'.encode()
    return decided(**(given | more), time=WHEN, data=data)  # type: ignore[arg-type]


def test_full_form() -> None:
    """Every attribute has its place, for ever: these are the bytes."""
    full = part(
        causationid="liaison/630200/4",
        traceparent="00-1-2-01",
        rulebook="national@2025",
        calendar="cn@2025",
        standson=("liaison/630200/41", "deputies/630200/17"),
    )
    entry = placed(
        ledger="suggestions/630200",
        sequence=41,
        recordedtime="2025-02-27T01:02:05.000000Z",
        prevhash="ab" * 32,
        decided=full,
    )
    assert entry == FULL


def test_absent_is_left_out() -> None:
    """An absent attribute is not written; entry 1 names no hash before it."""
    first = placed(
        ledger="suggestions/630200",
        sequence=1,
        recordedtime=instant(WHEN),
        prevhash=None,
        decided=part(),
    )
    names = [
        *("specversion", "source", "sequence", "id", "recordedtime", "type", "subject", "time"),
        *("partitionkey", "actor", "correlationid", "datacontenttype", "dataschema", "data"),
    ]
    assert list(json.loads(first)) == names
    entry = Entry(first)
    assert (entry.prevhash, entry.causationid, entry.rulebook, entry.calendar) == (None,) * 4
    assert (entry.traceparent, entry.standson) == (None, ())


def test_read() -> None:
    """An entry gives back what was put in it."""
    entry = Entry(FULL)
    assert (entry.ledger, entry.service, entry.congress) == (
        "suggestions/630200",
        "suggestions",
        "630200",
    )
    assert (entry.id, entry.sequence) == ("suggestions/630200/41", 41)
    assert (entry.type, entry.subject) == ("suggestion.submitted.v1", "suggestion/ab12")
    assert (entry.time, entry.recordedtime) == (instant(WHEN), "2025-02-27T01:02:05.000000Z")
    assert (entry.actor, entry.correlationid) == ("deputy/1f0c", "c1")
    assert (entry.causationid, entry.prevhash) == ("liaison/630200/4", "ab" * 32)
    assert (entry.rulebook, entry.calendar) == ("national@2025", "cn@2025")
    assert (entry.traceparent, entry.raw) == ("00-1-2-01", FULL)
    assert entry.standson == ("deputies/630200/17", "liaison/630200/41")
    assert entry.data == {"title": "路灯", "n": [1, {"data": 2}]}
    assert entry.data is entry.data


@pytest.mark.parametrize("actor", ['a","data":{"x":1},"y":"', "back\\slash", "引号“”\n", ',"data":'])
def test_nothing_breaks_out(actor: str) -> None:
    """Text in an attribute is escaped: it can neither end its string nor look like `data`."""
    raw = placed(
        ledger="suggestions/630200",
        sequence=1,
        recordedtime=instant(WHEN),
        prevhash=None,
        decided=part(actor=actor),
    )
    assert Entry(raw).actor == actor == json.loads(raw)["actor"]
    assert Entry(raw).data == json.loads(raw)["data"]


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"subject":"suggestion/ab12"', b'"subject":"suggestion/%b"' % (b"x" * 300)),
        (b'"subject":"suggestion/ab12"', b'"subject" : "suggestion/ab12"'),
        (b'"subject":"suggestion/ab12"', b'"subject":"suggestion\\/ab12"'),
        (b'"subject":"suggestion/ab12"', b'"subject":"\\",\\"time\\":\\"2"'),
        (b'"subject":"suggestion/ab12",', b'"actor":"time","subject":"suggestion/ab12",'),
        (b'"time":"2025-02-27T01:02:03.000004Z"', b'"time": "2025-02-27T01:02:03.000004Z"'),
        (b'"time":"2025-02-27T01:02:03.000004Z"', b'"by":"time","time":"2025-02-27T01:02:03Z"'),
    ],
)
def test_another_hand(written: bytes, instead: bytes) -> None:
    """What is cut out of the usual form is read of any form."""
    assert written in FULL
    raw = FULL.replace(written, instead).replace(b',"actor":"deputy/1f0c"', b"")
    entry, meant = Entry(raw), json.loads(raw)
    assert (entry.type, entry.time, entry.subject) == (meant["type"], meant["time"], meant["subject"])


def test_instants() -> None:
    """An instant is UTC with Z and six digits, and sorts as time does; no zone, no instant."""
    assert instant(WHEN) == "2025-02-27T01:02:03.000004Z"
    assert instant(WHEN.replace(microsecond=0)) == "2025-02-27T01:02:03.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        instant(WHEN.replace(tzinfo=None))


def test_opening() -> None:
    """An entry's first bytes name its ledger and sequence."""
    assert FULL.startswith(opening("suggestions/630200", 41))
    assert not FULL.startswith(opening("suggestions/630200", 4))
    assert not FULL.startswith(opening("suggestions/63020", 41))


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"id":1', b'{"id":}],"data":{}}'])
def test_no_entry(raw: bytes) -> None:
    """What is no entry is refused when it is read."""
    with pytest.raises(ValueError, match=r"."):
        Entry(raw)
