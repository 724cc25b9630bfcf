"""Somebody's own words: text over HTTP, a reference once sealed, text again once opened."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict

from events.catalogue.vocabulary import Reference, Value, clean

MEDIA_TYPE = "text/plain; charset=utf-8"
FORBIDDEN = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ue000-\\uf8ff"
)
SPOKEN = f"^[^{FORBIDDEN}]*[^{FORBIDDEN}\\s][^{FORBIDDEN}]*$"
"""What `spoken` takes, as far as a pattern can say it: not which characters are unassigned."""


@dataclass(frozen=True, slots=True)
class Words:
    """A command's words. `decide` sees the reference and the length, never the text."""

    text: str | None
    reference: Reference | None = None
    length: int = 0

    @property
    def sealed(self) -> Reference:
        """Give the reference that handling put in place of the text."""
        if self.reference is None:
            message = "words are decided upon only after they are sealed"
            raise AssertionError(message)
        return self.reference


@dataclass(frozen=True, slots=True)
class AtMost:
    """How many characters the words of a field may have; over HTTP they are always text."""

    characters: int

    def __get_pydantic_core_schema__(self, _source: type, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take text, or (in a reaction's command and in tests) words already sealed."""
        text = core_schema.chain_schema(
            [
                core_schema.str_schema(min_length=1, max_length=self.characters),
                core_schema.no_info_plain_validator_function(lambda text: Words(spoken(text))),
            ]
        )
        python = core_schema.union_schema([core_schema.is_instance_schema(Words), text])
        return core_schema.json_or_python_schema(json_schema=text, python_schema=python)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field as the text it is over HTTP."""
        return {"type": "string", "minLength": 1, "maxLength": self.characters}


def spoken(text: str) -> str:
    """Give `text` clean and with something in it.

    Raises:
        ValueError: when there is nothing but white space.

    """
    if not (text := clean(text)).strip():
        message = "nothing but white space"
        raise ValueError(message)
    return text


Line = Annotated[Words, AtMost(120)]
"""A title, a name, a telephone number."""
Note = Annotated[Words, AtMost(1_000)]
"""A reason, a comment, a contact's summary."""
Prose = Annotated[Words, AtMost(8_000)]
"""An opinion, a suggestion, a reply."""


def spoken_fields(command: Value) -> dict[str, str]:
    """Give the text of every field of a command that holds unsealed words, by field."""
    return {
        name: value.text
        for name, value in vars(command).items()
        if isinstance(value, Words) and value.text is not None
    }


def with_references(command: Value, sealed: Mapping[str, Reference]) -> Value:
    """Give the command with references in place of texts."""
    lengths = {name: len(text) for name, text in spoken_fields(command).items()}
    return command.model_copy(
        update={name: Words(None, each, lengths[name]) for name, each in sealed.items()}
    )


class Told(TypedDict):
    """Words in a document: a reference; in an answer also `text`, None when erased."""

    record: str
    ciphertext: str
    commitment: str
    text: NotRequired[str | None]


def told(value: object) -> Iterator[dict[str, Any]]:
    """Find every reference in a document, however deep."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if "commitment" in each and "ciphertext" in each and "record" in each:
                yield each
            else:
                left += each.values()
        elif isinstance(each, list | tuple):
            left += each


def fill(references: Iterable[dict[str, Any]], texts: Callable[[str], str | None]) -> None:
    """Put its text (None: erased) beside every reference."""
    for reference in references:
        reference["text"] = texts(reference["record"])


def strict_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON as the house allows it: no duplicate keys, no floats, NaN or infinities.

    Raises:
        ValueError: with a sentence that says what is wrong.

    """
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_unique,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except RecursionError as error:
        message = "the JSON is nested too deeply"
        raise ValueError(message) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return found


def _no_number(text: str) -> Any:  # noqa: ANN401 - never returns
    message = f"{text[:20]} is not an integer"
    raise ValueError(message)
