"""The published language: its names, its golden entries, its page."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from events.catalogue import registry, upcasters
from events.catalogue.envelope import DATA, MOST_BYTES, Entry
from events.catalogue.registry import BY_SERVICE, CATALOGUE
from events.catalogue.upcasters import STEPS, current
from events.catalogue.vocabulary import Basis, Calendar, Deadline, Reference, Rulebook, Value
from tests.events import readme
from tests.events.golden_entries import golden, names

KINDS = {
    "deputies": {"congress", "erasure", "mandate", "seat"},
    "suggestions": {"suggestion", "numbering"},
    "liaison": {"station", "opinion"},
    "training": {"need", "course"},
}
# Free text that may stand in an event: public names, labels, and other things' addresses.
PUBLIC = {
    "CongressFounded": {"name", "name_en"}, "Seats": {"name"}, "DelegationFormed": {"name"},
    "UnitListed": {"name"}, "StationOpened": {"name", "place"}, "CoursePlanned": {"title", "place"},
    "Handler": {"name", "share"}, "DayOff": {"name"}, "Skipped": {"why"}, "Label": {"label"},
}  # fmt: skip
PUBLIC_ANYWHERE = {
    "announced_by", "answered_by", "because", "body", "category", "course", "decided_by",
    "delegation_name", "electorate_name", "ground", "holds", "addressed_to", "label",
    "labels_scheme", "law", "mandate", "opinion", "refusal", "station_name", "suggestion", "unit_name",
}  # fmt: skip
ADOPTED = {Basis, Calendar, Deadline, Reference, Rulebook}
"""Values with no room for a person's words: texts of the law, and references."""


def strict(text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse JSON as entries are written: no floats, no constants, no key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert [key for key, count in Counter(key for key, _ in pairs).items() if count > 1] == []
        return dict(pairs)

    def refused(token: str) -> None:
        pytest.fail(f"{token} is not allowed in an entry")

    return json.loads(text, object_pairs_hook=once, parse_float=refused, parse_constant=refused)


def integers(value: Any) -> Iterator[int]:  # noqa: ANN401 - JSON
    """Give every integer of a JSON value."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from integers(each)
    elif isinstance(value, int):
        yield value


def parts(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation
    """Give an annotation and all that it is made of."""
    yield annotation
    for each in get_args(annotation):
        yield from parts(each)


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give a model and the models of its fields."""
    yield model
    for field in model.model_fields.values():
        for each in parts(field.annotation):
            if isinstance(each, type) and issubclass(each, Value) and each not in ADOPTED:
                yield from models(each)


def free_texts(model: type[BaseModel]) -> Iterator[str]:
    """Give the fields whose text has no form: anybody could write anything there."""
    for name, field in model.model_fields.items():
        told = [*field.metadata, *parts(field.annotation)]
        told += [each for one in told if isinstance(one, FieldInfo) for each in one.metadata]
        formed = any(getattr(each, "pattern", None) for each in told)
        if str in told and not formed:
            yield name


def test_a_wire_name_belongs_to_one_service() -> None:
    """A name is declared once, and the service that owns its kind declares it."""
    assert len(CATALOGUE) == sum(len(events) for events in BY_SERVICE.values())
    kinds = {service: {wire.partition(".")[0] for wire in events} for service, events in BY_SERVICE.items()}
    assert kinds == KINDS
    assert all(CATALOGUE[wire].wire == wire for wire in CATALOGUE)


def test_wire_names_are_frozen() -> None:
    """A name that was used is never renamed, lost or used for something else."""
    used = names()
    assert sorted(used) == sorted({*CATALOGUE, *STEPS}), (
        "new names: python -m tests.events.golden_entries; a name that was used must stay: "
        "a class has it, or a step of events/catalogue/upcasters.py lifts it"
    )
    assert len(used) == len(set(used))


def test_every_version_has_its_golden_entry() -> None:
    """What was ever written can be read for ever; `python -m tests.events.golden_entries`."""
    assert sorted(golden()) == sorted(names())


@pytest.mark.parametrize(("wire", "raw"), golden().items(), ids=list(golden()))
def test_golden_entries_are_read_for_ever(wire: str, raw: bytes) -> None:
    """A stored entry is parsed, becomes the current event, and gives back its very bytes."""
    entry = Entry(raw)
    assert (entry.type, entry.raw) == (wire, raw)
    event = registry.read(entry)
    now = current(wire, entry.data)[0]
    assert event.wire == now
    assert now in BY_SERVICE[entry.service]
    if now == wire:
        assert event.data() == raw[raw.index(DATA) + len(DATA) : -1]


@pytest.mark.parametrize("raw", golden().values(), ids=list(golden()))
def test_golden_entries_are_strict_json(raw: bytes) -> None:
    """UTF-8, NFC, no white space, no floats, no key twice, integers up to 2^53 - 1, data last."""
    told = strict(raw)
    assert json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() == raw
    assert unicodedata.is_normalized("NFC", raw.decode())
    assert max(map(abs, integers(told)), default=0) < 2**53
    assert list(told)[-1] == "data"
    assert len(raw) <= MOST_BYTES


@pytest.mark.parametrize("wire", CATALOGUE)
def test_nobodys_words_stand_in_an_event(wire: str) -> None:
    """Free text in an event is public; what somebody said or is called is a reference."""
    for model in models(CATALOGUE[wire]):
        public = PUBLIC.get(model.__name__, set()) | PUBLIC_ANYWHERE
        assert set(free_texts(model)) <= public, model


def test_free_text_is_seen() -> None:
    """A text without a form is free, optional or not; an identifier or a reference is not."""
    found = set(free_texts(CATALOGUE["mandate.elected.v1"]))
    assert found == {"electorate_name", "delegation_name"}
    assert set(free_texts(CATALOGUE["station.opened.v1"])) == {"name", "place"}


def test_steps_lead_to_the_current_version() -> None:
    """Each step lifts a name to a later version of itself, and the last one has a class."""
    for wire, (following, _) in STEPS.items():
        name, _, version = wire.rpartition(".v")
        assert wire not in CATALOGUE
        assert following.rpartition(".v")[0] == name
        assert int(following.rpartition(".v")[2]) > int(version)
        assert following in {*CATALOGUE, *STEPS}


def test_old_versions_become_current_step_by_step() -> None:
    """Two steps planted: the oldest passes both, the next one, the newest none."""
    steps: dict[str, upcasters.Step] = {
        "a.said.v1": ("a.said.v2", lambda data: {**data, "by": "nobody"}),
        "a.said.v2": ("a.said.v3", lambda data: {"who": data["by"], "what": data["what"]}),
    }
    newest = {"who": "nobody", "what": "x"}
    stored = {"what": "x"}
    assert current("a.said.v1", stored, steps) == ("a.said.v3", newest)
    assert stored == {"what": "x"}
    assert current("a.said.v2", {"what": "x", "by": "ma"}, steps)[1]["who"] == "ma"
    assert current("a.said.v3", newest, steps) == ("a.said.v3", newest)
    assert current("b.unknown.v1", {}, steps) == ("b.unknown.v1", {})


def test_an_unknown_name_is_no_event() -> None:
    """What no version is known of is refused, not passed over."""
    raw = golden()["suggestion.rated.v1"].replace(b"suggestion.rated.v1", b"suggestion.hated.v1")
    with pytest.raises(KeyError):
        registry.read(Entry(raw))


def test_the_page_of_the_language_is_fresh() -> None:
    """events/README.md says what the code says: `python -m tests.events.readme`."""
    assert readme.PAGE.read_text("utf-8") == readme.page(), "python -m tests.events.readme"
