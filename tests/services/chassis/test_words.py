"""Somebody's words: text over HTTP, a reference once sealed, text again once opened."""

import unicodedata
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from events.catalogue.vocabulary import Identifier
from services.chassis.shapes import Command
from services.chassis.words import (
    AtMost,
    Line,
    Note,
    Prose,
    Words,
    fill,
    spoken_fields,
    strict_json,
    told,
    with_references,
)
from tests.specification import reference, words


class Say(Command):
    """Say something, or something more."""

    who: Identifier
    text: Annotated[Words, AtMost(5)]
    more: Line | None = None


ONE, OTHER = reference("一"), reference("二")


@pytest.mark.parametrize("text", ["一", "abcde", "行\n行", "a\tb", "🏮🏮🏮🏮🏮"])
def test_text_becomes_words(text: str) -> None:
    """Over HTTP words are text, in their own length."""
    said = Say.model_validate_json(f'{{"who":"ma","text":{_json(text)}}}')
    assert (said.text, said.more) == (Words(text), None)


def _json(text: str) -> str:
    return TypeAdapter(str).dump_json(text).decode()


@pytest.mark.parametrize("text", ["", " ", "\n\t", "　", "abcdef", "a\x00b", "a\x7f", "a\u202eb", "\ufeffa"])
def test_what_is_no_text(text: str) -> None:
    """Nothing, too much, control characters and turned writing are no words."""
    with pytest.raises(ValidationError):
        Say.model_validate_json(f'{{"who":"ma","text":{_json(text)}}}')


@pytest.mark.parametrize("text", ["7", "true", "null", "[]", '{"text":"a"}', '"\\ud800"'])
def test_only_text_over_http(text: str) -> None:
    """Nobody sends a reference in place of his words, or a number, or half a character."""
    with pytest.raises(ValidationError):
        Say.model_validate_json(f'{{"who":"ma","text":{text}}}')


def test_text_is_composed() -> None:
    """Words are kept in NFC, so that equal words are equal bytes."""
    (said,) = spoken_fields(Say(who="ma", text="e\u0301")).values()  # type: ignore[arg-type]
    assert said == unicodedata.normalize("NFC", "e\u0301") == "é"


@pytest.mark.parametrize(("field", "most"), [(Line, 120), (Note, 1000), (Prose, 8000)])
def test_how_much_may_be_said(field: Any, most: int) -> None:  # noqa: ANN401 - an annotation
    """A title has 120 characters, a note 1,000, a text 8,000; the schema says so."""
    adapter: TypeAdapter[Words] = TypeAdapter(field)
    assert adapter.json_schema() == {"type": "string", "minLength": 1, "maxLength": most}
    assert adapter.validate_json(_json("字" * most)).text == "字" * most
    with pytest.raises(ValidationError):
        adapter.validate_json(_json("字" * (most + 1)))


def test_sealed_words_pass_inside() -> None:
    """A reaction's command brings words that are sealed already."""
    sealed = words("很长很长很长的话")
    assert Say(who="ma", text=sealed).text is sealed
    assert spoken_fields(Say(who="ma", text=sealed)) == {}


def test_sealing() -> None:
    """Sealed words have a reference and their length, and no text."""
    said = Say.model_validate_json('{"who":"ma","text":"二月","more":"三"}')
    assert spoken_fields(said) == {"text": "二月", "more": "三"}
    sealed = with_references(said, {"text": ONE, "more": OTHER})
    assert isinstance(sealed, Say)
    assert (sealed.who, sealed.text) == ("ma", Words(None, ONE, 2))
    assert sealed.more == Words(None, OTHER, 1)
    assert sealed.text.sealed == ONE


def test_nobody_decides_on_open_words() -> None:
    """A decision on words that are not sealed is a mistake of ours."""
    with pytest.raises(AssertionError, match="sealed"):
        _ = Words("一").sealed


def test_references_are_found_however_deep() -> None:
    """Every reference in a document is found, in objects and lists."""
    document = {
        "title": ONE.model_dump(), "list": [{"text": OTHER.model_dump()}, [ONE.model_dump()]],
        "tuple": (OTHER.model_dump(),), "near": {"record": "x", "ciphertext": "y"}, "n": 1,
    }  # fmt: skip
    found = sorted(each["record"] for each in told(document))
    assert found == sorted([ONE.record, OTHER.record] * 2)


def test_opened_beside_the_reference() -> None:
    """An answer has the text beside the reference; None where it was erased."""
    document = {"a": ONE.model_dump(), "b": [OTHER.model_dump()]}
    fill(told([document]), {ONE.record: "一"}.get)
    assert document["a"] == {**ONE.model_dump(), "text": "一"}
    assert document["b"] == [{**OTHER.model_dump(), "text": None}]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}), (b' {"a":[1,-2,"x",null,true]}\n', {"a": [1, -2, "x", None, True]}),
        ('{"字":"值"}'.encode(), {"字": "值"}), (b"[[[]]]", [[[]]]), (b'"\\ud83c\\udfee"', "🏮"),
        (b'{"a":{"k":1},"b":{"k":1}}', {"a": {"k": 1}, "b": {"k": 1}}),
    ],
)  # fmt: skip
def test_json_of_ours(body: bytes, value: object) -> None:
    """JSON with integers, in UTF-8, each key once."""
    assert strict_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"", b"1.0", b"1e1", b"-0.0", b"NaN", b"-Infinity", b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}',
        b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'"\xed\xa0\x80"', b"[" * 100_000, b"9" * 5_000,
        b"{} {}", b"01", b"+1", b"'a'", b"[1,]", b'"\t"',
    ],
)  # fmt: skip
def test_no_json_of_ours(body: bytes) -> None:
    """Floats, infinities, doubled keys, other encodings, endless depth: no."""
    with pytest.raises(ValueError, match=r"\w"):
        strict_json(body)
