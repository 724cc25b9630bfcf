"""Who did what, when, why, under which rule, caused by what: a thing's trail through a ledger."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from typing_extensions import TypedDict

from events.catalogue.envelope import Entry
from events.catalogue.registry import CATALOGUE

ABOUT = re.compile(r"[a-z][a-z-]{0,30}/[a-z0-9][a-z0-9-]{0,80}")
REASONS = ("ground", "reason", "explanation", "refusal", "note")
"""The fields in which events say why; somebody's own words stand there as a reference."""


class Reason(TypedDict):
    """Why, as the event says it: a code, or the record in which the words lie sealed."""

    field: str
    said: str


class Stood(TypedDict):
    """An article that a date or a decision stands on."""

    law: str
    version: str
    article: str


class Step(TypedDict):
    """One entry about a thing: who did what, when, why, under which rule, caused by what."""

    entry: str
    happened: str
    recorded: str
    actor: str
    did: str
    means: str
    stream: str
    why: list[Reason]
    rulebook: str | None
    calendar: str | None
    basis: list[Stood]
    standson: list[str]
    cause: str | None
    request: str


class Trail(TypedDict):
    """Steps in the order of the ledger; ask again with `after` while there is `more` to look through."""

    about: str
    steps: list[Step]
    after: int
    more: bool


def concerning(about: str) -> Callable[[bytes], bool]:
    """Give what tells of an entry (bytes) whether it is about a thing, a person or an actor.

    It is when its stream or its actor is that, or its data names it. What a person or a deputy did
    in any role counts too, and what befell a person's mandates.
    """
    kind, _, name = about.partition("/")
    named = [rf'"{re.escape(about)}"']
    if kind in {"person", "mandate"}:
        person = re.escape(name if kind == "person" else name.partition("-")[2])
        named += [rf'"actor":"[a-z]+/{person}"', rf'"person":"{person}"']
        if kind == "person":
            named.append(rf'"mandate/[0-9]{{1,2}}-{person}"')
        name = name if kind == "person" else name.partition("-")[2]
    sought, hint = re.compile("|".join(named).encode()), name.encode()
    return lambda raw: hint in raw and sought.search(raw) is not None


def step(entry: Entry) -> Step:
    """Give what an entry says of itself."""
    event = CATALOGUE.get(entry.type)
    return Step(
        entry=entry.id, happened=entry.time, recorded=entry.recordedtime, actor=entry.actor,
        did=entry.type, means=(event.__doc__ or "").strip().partition("\n")[0] if event else "",
        stream=entry.subject, why=list(_why(entry.data)),
        rulebook=entry.rulebook, calendar=entry.calendar, basis=_distinct(_bases(entry.data)),
        standson=list(entry.standson), cause=entry.causationid, request=entry.correlationid,
    )  # fmt: skip


def _why(data: dict[str, Any]) -> Iterator[Reason]:
    for name in REASONS:
        said = data.get(name)
        if isinstance(said, dict) and "record" in said:
            yield Reason(field=name, said=str(said["record"]))
        elif isinstance(said, str):
            yield Reason(field=name, said=said)


def _bases(value: Any) -> Iterator[Stood]:  # noqa: ANN401 - JSON
    """Find every article in an event, however deep."""
    if isinstance(value, dict):
        if value.keys() == Stood.__annotations__.keys():
            yield Stood(law=value["law"], version=value["version"], article=value["article"])
        for each in value.values():
            yield from _bases(each)
    elif isinstance(value, list):
        for each in value:
            yield from _bases(each)


def _distinct(bases: Iterator[Stood]) -> list[Stood]:
    found: list[Stood] = []
    for each in bases:
        if each not in found:
            found.append(each)
    return found
