"""The frozen schemas: what breaks a reader is seen, whatever it is."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from events.catalogue import frozen
from events.catalogue.frozen import Schema, breaks, freeze, schema, stored, text, whole
from events.catalogue.registry import CATALOGUE
from events.catalogue.upcasters import STEPS
from tests.events.golden_entries import golden

HOW = """
An event that stands in somebody's journal does not change. Give the class the next wire name,
add a step from the old one to STEPS in events/catalogue/upcasters.py, then run
`python -m events.catalogue.frozen`. If it only grew, running that is enough.
"""
GIVEN: Schema = {
    "$defs": {"Kind": {"enum": ["a", "b"], "type": "string"}},
    "properties": {
        "name": {"type": "string", "maxLength": 200, "minLength": 1},
        "id": {"type": "string", "pattern": "^[a-z]+$"},
        "count": {"type": "integer", "minimum": 0, "maximum": 10},
        "kind": {"$ref": "#/$defs/Kind"},
        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
        "list": {"type": "array", "items": {"$ref": "#/$defs/Kind"}},
        "by": {"type": "object", "additionalProperties": {"type": "integer"}},
        "late": {"type": "boolean", "default": False},
    },
    "required": ["name", "id", "count", "kind", "list", "by"],
    "type": "object",
}
Change = Callable[[dict[str, Any], Schema], object]


def changed(change: Change) -> Schema:
    """Give the schema after a change made to its fields or to itself."""
    made = copy.deepcopy(GIVEN)
    change(made["properties"], made)
    return made


def every(node: Any) -> Iterator[Schema]:  # noqa: ANN401 - any part of a schema
    """Give every part of a schema that has a type."""
    if isinstance(node, list):
        for each in node:
            yield from every(each)
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for each in node.values():
            yield from every(each)


BREAKING: dict[str, Change] = {
    "removed": lambda fields, _: fields.pop("late"),
    "renamed": lambda fields, _: fields.update(belated=fields.pop("late")),
    "required": lambda fields, whole_: (
        fields.update(new={"type": "string"}),
        whole_["required"].append("new"),
    ),
    "required now": lambda _, whole_: whole_["required"].append("late"),
    "optional now": lambda _, whole_: whole_["required"].remove("name"),
    "type": lambda fields, _: fields["count"].update(type="string"),
    "format": lambda fields, _: fields["day"]["anyOf"][0].update(format="date-time"),
    "pattern": lambda fields, _: fields["id"].update(pattern="^[a-z]$"),
    "pattern added": lambda fields, _: fields["name"].update(pattern="^[a-z]$"),
    "shorter": lambda fields, _: fields["name"].update(maxLength=100),
    "longer": lambda fields, _: fields["name"].update(minLength=2),
    "lower": lambda fields, _: fields["count"].update(maximum=9),
    "higher": lambda fields, _: fields["count"].update(minimum=1),
    "limit added": lambda fields, _: fields["list"].update(maxItems=3),
    "word gone": lambda _, whole_: whole_["$defs"]["Kind"]["enum"].remove("a"),
    "list closed": lambda fields, _: fields["name"].update(enum=["a"]),
    "default": lambda fields, _: fields["late"].update(default=True),
    "no default": lambda fields, _: fields["late"].pop("default"),
    "items": lambda fields, _: fields["list"].update(items={"type": "integer"}),
    "keyed values": lambda fields, _: fields["by"].update(additionalProperties={"type": "string"}),
    "no null": lambda fields, _: fields["day"]["anyOf"].pop(),
    "form": lambda fields, _: fields["day"]["anyOf"].append({"type": "integer"}),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda _fields, _: None,
    "optional field": lambda fields, _: fields.update(new={"type": "string", "default": "a"}),
    "word": lambda _, whole_: whole_["$defs"]["Kind"]["enum"].append("c"),
    "wider": lambda fields, _: fields["count"].update(maximum=11),
    "unlimited": lambda fields, _: fields["name"].pop("maxLength"),
    "described": lambda fields, _: fields["name"].update(description="A name."),
    "definition renamed": lambda _, whole_: whole_["$defs"].update(Other={"type": "string"}),
}


@pytest.mark.parametrize("change", BREAKING.values(), ids=list(BREAKING))
def test_what_breaks_a_reader_is_seen(change: Change) -> None:
    """A field gone, renamed, newly required or of another kind needs a new version."""
    assert breaks(GIVEN, changed(change))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=list(HARMLESS))
def test_growth_breaks_nobody(change: Change) -> None:
    """An event may gain what readers can pass over, and limits may widen."""
    assert breaks(GIVEN, changed(change)) == []


def test_a_break_says_where() -> None:
    """The sentence names the field, however deep it stands."""
    found = breaks(GIVEN, changed(BREAKING["word gone"]))
    assert found == ["data.kind: no longer one of ['a']", "data.list[]: no longer one of ['a']"]


@pytest.mark.parametrize("wire", CATALOGUE)
def test_no_event_breaks_its_readers(wire: str) -> None:
    """The class of a wire name still is what was frozen under it, or has only grown."""
    held = stored()
    assert wire in held, HOW
    assert (found := breaks(held[wire], schema(CATALOGUE[wire]))) == [], "\n".join([*found, HOW])
    assert (frozen.FOLDER / f"{wire}.json").read_text("utf-8") == text(CATALOGUE[wire]), HOW


def test_schemas_stay_for_ever() -> None:
    """Every version that was ever written keeps its schema; nothing else has one."""
    assert sorted(stored()) == sorted({*CATALOGUE, *STEPS}) == sorted(golden())


@pytest.mark.parametrize("wire", stored())
def test_values_are_bounded_and_no_floats(wire: str) -> None:
    """Hours are minutes; integers fit 2^53 - 1; texts have a form or a length."""
    held = stored()[wire]
    for part in every(whole(held, held)):
        assert part["type"] != "number"
        if part["type"] == "integer" and "enum" not in part:
            assert part.get("maximum", 2**53) < 2**53, part
        if part["type"] == "string":
            assert part.keys() & {"maxLength", "pattern", "format", "enum", "const"}, part


def test_freezing_writes_growth_and_refuses_a_break(tmp_path: Path) -> None:
    """The command never overwrites a schema with one that breaks its readers."""
    assert freeze(tmp_path) == []
    file = tmp_path / "suggestion.rated.v1.json"
    assert file.read_text("utf-8") == text(CATALOGUE["suggestion.rated.v1"])
    other = file.read_text("utf-8").replace('"attitude"', '"manner"')
    file.write_text(other, "utf-8")
    assert [each.partition(": ")[0] for each in freeze(tmp_path)] == ["suggestion.rated.v1"] * 2
    assert file.read_text("utf-8") == other
