"""`export` and `figure`: a whole congress in a file; a published figure counted again from it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .archive import opened
from .figures import figures
from .proofs import content
from .report import Found, Report, Unreadable, found
from .trust import Policy
from .verifying import SHAPES, Wanted, verified

SESSION = re.compile("[0-9]{1,2}-[0-9]{1,4}")


def export(file: Path, policy: Policy | None) -> Report:
    """Verify an archive, and count every session's figures from its entries.

    Raises:
        Unreadable: when it is no archive.

    """
    report = Report("export", file.name)
    with opened(file) as archive:
        story = verified(archive, policy, report).story
    try:
        sessions = sorted({each.session for each in story.matters.values()})
        report.facts["figures"] = {each: figures(story.of(each)) for each in sessions}
    except SHAPES:
        report.add("shape", [found("shape.figures")])
    return report


@dataclass(frozen=True, slots=True)
class Published:
    """Figures as a house published them, beside what was counted."""

    told: Mapping[str, Any]
    counted: Mapping[str, Any]
    head: int
    position: int
    at: str | None


def _known(published: Published) -> Iterator[Found]:
    if published.position > published.head:
        yield found("known.beyond", position=published.position, head=published.head)


def _rates(published: Published) -> Iterator[Found]:
    told = {each["key"]: [each["numerator"], each["denominator"]] for each in published.told["figures"]}
    counted = published.counted["rates"]
    for name in sorted(told.keys() | counted.keys()):
        if told.get(name) != counted.get(name):
            yield found("rates.differ", name=name, told=told.get(name), counted=counted.get(name))


def _totals(published: Published) -> Iterator[Found]:
    for name in ("items", "units"):
        if published.told[name] != published.counted[name]:
            yield found(
                "totals.differ", name=name, told=published.told[name], counted=published.counted[name]
            )


def _standing(published: Published) -> Iterator[Found]:
    if published.told.get("at") != published.at:
        yield found("standing.other", told=published.told.get("at"), counted=published.at)


CHECKS: dict[str, Callable[[Published], Iterator[Found]]] = {
    "known": _known, "rates": _rates, "totals": _totals, "standing": _standing,
}  # fmt: skip


def figure(file: Path, published: Path, policy: Policy | None, occasion: str | None) -> Report:
    """Count published figures again at the position on which they stand.

    Raises:
        Unreadable: when they are no figures, or the file no archive.

    """
    report = Report("figure", published.name)
    told, (ledger, position) = _published(content(published))
    with opened(file) as archive:
        done = verified(archive, policy, report, Wanted(until=position))
        if ledger not in done.ledgers:
            raise Unreadable("read.other-congress", ledger=ledger)
    story, session = done.story, told["session"]
    try:
        counted = figures(story.of(session, occasion))
        both = Published(told, counted, done.ledgers[ledger].walk.tree.size, position, story.at.get(session))
        for name, test in CHECKS.items():
            report.add(name, list(test(both)), published.name)
    except SHAPES as error:
        raise Unreadable("read.figures") from error
    report.facts["figures"] = {session: counted}
    report.facts["position"] = f"{ledger}/{position}"
    return report


def _published(raw: bytes) -> tuple[Mapping[str, Any], tuple[str, int]]:
    try:
        told = json.loads(raw)
        [(ledger, position)] = told["positions"].items()
        sound = SESSION.fullmatch(told["session"]) and type(position) is int and position > 0
    except (*SHAPES, RecursionError) as error:
        raise Unreadable("read.figures") from error
    if not sound or not ledger.startswith("suggestions/") or not isinstance(told["figures"], list):
        raise Unreadable("read.figures")
    return told, (ledger, position)
