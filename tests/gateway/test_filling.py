from typing import Any

import pytest

from gateway.pages.filling import body_of
from services.chassis.problems import Problem

SCHEMAS: dict[str, Any] = {
    "Line": {"type": "object", "properties": {"mandate": {"type": "string"}, "minutes": {"type": "integer"}}},
}
SCHEMA: dict[str, Any] = {
    "properties": {
        "words": {"type": "string"},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "anonymous": {"type": "boolean"},
        "starts": {"type": "string", "format": "date-time"},
        "attended": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
    }
}


def body(**values: str) -> dict[str, Any]:
    """The body that these fields are; `__` stands for the dot."""
    dotted = {name.replace("__", "."): value for name, value in values.items()}
    return body_of(dotted, SCHEMA, SCHEMAS)


def test_fields_become_what_the_schema_says() -> None:
    """A form's fields become the command's own types; blank and unknown ones are absent."""
    assert body(words="好", count="7", anonymous="no", other="x") == {
        "words": "好", "count": 7, "anonymous": False,
    }  # fmt: skip
    assert body(words="  ", count="") == {}
    assert body(count="seven") == {"count": "seven"}, "the service says what is wrong with it"


def test_a_number_of_any_length() -> None:
    """What is too long for a number of ours stays a text, and the service says what is wrong with it."""
    assert body(count="9" * 5_000) == {"count": "9" * 5_000}
    assert body(count="9007199254740991") == {"count": 2**53 - 1}


def test_a_name_of_many_parts() -> None:
    """A name is at most as deep as a form of ours has them, or 400."""
    assert body(attended__0__a__b__c="x") == {}
    for deep in ("a__" * 5 + "b", "a__" * 5_000 + "b"):
        with pytest.raises(Problem) as no:
            body(**{deep: "x"})
        assert no.value.status == 400


def test_items_keep_their_order() -> None:
    """`attended.10` comes after `attended.9`."""
    fields = {f"attended__{at}__mandate": f"mandate/{at}" for at in (10, 9, 0)}
    fields["attended__9__minutes"] = "120"
    assert body(**fields)["attended"] == [
        {"mandate": "mandate/0"},
        {"mandate": "mandate/9", "minutes": 120},
        {"mandate": "mandate/10"},
    ]


def test_a_browsers_time_is_legal_time() -> None:
    """Hours typed into a page are hours in Asia/Shanghai."""
    assert body(starts="2025-06-11T09:00") == {"starts": "2025-06-11T09:00:00+08:00"}
    assert body(starts="2025-06-11T01:00:00Z") == {"starts": "2025-06-11T01:00:00Z"}


def test_a_field_is_no_item() -> None:
    """One name is a value or the beginning of other names, never both."""
    with pytest.raises(Problem) as no:
        body(words="x", words__more="y")
    assert no.value.status == 400
    with pytest.raises(Problem):
        body(attended__0__mandate="x", attended__0__mandate__y="z")
