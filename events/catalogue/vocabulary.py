"""Identifiers and value types that every event and command shares.

All models are frozen, closed (an unknown field is an error) and strict (`"7"` is no
number). Text is NFC without control characters. A *day* is a legal day in
Asia/Shanghai; an *instant* is UTC.
"""

import datetime as dt
import unicodedata
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import chain_schema, json_or_python_schema, str_schema, union_schema

FORBIDDEN = {"Cc", "Cs", "Co", "Cn"}
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def clean(text: str) -> str:
    """Give `text` in NFC; refuse control, surrogate, unassigned and bidi characters.

    Line feeds and tabs are allowed.

    Raises:
        ValueError: with a sentence that names the first character refused.

    """
    normal = unicodedata.normalize("NFC", text)
    if normal.isprintable():  # then none of them is in it, and no line feed either
        return normal
    for character in normal:
        if character in "\n\t":
            continue
        if character in BIDI or unicodedata.category(character) in FORBIDDEN:
            message = f"character U+{ord(character):04X} is not allowed"
            raise ValueError(message)
    return normal


class Written:
    """A day or an instant as ISO 8601 writes it; a number is no date, nor is one in quotes.

    pydantic would take both for seconds since 1970. Compiled with the model, for every event has
    a day: a function of ours in its place took three times as long.
    """

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Look at the text before it is read as what the field is."""
        read = chain_schema([str_schema(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"), moment := handler(source)])
        either = union_schema([{**moment, "strict": True}, read])
        return json_or_python_schema(read, either)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say of it what is said of the field."""
        return handler(schema["json_schema"]["steps"][1])


class Value(BaseModel):
    """A frozen, closed, strict model: the ground of events, commands and values."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True,
        defer_build=True,  # each is built when first used: a start has no use for most
    )  # fmt: skip


Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean)]
"""A public name or label of at most 200 characters, never somebody's own words."""

Congress = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}(?:[0-9]{3})?$")]
"""A division code of GB/T 2260 (six digits) or of a township (nine)."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""An opaque id: lower-case letters, digits and hyphens."""

Address = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[0-9]{6,9}/[1-9][0-9]{0,9}$")]
"""Where an entry stands for ever: `suggestions/630200/41`."""

Owner = Annotated[str, StringConstraints(pattern=r"^(?:person|opinion)/[a-z0-9][a-z0-9-]{0,63}$")]
"""Whose key it is that was destroyed, or is not to be used: `person/ma`, `opinion/o1`."""

Actor = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9-]{0,63}$")]
"""Who acts, as entries say it: `staff/clerk`."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 or HMAC-SHA-256 value in hexadecimal."""

Day = Annotated[dt.date, Field(strict=False), Written()]
"""A legal day in Asia/Shanghai, `2025-02-27`."""

Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Minutes = Annotated[int, Field(ge=0, le=100_000)]


class Level(StrEnum):
    """The five levels of people's congresses (五级)."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class Reference(Value):
    """A record of the vault, named and committed to, not told.

    `ciphertext` is SHA-256(nonce + ciphertext), `commitment` HMAC(k, plaintext) with k
    derived for this record. Erasing the owner's key leaves both as they are.
    """

    record: Identifier
    ciphertext: Digest
    commitment: Digest


class Basis(Value):
    """A legal basis: the law, its version and the article, as a reader would cite it."""

    law: Text
    version: Text
    article: Text


class Forgetting(StrEnum):
    """Why personal data is to be deleted (个人信息保护法 第四十七条); a wish needs no other ground."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    PURPOSE_ENDED = "purpose_ended"
    TERM_OVER = "term_over"
    UNLAWFUL = "unlawful"
    OTHER = "other"


DELETION = Basis(law="中华人民共和国个人信息保护法", version="2021", article="第四十七条")
"""The article on which personal data is deleted, or kept and used for nothing."""


class Unit(StrEnum):
    """What a span of time is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


class Step(StrEnum):
    """The steps for which a rulebook may set a limit (办理环节).

    `reply_complex` is the longer limit of a matter that is wide or hard (涉及面广、处理难度大),
    counted from the same day as `reply`.
    """

    ASSIGN = "assign"
    RETURN = "return"
    REASSIGN = "reassign"
    FIRST_CONTACT = "first_contact"
    JOINT_OPINION = "joint_opinion"
    REPLY = "reply"
    REPLY_COMPLEX = "reply_complex"
    RATING = "rating"
    REDO_REPLY = "redo_reply"


class Limit(Value):
    """How long a step may take: `count` units from the day of `starts`."""

    step: Step
    count: Annotated[int, Field(ge=1, le=366)]
    unit: Unit
    starts: Literal["assignment", "receipt", "submission", "reply", "redo"]
    basis: Basis


class ReplyClass(StrEnum):
    """What a reply says of the matter, in codes that hold across local letters."""

    RESOLVED_OR_ADOPTED = "resolved_or_adopted"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    NOT_NOW_CONDITIONS = "not_now_conditions"
    FOR_REFERENCE_OR_INFEASIBLE = "for_reference_or_infeasible"
    ESCALATED_TO_HIGHER_LEVEL = "escalated_to_higher_level"


class Label(Value):
    """The local letter of a reply class."""

    reply_class: ReplyClass
    label: Text


class Rulebook(Value):
    """One version of the local rules, adopted by a congress as a whole value.

    In force from `in_force` (a day) until a later version of the same congress is. A step
    without a limit has no date. `articles` gives the basis of acts that are no deadline,
    by act (`submit`, `assign`, `contact`, `suspend`); an act without one stands on no
    article that the rulebook knows.
    """

    name: Identifier
    version: Text
    in_force: Day
    title: Text
    sources: tuple[Text, ...]
    limits: tuple[Limit, ...]
    articles: dict[str, Basis]
    labels_scheme: Text
    labels: tuple[Label, ...]

    @property
    def reference(self) -> str:
        """Give the name that entries cite: `national@2025`."""
        return f"{self.name}@{self.version}"


class DayOff(Value):
    """Days off of one holiday, first and last included."""

    name: Text
    first: Day
    last: Day


class Calendar(Value):
    """The official working days of one year: holidays off and make-up days worked."""

    name: Identifier
    year: Annotated[int, Field(ge=1990, le=2100)]
    version: Text
    notice: Text
    off: tuple[DayOff, ...]
    work: tuple[Day, ...]

    @property
    def reference(self) -> str:
        """Give the name that entries cite: `cn@2025`."""
        return f"{self.name}@{self.version}"


class Skipped(Value):
    """A day that did not count, and why: a holiday's name or `weekend`."""

    day: Day
    why: Text


class Deadline(Value):
    """A date that explains itself, or the fact that no rule sets one.

    `due` is the last day on which the act is in time. Without a limit in the rulebook
    `due`, `limit` and `calendar` are absent: 法律未规定期限. `skipped` are the days passed
    over in the count or at its end. `calendar` names the calendars looked into, one space
    between; `provisional` says that a year looked into has no official one yet.
    """

    step: Step
    start: Day
    due: Day | None = None
    limit: Limit | None = None
    skipped: tuple[Skipped, ...] = ()
    rulebook: Text
    calendar: Text | None = None
    provisional: bool = False
